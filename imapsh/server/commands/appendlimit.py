"""APPENDLIMIT (RFC 7889): one limit for all mailboxes."""

from __future__ import annotations

from imapsh.server.intake import LITERAL
from imapsh.server.store import Mailbox


def _limit(mailbox: Mailbox) -> int:
    return LITERAL


CAPABILITIES = (f"APPENDLIMIT={LITERAL}",)
STATUS = {"APPENDLIMIT": _limit}
