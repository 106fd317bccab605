"""The mailboxes of one LIST or LSUB as one table: a column for each item of STATUS, sorted by one, with totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from imapsh import table
from imapsh.grammar.values import MailboxList
from imapsh.render.amounts import count
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.columns import Column, Grid, flow
from imapsh.render.view.look import Line, Look
from imapsh.render.view.mailboxes import CLOSED, attributes, numbers
from imapsh.render.view.readable import name_of
from imapsh.render.visible import visible
from imapsh.tuples import NamedTuple

NAME = "NAME"  #: the column of the names, to sort by
_TOTAL = "(total)"
_MOST = 12  #: items that have columns; others are shown after these


class Row(NamedTuple):
    """A mailbox, the values of its STATUS by item, and what else was said of it, in words."""

    listed: MailboxList
    status: Mapping[str, Any]
    beside: Sequence[str] = ()


class Listing:
    """A listing of mailboxes as tables.  Each table after the first continues the one before.

    Each is sorted by itself; the totals are of all rows up to there.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._totals: dict[str, int] = {}

    def lines(self, rows: Sequence[Row], what: str, look: Look) -> Iterator[Line]:
        """Yield the count, the titles, a line for each mailbox, and the totals; `what` names the command."""
        by = look.column
        told = dict.fromkeys(item for row in rows for item in row.status)
        missing = by != NAME and by not in told
        items = list(told)[:_MOST]
        if not missing and by != NAME and by not in items:
            items[-1] = by
        ordered = _sorted(rows, NAME if missing else by)
        yield from flow([("response", self._title(len(rows), what, "name" if missing else by.lower())), ("", "  ")],
                        [("note", f"(nothing was told of {visible(by.lower())})")] if missing else [],
                        look.columns, 4)  # fmt: skip
        lines = [_cells(row, items) for row in ordered]
        totals = self._totalled(rows, items)
        drawn = [*lines, totals] if totals else lines
        with_words = any(line[-1][1] for line in drawn)
        columns = [Column("mailbox", least=16), *(_column(item, ordered) for item in items)]
        columns += [Column("", least=10)] if with_words else []
        drawn = [line if with_words else line[:-1] for line in drawn]
        grid = Grid(columns, drawn, look.columns)
        yield from grid.header()
        for line in drawn:
            yield from grid.row(line)

    def _title(self, number: int, what: str, by: str) -> str:
        """Return `16 mailboxes, by size`; for a table that goes on, that it is sorted by itself."""
        mailboxes = count(number, "mailbox", "mailboxes") + what
        if not self._rows:
            return f"{mailboxes}, by {visible(by)}"
        return f"{number:,} more{what}, by {visible(by)} among themselves"

    def _totalled(self, rows: Sequence[Row], items: Iterable[str]) -> list[Fragment]:
        """Return the line of totals, or nothing if no item can be added up."""
        self._rows += len(rows)
        cells: list[Fragment] = [("response", _TOTAL)]
        for item in items:
            if sums(item):
                found = (row.status.get(item) for row in rows)
                more = sum(value for value in found if isinstance(value, int))
                self._totals[item] = self._totals.get(item, 0) + more
            cells.append(("number", _amount(item, self._totals[item])) if item in self._totals else ("", ""))
        words = f"of {count(self._rows, 'mailbox', 'mailboxes')}" if self._rows > len(rows) else ""
        return [*cells, ("note", words)] if self._totals else []


def sums(item: str) -> str:
    """Return what the numbers of an item of several mailboxes add up to, "count" or "octets"; "" if to nothing."""
    row = table.find("status-item", item)
    return row.sums if row is not None else ""


def _sorted(rows: Iterable[Row], by: str) -> list[Row]:
    """Return the rows by their names, or by an item: numbers from the largest, then text, then those without it."""
    named = sorted(rows, key=lambda row: (row.listed.mailbox.casefold(), row.listed.mailbox))
    if by == NAME:
        return named

    def place(row: Row) -> tuple[int, int, str]:
        value = row.status.get(by)
        if isinstance(value, int):
            return 0, -value, ""
        return (2, 0, "") if value is None else (1, 0, readable.plain(value))

    return sorted(named, key=place)


def _column(item: str, rows: Iterable[Row]) -> Column:
    """Return the column of an item; numbers are aligned to the right."""
    numbers = all(isinstance(row.status.get(item), int | None) for row in rows)
    return Column(visible(item.lower()), right=numbers, least=0 if numbers else 10)


def _cells(row: Row, items: Sequence[str]) -> list[Fragment]:
    listed = row.listed
    closed = CLOSED.intersection(attr.upper() for attr in listed.attrs)
    cells: list[Fragment] = [("note" if closed else "mailbox", name_of(listed.mailbox))]
    for item in items:
        value = row.status.get(item)
        if item not in row.status:
            cells.append(("", ""))
        else:
            cells.append(
                ("number", _amount(item, value)) if isinstance(value, int) else ("text", readable.plain(value))
            )
    rest = {item: value for item, value in row.status.items() if item not in items}
    words = [text for _, text in (*numbers(rest), *attributes(listed, False)) if text != "has children"]
    return [*cells, ("note", "  ".join([*words, *row.beside]))]


def _amount(item: str, value: int) -> str:
    """Return a size in octets, kB, MB or more; a number of messages with commas; any other number as it is."""
    kind = sums(item)
    if kind == "octets":
        return readable.short_size(value)
    return f"{value:,}" if kind else str(value)
