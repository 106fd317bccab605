"""The parts of an ESEARCH that name the mailbox of the messages found (RFC 7377 sections 2.1 and 4)."""

from __future__ import annotations

from imapsh.grammar.cursor import Cursor
from imapsh.grammar.mailboxes import IN_LIST, mailbox


def where(c: Cursor) -> str:
    """one-correlator =/ "MAILBOX" SP astring."""
    return mailbox(c, IN_LIST)


def uid_validity(c: Cursor) -> int | None:
    """one-correlator =/ "UIDVALIDITY" SP nz-number."""
    return c.number("search-correlator", nonzero=True)
