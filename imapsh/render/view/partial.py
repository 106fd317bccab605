"""PARTIAL: the part of a result that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.partial import Partial
from imapsh.render.view.look import Line, Look
from imapsh.render.view.search import listed
from imapsh.render.visible import visible


def partial(value: Partial, look: Look) -> Iterator[Line]:
    """Yield the range, and the numbers in it."""
    head: Line = [("number", visible(value.range)), ("", "  ")]
    if value.ids is None:
        yield [*head, ("nil", "nothing there")]
    else:
        yield from listed(head, str(value.ids).split(","), look)
