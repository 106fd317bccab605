"""VANISHED (RFC 7162 sections 3.2.10 and 7)."""

from __future__ import annotations

from imapsh.grammar.codes import uid_set
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.values import Vanished


def vanished(c: Cursor) -> Vanished:
    """expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids; known-uids = sequence-set, without "*"."""
    rule = "expunged-resp"
    c.space(rule)
    earlier = c.peek() == "("
    if earlier:
        c.enter(rule)
        start = c.pos
        word = c.atom(rule)
        if word.upper() != "EARLIER":
            c.fail(rule, "only EARLIER may be in parentheses here", start)
        c.leave(rule)
        c.space(rule)
    uids = uid_set(c, rule)
    c.finish(rule)
    return Vanished(earlier, uids)
