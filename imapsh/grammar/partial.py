"""PARTIAL in ESEARCH (RFC 9394 section 4): a part of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.codes import sequence_set
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.sequence import SequenceSet
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 9394 §4",
    {
        "ret-data-partial": "PARTIAL and (the range asked for SP the numbers found, or NIL)",
        "partial-range": "two numbers from 1 with ':' between, or two with '-' before each",
        "partial-results": "a sequence set, or NIL if nothing is in the range",
    },
)
_RANGE = lazy(r"(-?)([1-9]\d*):(-?)([1-9]\d*)(?=[ )]|\Z)")
_WORD = lazy(r"[^ ()]+")


class Partial(NamedTuple):
    """The value of PARTIAL: the numbers, or UIDs, in a range of the result.

    `range` is as it was asked for: `1:500`, or `-1:-100` from the end.  `ids` keeps the order of the server; it is None
    if nothing is in the range.
    """

    range: str
    ids: SequenceSet | None

    def write(self, w: Writer) -> None:
        """SP "(" partial-range SP partial-results ")"."""
        w.raw(f" ({self.range} {'NIL' if self.ids is None else self.ids})")


def partial(c: Cursor) -> Partial:
    """ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"."""
    rule = "ret-data-partial"
    c.enter(rule)
    asked = _range(c)
    c.space(rule)
    ids = None if c.nil() else sequence_set(c, "partial-results")
    c.leave(rule)
    return Partial(asked, ids)


def _range(c: Cursor) -> str:
    """partial-range = partial-range-first / partial-range-last."""
    rule = "partial-range"
    found = c.take(_RANGE)
    if found is None:
        c.fail(rule, "expected a range such as 1:500 or -1:-100")
        word = c.take(_WORD)
        return word[0] if word is not None else ""
    if found[1] != found[3]:
        c.fail(rule, "one end counts from the beginning, the other from the end", found.start(3))
    if int(found[2][:20]) >> 32 or int(found[4][:20]) >> 32:
        c.fail(rule, "a number beyond 32 bits", found.start())
    return found[0]
