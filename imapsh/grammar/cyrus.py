"""FETCH items of Cyrus: reading and writing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import GENERIC, Cursor
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "Cyrus",
    {
        "digest-sha1": "40 hexadecimal digits",
        "conversation-id": "16 hexadecimal digits, or NIL",
        "created-modseq": "a mod-sequence in parentheses",
    },
)

_SHA1 = lazy(r"[0-9A-Fa-f]{40}(?![^ )])")
_CID = lazy(r"[0-9A-Fa-f]{16}(?![^ )])")


class Hexadecimal(str):
    """A string of hexadecimal digits, which are text rather than a number."""

    __slots__ = ()

    def write(self, w: Writer) -> None:
        """SP digits."""
        w.raw(f" {self}")


class Created(int):
    """The item CREATEDMODSEQ: a mod-sequence, which is in parentheses on the wire."""

    __slots__ = ()

    def write(self, w: Writer) -> None:
        """SP "(" mod-sequence ")"."""
        w.raw(f" ({self:d})")


def digest(c: Cursor) -> Hexadecimal | None:
    """Read DIGEST.SHA1 or RFC822.SHA1: 40 digits."""
    return _digits(c, _SHA1, "digest-sha1")


def conversation(c: Cursor) -> Hexadecimal | None:
    """Read CID or BASECID: 16 digits, or NIL."""
    return None if c.nil() else _digits(c, _CID, "conversation-id")


def created(c: Cursor) -> Created:
    """Read CREATEDMODSEQ, which is written as MODSEQ is."""
    rule = "created-modseq"
    c.enter(rule)
    value = c.mod_sequence(rule)
    c.leave(rule)
    return Created(value or 0)


def _digits(c: Cursor, pattern: re.Pattern[str], rule: str) -> Hexadecimal | None:
    found = c.take(pattern)
    if found is None:
        c.fail(rule, "not the hexadecimal digits that are due here")
        found = c.take(GENERIC)
        if found is None:
            raise c.give_up(rule, "expected hexadecimal digits")
    return Hexadecimal(found[0])
