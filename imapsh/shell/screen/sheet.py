"""Sheets: sections of labelled lines, as `--checkup`, `\\tls` and `\\why` show them, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from imapsh.render.styles import LINE_END, Fragment, lines_of
from imapsh.render.visible import folded, visible, width
from imapsh.tuples import NamedTuple

LONGEST = 1000  #: characters of somebody else's text that a row shows


class Row(NamedTuple):
    """A line of a sheet.  `good` is False for what is wrong, None for what is neither good nor bad."""

    label: str
    text: str
    good: bool | None = None


def sheet(sections: Mapping[str, Sequence[Row]], columns: int | None) -> Iterator[Fragment]:
    """Yield the sections that have rows, each under its title, folded to so many columns."""
    first = True
    for title, rows in sections.items():
        if rows:
            yield from section(title, rows, columns, first=first)
            first = False


def section(title: str, rows: Iterable[Row], columns: int | None, *, first: bool) -> Iterator[Fragment]:
    """Yield one section; all but the first have an empty line before them."""
    if not first:
        yield "", LINE_END
    yield "response", f"{title}\n"
    rows = list(rows)
    widest = max((width(visible(row.label)) for row in rows), default=0)
    hang = widest + 4
    for row in rows:
        style = {True: "status-ok", False: "status-no", None: ""}[row.good]
        label = visible(row.label)
        yield "keyword", f"  {label}{' ' * (widest - width(label))}  "
        yield from lines_of(("\n" + " " * hang).join(_fold(row.text, columns, hang)), style)


def _fold(text: str, columns: int | None, hang: int) -> Iterator[str]:
    """Yield the lines of a text.  A word that is wider than a line is broken, too."""
    room = max(columns - hang, hang) if columns else None
    for line in folded(text, room, hang=0).split("\n"):
        while room is not None and width(line) > room:
            cut = next(at for at in range(len(line) + 1) if at == len(line) or width(line[: at + 1]) > room)
            yield line[:cut]
            line = line[cut:]
        yield line


def shortened(text: str) -> str:
    """Return somebody else's text, cut if it is long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
