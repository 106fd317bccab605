"""Labels and identifiers of X-GM-EXT-1: reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar import mutf7
from imapsh.grammar.cursor import Cursor
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "Google",
    {
        "x-gm-labels": "labels in parentheses, one space between, each as a mailbox name or with a backslash in front",
        "x-gm-id": "a number from 1, of at most 64 bits",
    },
)

_SYSTEM = lazy(r"\\[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")


class Labels(tuple[str, ...]):
    """The item X-GM-LABELS: the labels of a message, decoded.  Gmail's own begin with a backslash."""

    __slots__ = ()

    def write(self, w: Writer) -> None:
        """SP "(" [label *(SP label)] ")"."""
        w.raw(" ").items(self, w.mailbox)


def labels(c: Cursor) -> Labels:
    """ "(" [label *(SP label)] ")"."""
    return Labels(c.items("x-gm-labels", _label))


def _label(c: Cursor) -> str:
    """label = mailbox, in modified UTF-7 as the names of mailboxes are, or a backslash and an atom."""
    rule = "x-gm-labels"
    system = c.take(_SYSTEM)
    if system is not None:
        return system[0]
    start = c.pos
    name = c.astring(rule)
    if c.utf8:
        return name
    decoded, faults = mutf7.decode_leniently(name)
    if faults and "&" in name:
        c.fail("mailbox-name", faults[0], start + (c.text[start] == '"'))
    return decoded


def identifier(c: Cursor) -> int | None:
    """Read X-GM-MSGID or X-GM-THRID: a number of 64 bits, without a sign."""
    return c.number("x-gm-id", bits=64, nonzero=True)
