"""The response MAILBOX of IMAP4 (RFC 1730 appendix B): its value, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.mailboxes import IN_LIST, mailbox
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define("RFC 1730 §9", {"mailbox-response": "MAILBOX, a space and the name of a mailbox"})


class MailboxFound(NamedTuple):
    """The response MAILBOX: a mailbox that FIND has found."""

    mailbox: str

    def write(self, w: Writer) -> None:
        """SPACE text."""
        w.raw(" ").mailbox(self.mailbox)


def mailbox_found(c: Cursor) -> MailboxFound:
    """ "MAILBOX" SPACE text, the text an astring."""
    rule = "mailbox-response"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    c.finish(rule)
    return MailboxFound(name)
