"""ADDTO and REMOVEFROM in ESEARCH, and the code NOUPDATE (RFC 5267 sections 4.3 and 5)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.codes import sequence_set
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.sequence import SequenceSet
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 5267 §5",
    {
        "ret-data-addto": "ADDTO or REMOVEFROM and (place SP numbers ...), one space between",
        "context-position": "a number; 0 for a search, which has the mailbox's order",
        "resp-code-noupdate": "NOUPDATE and the tag of the command, in quotes",
    },
)
_WORD = lazy(r'[^ "\]]+')


class Changes(tuple[tuple[int, SequenceSet], ...]):
    """The changes in ADDTO or REMOVEFROM: places in a result, and the numbers or UIDs that join or leave it there.

    Places count from 1.  The place 0 stands for the place that the mailbox's order gives.  The changes are to be made
    one after another.
    """

    __slots__ = ()

    def write(self, w: Writer) -> None:
        """SP "(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"."""
        w.raw(" ").items((f"{place} {ids}" for place, ids in self), w.raw)

    def followed(self, others: Iterable[Changes]) -> Changes:
        """Return these changes followed by others that come in the same response."""
        return Changes((*self, *chain.from_iterable(others)))


class Tag(str):
    """The code NOUPDATE: the tag of a command whose result is not kept up to date.  It is quoted on the wire."""

    __slots__ = ()

    def write(self, w: Writer) -> None:
        """SP quoted."""
        w.raw(" ").string(self)


def changes(c: Cursor) -> Changes:
    """ret-data-addto and ret-data-removefrom: pairs of a place and a set."""
    return Changes(tuple(c.items("ret-data-addto", _change, some=True)))


def _change(c: Cursor) -> tuple[int, SequenceSet]:
    place = c.number("context-position")
    c.space("ret-data-addto")
    return place or 0, sequence_set(c, "ret-data-addto")


def no_update(c: Cursor) -> Tag:
    """resp-text-code =/ "NOUPDATE" SP quoted."""
    rule = "resp-code-noupdate"
    c.space(rule)
    tag = c.quoted()
    if tag is not None:
        return Tag(tag)
    c.fail(rule, "expected a tag in quotes")
    word = c.take(_WORD)
    return Tag(word[0] if word is not None else "")
