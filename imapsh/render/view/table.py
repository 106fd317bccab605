"""The FETCH responses of one command as one table; a single message, or one with content, has a view of its own.

UIDFETCH, which has a UID in place of the message number, is shown in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imapsh.grammar.responses import Response
from imapsh.grammar.values import BodyPart, DateTime, Envelope, Fetch, UidFetch
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.columns import Column, Grid, flow
from imapsh.render.view.fetch import header_fields, message
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible
from imapsh.wire.frames import Spilled

BLOCK = 200  #: rows held back; they decide the widths of the columns

_SMALL = 2000  #: octets of header fields, or characters of an extension's value, that still fit a cell

_NUMBER, _DATE, _FROM, _SUBJECT = "#", "date", "from", "subject"

#: The columns that are not shown by the name of their item, in order.
_COLUMNS = {
    _NUMBER: Column("#", right=True),
    "UID": Column("UID", right=True),
    "FLAGS": Column("flags", least=8),
    _DATE: Column("date", least=16, sharp=True),
    "INTERNALDATE": Column("received", least=16, sharp=True),
    _FROM: Column("from", least=12),
    _SUBJECT: Column("subject", least=16),
    "RFC822.SIZE": Column("size", right=True),
}
#: The columns to which other items may be cut, by the style of all their cells; 0 for never.
_LEAST = {"number": 0, "date": 16, "text": 16}
_FIELDS = {"DATE": _DATE, "FROM": _FROM, "SUBJECT": _SUBJECT}

Cells = dict[str, Fragment]


class Table:
    """A gatherer of FETCH responses whose items are small enough for a row."""

    def __init__(self) -> None:
        self.begun = False
        self._rows: list[Cells] = []
        # the first with its UID, as long as it is the only one
        self._only: tuple[Fetch | UidFetch, int | None] | None = None
        self._columns: list[str] = []
        self._grid: Grid | None = None
        self._marks: set[str] = set()

    @property
    def full(self) -> bool:
        """Return whether as many are held back as may be."""
        return len(self._rows) >= BLOCK

    def take(self, response: Response, look: Look) -> bool:
        """Take in a message, if all that is said of it fits a row."""
        value = response.value
        if not isinstance(value, Fetch | UidFetch) or not all(
            _is_small(item, data) for item, data in value.items.items()
        ):
            return False
        self._only = None if self._rows or self.begun else (value, look.uid)
        self._rows.append(self._cells(value))
        return True

    def lines(self, look: Look) -> Iterator[Line]:
        """Yield the rows below their titles, which are shown once, unless other columns come."""
        if self._only is not None:
            yield from message(self._only[0], look, self._only[1])
        elif self._rows:
            yield from self._table(look)
        self._rows.clear()
        self._only = None

    def _table(self, look: Look) -> Iterator[Line]:
        wanted = _ordered(self._rows)
        if self._grid is None or not set(wanted) <= set(self._columns):
            self._columns = wanted
            columns = [_COLUMNS.get(key) or self._column(key) for key in wanted]
            self._grid = Grid(columns, map(self._row, self._rows), look.columns)
            yield from self._grid.header()
        for cells in self._rows:
            yield from self._grid.row(self._row(cells))
        yield from self._legend(look)
        self.begun = True

    def _column(self, key: str) -> Column:
        """Return the column of an item that is shown by its name.

        Numbers are aligned to the right, and text may be cut.
        """
        styles = {cells[key][0] for cells in self._rows if key in cells} - {"nil"}
        return Column(visible(key), right=styles == {"number"}, least=_LEAST.get("".join(styles), 10),
                      sharp=styles == {"date"})  # fmt: skip

    def _row(self, cells: Cells) -> list[Fragment]:
        return [cells.get(key, ("", "")) for key in self._columns]

    def _legend(self, look: Look) -> Iterator[Line]:
        """Yield the meaning of the marks that were not explained yet."""
        used = {mark for cells in self._rows for mark in cells.get("FLAGS", ("", ""))[1].partition(" ")[0]}
        new = [(mark, word) for mark, word in readable.MARKS.values() if mark in used - self._marks]
        self._marks |= used
        if new:
            yield from flow([], [("note", f"{mark} {word}") for mark, word in new], look.columns, 0, "  ")

    def _cells(self, value: Fetch | UidFetch) -> Cells:
        cells: Cells = {_NUMBER: ("number", str(value.seq))} if value.seq else {"UID": ("number", str(value.uid))}
        for item, data in value.items.items():
            cells.update(_cell(item, data))
        flags = value.items.get("FLAGS")
        if isinstance(flags, tuple) and _SUBJECT in cells and not any(flag.upper() == "\\SEEN" for flag in flags):
            cells[_SUBJECT] = ("unseen", cells[_SUBJECT][1])
        return cells


def _is_small(item: str, data: Any) -> bool:
    if isinstance(data, BodyPart | Spilled):
        return False
    if isinstance(data, bytes):
        return "HEADER.FIELDS" in item and len(data) <= _SMALL
    return data is None or isinstance(data, int | Envelope) or len(str(data)) <= _SMALL


def _ordered(rows: list[Cells]) -> list[str]:
    seen = dict.fromkeys(key for cells in rows for key in cells)
    return [key for key in _COLUMNS if key in seen] + [key for key in seen if key not in _COLUMNS]


def _cell(item: str, data: Any) -> Mapping[str, Fragment]:
    """Return the cells that an item fills."""
    if isinstance(data, Envelope):
        return {
            _DATE: ("date", readable.in_table(data.date or "")),
            _FROM: ("text", readable.person(data.from_)),
            _SUBJECT: ("subject", readable.decoded(data.subject or "")),
        }
    if isinstance(data, bytes):
        return {_FIELDS.get(name.upper(), visible(name)): _field(name, text) for name, text in header_fields(data)}
    if item == "FLAGS" and isinstance(data, tuple):
        marks, others = readable.flag_marks(data)
        return {item: ("flag", " ".join([marks or "-", *others]))}
    if isinstance(data, DateTime) or (item == "INTERNALDATE" and isinstance(data, str)):
        return {item: ("date", readable.in_table(data))}
    if item == "RFC822.SIZE" and isinstance(data, int):
        return {item: ("number", readable.short_size(data))}
    if isinstance(data, Mapping) and data:
        return {visible(name): (readable.style(one), readable.plain(one)) for name, one in data.items()}
    if readable.are_words(data):
        return {item: ("flag", readable.words(data))}
    return {item: (readable.style(data), readable.plain(data))}


def _field(name: str, text: str) -> Fragment:
    if name.upper() == "DATE":
        return "date", readable.in_table(text)
    return "subject" if name.upper() == "SUBJECT" else "text", readable.decoded(text)
