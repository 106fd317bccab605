"""XAPPLEPUSHSERVICE, as the servers that have it send it: names, each with its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.mailboxes import mailbox
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define("Apple", {"xapplepushservice": "XAPPLEPUSHSERVICE and names, each with its value, one space between"})

_MAILBOX = "mailbox"


class PushService(NamedTuple):
    """The response XAPPLEPUSHSERVICE: values by their names, which are in lower case.

    The names are, for example, aps-version and aps-topic; or mailbox, with one mailbox in each response.
    """

    fields: dict[str, str]

    def write(self, w: Writer) -> None:
        """1*(SP name SP value)."""
        for name, value in self.fields.items():
            w.raw(" ").astring(name).raw(" ")
            (w.mailbox if name == _MAILBOX else w.astring)(value)


def push_service(c: Cursor) -> PushService:
    """1*(SP astring SP astring)."""
    rule = "xapplepushservice"
    fields: dict[str, str] = {}
    while not fields or not c.at_end():
        c.space(rule)
        start = c.pos
        name = c.astring(rule).lower()
        if name in fields:
            c.fail(rule, "a name that comes twice", start)
        try:
            c.space(rule)
            value = mailbox(c) if name == _MAILBOX else c.astring(rule)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.skip(closing=True)
            value = ""
        fields.setdefault(name, value)
    return PushService(fields)
