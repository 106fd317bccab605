"""The code MESSAGELIMIT (RFC 9738 sections 3.1 and 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import plural
from imapsh.findings import define
from imapsh.grammar.capability import number_argument
from imapsh.grammar.cursor import Cursor
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.responses import Response
    from imapsh.grammar.writer import Writer

define(
    "RFC 9738 §5",
    {
        "message-limit": "MESSAGELIMIT, a number from 1, and if it is known the lowest UID that was done",
        "message-limit-capability": "MESSAGELIMIT= or SAVELIMIT= and a number from 1",
    },
)


class MessageLimit(NamedTuple):
    """The code MESSAGELIMIT: how many messages one command may be about.

    `uid` is the lowest UID that was done, if the server tells it.  The server works from the highest UID down.
    """

    limit: int
    uid: int | None = None

    def write(self, w: Writer) -> None:
        """SP message-limit [SP uniqueid]."""
        w.raw(f" {self.limit}" if self.uid is None else f" {self.limit} {self.uid}")

    def reading(self) -> str:
        """Return the limit in words."""
        done = "" if self.uid is None else f"; the lowest UID that was done is {self.uid}"
        return f"a command may be about {self.limit:,} {plural(self.limit, 'message')}{done}"

    def caution(self, response: Response) -> str:
        """Return what must be said about the command whose reply holds this code; "" after a tagged NO.

        After a tagged NO nothing was done.  An untagged NO has the code if the tagged OK has another one (RFC 9738
        section 3.1).
        """
        if response.name != "OK" and response.tag is not None:
            return ""
        below = "" if self.uid is None else f"; repeat it for UIDs below {self.uid}"
        return f"PARTIAL RESULT: the server stopped after {self.limit:,} {plural(self.limit, 'message')}{below}"


def message_limit(c: Cursor) -> MessageLimit:
    """resp-text-code =/ "MESSAGELIMIT" SP message-limit [SP uniqueid]; message-limit = nz-number."""
    rule = "message-limit"
    c.space(rule)
    limit = c.number(rule, nonzero=True)
    uid = None
    if c.peek() == " ":
        c.space(rule)
        uid = c.number(rule, nonzero=True)
    return MessageLimit(limit or 0, uid)


def capability(c: Cursor) -> None:
    """message-limit = nz-number, after the `=` of a capability."""
    number_argument(c, "message-limit-capability", nonzero=True)
