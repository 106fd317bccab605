"""SORT: the count, and the numbers in the order of the server."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.sort import Sort
from imapsh.render.amounts import count
from imapsh.render.view.look import Line, Look
from imapsh.render.view.search import item, listed

CUTS_ITSELF = True  #: what is left out of a long value is counted here


def sort(value: Sort, look: Look) -> Iterator[Line]:
    """Yield the numbers one by one, which are UIDs if the command was a UID one."""
    noun = "UID" if look.command.startswith("UID ") else "message"
    if value.ids:
        head: Line = [("response", count(len(value.ids), noun)), ("note", " in order"), ("", "  ")]
        yield from listed(head, list(map(str, value.ids)), look, "numbers")
    else:
        yield [("response", f"no {noun}s")]
    if value.modseq is not None:
        yield from item("MODSEQ", value.modseq, look)
