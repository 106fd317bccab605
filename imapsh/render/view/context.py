"""ADDTO and REMOVEFROM: the changes in a result, and their places."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.context import Changes
from imapsh.render.view.look import Line, Look
from imapsh.render.view.search import listed


def changes(value: Changes, look: Look) -> Iterator[Line]:
    """Yield a line for each change, in the order in which they are to be done."""
    for place, ids in value:
        where = f"at {place:,}" if place else "in its place"
        yield from listed([("number", where), ("", "  ")], str(ids).split(","), look)
