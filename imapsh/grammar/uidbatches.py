"""UIDBATCHES (RFC 10022 sections 3.1.2 and 4): values, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define("RFC 10022 §4", {"uidbatches-response": "UIDBATCHES, (TAG string), and ranges of UIDs with commas between"})
define("RFC 10022 §3.1.2", {"uidbatches-order": "the ranges run from high to low, and do not overlap"})

_RANGE = lazy(r"([1-9]\d{0,20}):([1-9]\d{0,20})(?!\d)")
_BEGUN = lazy(r"(?:[1-9]\d*:?)?")
_ANYTHING = lazy(r"[^ ,\r\n]*")


class UidBatches(NamedTuple):
    """The response UIDBATCHES: the UIDs of each batch, as ranges from high to low.  The newest messages come first.

    `tag` is the command's.  The UIDs at either end of a range need not be those of messages (RFC 10022 section 3.1.4).
    """

    tag: str
    ranges: SequenceSet

    def write(self, w: Writer) -> None:
        """search-correlator [SP uid-range *("," uid-range)]."""
        w.raw(" (TAG ").string(self.tag).raw(")")
        if self.ranges:
            w.raw(" " + ",".join(f"{high}:{low}" for high, low in self.ranges.ranges))


def uid_batches(c: Cursor) -> UidBatches:
    """uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]."""
    rule = "uidbatches-response"
    tag = _correlator(c)
    ranges: list[tuple[int, int]] = []
    if not c.at_end():
        c.space(rule)
        _range(c, ranges)
        while c.peek() == ",":
            c.pos += 1
            _range(c, ranges)
    c.finish(rule)
    return UidBatches(tag, SequenceSet(tuple(ranges)))


def _correlator(c: Cursor) -> str:
    """search-correlator = SP "(" "TAG" SP tag-string ")".  It must be there."""
    rule = "uidbatches-response"
    c.space(rule)
    if c.tolerant and c.peek() != "(":
        c.fail(rule, "expected (TAG string)")
        return ""
    c.enter(rule)
    start = c.pos
    if c.atom(rule).upper() != "TAG":
        c.fail(rule, "expected (TAG string)", start)
    c.space(rule)
    tag = c.astring(rule)
    c.leave(rule)
    return tag


def _range(c: Cursor, ranges: list[tuple[int, int]]) -> None:
    """uid-range = uniqueid ":" uniqueid.  It goes from high to low, and is lower than the range before."""
    rule = "uidbatches-response"
    start = c.pos
    found = c.take(_RANGE)
    if found is None:
        begun = _BEGUN.match(c.text, start, c.end)
        c.fail(rule, "expected a range of UIDs", begun.end() if begun else start)
        c.take(_ANYTHING)
        return
    high, low = int(found[1]), int(found[2])
    if max(high, low) > LARGEST:
        c.fail(rule, "a number beyond 32 bits", found.start(1 if high > LARGEST else 2))
        return
    if high < low:
        c.fail("uidbatches-order", f"the range {high}:{low} rises", start)
    elif ranges and high >= min(ranges[-1]):
        c.fail("uidbatches-order", f"{high} is not below the range before, which ends at {min(ranges[-1])}", start)
    ranges.append((high, low))
