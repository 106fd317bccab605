"""The code DOWNGRADED (RFC 6858 section 3)."""

from __future__ import annotations

from imapsh.findings import define
from imapsh.grammar.codes import uid_set
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.sequence import SequenceSet

define("RFC 6858 §3", {"downgraded-code": "DOWNGRADED, a space and UIDs"})


def downgraded(c: Cursor) -> SequenceSet:
    """SP uid-set: the messages for which the server sent a surrogate."""
    c.space("downgraded-code")
    return uid_set(c, "downgraded-code")
