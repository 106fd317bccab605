"""Identifiers of mailboxes, messages and threads (RFC 8474 sections 4 to 7): reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 8474 §7",
    {
        "objectid": "1 to 255 letters, digits, '-' and '_'",
        "fetch-emailid-resp": "EMAILID SP (objectid)",
        "fetch-threadid-resp": "THREADID SP (objectid), or NIL",
    },
)

_MOST = 255  #: the most characters of an identifier
_ID = lazy(r"[A-Za-z0-9_-]+")
_LOOSE = lazy(r"[^\x00-\x20\x7f()\"\[\]]+")


class ObjectId(str):
    """An identifier, whose case counts (section 7).  It is text, which is in parentheses on the wire."""

    __slots__ = ()

    def write(self, w: Writer) -> None:
        """SP "(" objectid ")"."""
        w.raw(f" ({self})")


def email_id(c: Cursor) -> ObjectId | None:
    """fetch-emailid-resp = "EMAILID" SP "(" objectid ")"."""
    return _in_parentheses(c, "fetch-emailid-resp")


def thread_id(c: Cursor) -> ObjectId | None:
    """fetch-threadid-resp = "THREADID" SP ( "(" objectid ")" / nil )."""
    return None if c.nil() else _in_parentheses(c, "fetch-threadid-resp")


def status_mailbox_id(c: Cursor) -> ObjectId | None:
    """status-att-val =/ "MAILBOXID" SP "(" objectid ")"."""
    return _in_parentheses(c, "status-att-list")


def mailbox_id(c: Cursor) -> ObjectId | None:
    """resp-text-code =/ "MAILBOXID" SP "(" objectid ")"."""
    c.space("resp-text-code")
    return _in_parentheses(c, "resp-text-code")


def _in_parentheses(c: Cursor, rule: str) -> ObjectId | None:
    """ "(" objectid ")".  NIL, and an identifier without the parentheses, are noted and read."""
    if c.peek() != "(":
        c.fail(rule, "expected an identifier in parentheses")
        return None if c.nil() else object_id(c)
    c.enter(rule)
    found = object_id(c)
    c.leave(rule)
    return found


def object_id(c: Cursor) -> ObjectId:
    """objectid = 1*255(ALPHA / DIGIT / "_" / "-")."""
    rule = "objectid"
    start = c.pos
    found = c.take(_ID)
    if found is not None and c.peek() in (")", " ", "]", ""):
        if len(found[0]) > _MOST:
            c.fail(rule, f"more than {_MOST} characters", start + _MOST)
        return ObjectId(found[0])
    c.fail(rule, "a character that an identifier cannot contain" if found else "expected an identifier")
    c.pos = start
    loose = c.take(_LOOSE)
    return ObjectId(loose[0] if loose is not None else c.string(rule))
