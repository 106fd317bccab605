"""UIDFETCH (RFC 9586 sections 3.3 and 4)."""

from __future__ import annotations

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import items_of
from imapsh.grammar.values import UidFetch

define("RFC 9586 §4", {"uidfetch-resp": "a UID, UIDFETCH and the items that FETCH has; an item UID tells the same UID"})


def uidfetch(c: Cursor, uid: int) -> UidFetch:
    """uidfetch-resp = uniqueid SP "UIDFETCH" SP msg-att."""
    rule = "uidfetch-resp"
    start = c.pos
    items = items_of(c)
    told = items.get("UID", uid)
    if told != uid and isinstance(told, int):
        c.fail(rule, f"the item UID is {told}, and the response is about UID {uid}", start + 1)
    c.finish(rule)
    return UidFetch(uid, items)
