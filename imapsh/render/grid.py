"""A table of results: titles, aligned columns, a line of totals; folded or cut to the width of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.render.styles import LINE_END, Fragment
from imapsh.render.view.columns import Column, Grid
from imapsh.render.visible import visible

__all__ = ["Column", "table"]


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[Fragment]], width: int | None, total: Sequence[Fragment] = ()
) -> Iterator[Fragment]:
    """Yield the titles, the rows, and `total` below them if there is one.

    A cell is a style and a text; whatever a server put into the text is made safe for a terminal.  `width` is the
    terminal's columns.  If it is None, there is no terminal, and nothing is cut.
    """
    safe = [[(style, visible(text)) for style, text in row] for row in rows]
    last = [(style, visible(text)) for style, text in total]
    grid = Grid(columns, [*safe, last] if last else safe, width)
    for line in grid.header():
        yield from (*line, ("", LINE_END))
    for cells in [*safe, last] if last else safe:
        for line in grid.row(cells):
            yield from (*line, ("", LINE_END))
