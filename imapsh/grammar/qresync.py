"""VANISHED (RFC 7162 sections 3.2.10 and 7)."""

from __future__ import annotations

import re

from imapsh.findings import define
from imapsh.grammar.codes import uid_set
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.values import Vanished
from imapsh.patterns import lazy

define("RFC 7162 §7", {"expunged-resp": "VANISHED, optionally (EARLIER), and UIDs without '*'"})

_BARE = lazy(r"EARLIER ", re.IGNORECASE)


def vanished(c: Cursor) -> Vanished:
    """expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids; known-uids = sequence-set, without "*"."""
    rule = "expunged-resp"
    c.space(rule)
    earlier = c.peek() == "(" and not (c.tolerant and c.peek(2)[1:].isdecimal())
    if earlier:
        c.enter(rule)
        start = c.pos
        word = c.atom(rule)
        if word.upper() != "EARLIER":
            c.fail(rule, "only EARLIER may be in parentheses here", start)
        c.leave(rule)
        c.space(rule)
    elif c.tolerant and c.take(_BARE):
        c.fail(rule, "EARLIER without its parentheses", c.pos - 8)
        earlier = True
    uids = uid_set(c, rule)
    c.finish(rule)
    return Vanished(earlier, uids)
