"""IMAP4's methods on mailboxes, and on their rights, quotas and annotations.

See `opening` for what every command returns and raises.
"""

from __future__ import annotations

from imapsh.client.imap4.arguments import listed, nstring
from imapsh.grammar.fragments import Literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from imapsh.client.imap4.classes import IMAP4, Text
    from imapsh.client.imap4.replies import Result


def select(self: IMAP4, mailbox: Text = "INBOX", readonly: bool = False) -> Result:
    """Send SELECT, or EXAMINE if `readonly` (RFC 9051 sections 6.3.2, 6.3.3).  Returns the number of messages.

    All responses filed before are dropped.  Raises `readonly` for a mailbox that is READ-ONLY unasked.
    """
    self.untagged_responses = {}
    self.is_readonly = readonly
    typ, dat = self._formed("EXAMINE" if readonly else "SELECT", mailbox)
    if typ != "OK":
        self.state = "AUTH"  # no mailbox is selected any more
        return typ, dat
    self.state = "SELECTED"
    if "READ-ONLY" in self.untagged_responses and not readonly:
        if self.debug >= 1:
            self._dump_ur(self.untagged_responses)
        raise self.readonly(f"{mailbox!s} is not writable")
    return typ, self.untagged_responses.get("EXISTS", [None])


def close(self: IMAP4) -> Result:
    """Send CLOSE (RFC 9051 section 6.4.1): deleted messages are removed."""
    try:
        return self._simple_command("CLOSE")
    finally:
        self.state = "AUTH"


def unselect(self: IMAP4) -> Result:
    """Send UNSELECT (RFC 9051 section 6.4.2): like CLOSE, but without removing messages."""
    try:
        return self._simple_command("UNSELECT")
    finally:
        self.state = "AUTH"


def create(self: IMAP4, mailbox: Text) -> Result:
    """Send CREATE (RFC 9051 section 6.3.4)."""
    return self._formed("CREATE", mailbox)


def delete(self: IMAP4, mailbox: Text) -> Result:
    """Send DELETE (RFC 9051 section 6.3.5)."""
    return self._formed("DELETE", mailbox)


def rename(self: IMAP4, oldmailbox: Text, newmailbox: Text) -> Result:
    """Send RENAME (RFC 9051 section 6.3.6)."""
    return self._formed("RENAME", oldmailbox, newmailbox)


def subscribe(self: IMAP4, mailbox: Text) -> Result:
    """Send SUBSCRIBE (RFC 9051 section 6.3.7)."""
    return self._formed("SUBSCRIBE", mailbox)


def unsubscribe(self: IMAP4, mailbox: Text) -> Result:
    """Send UNSUBSCRIBE (RFC 9051 section 6.3.8)."""
    return self._formed("UNSUBSCRIBE", mailbox)


def list(self: IMAP4, directory: Text = "", pattern: Text = "*") -> Result:
    """Send LIST (RFC 9051 section 6.3.9)."""
    return self._fetched("LIST", directory, pattern)


def lsub(self: IMAP4, directory: Text = "", pattern: Text = "*") -> Result:
    """Send LSUB (RFC 3501 section 6.3.9)."""
    return self._fetched("LSUB", directory, pattern)


def status(self: IMAP4, mailbox: Text, names: str) -> Result:
    """Send STATUS (RFC 9051 section 6.3.11); `names` get their parentheses."""
    return self._fetched("STATUS", mailbox, names)


# -- rights, quotas, annotations


def getacl(self: IMAP4, mailbox: Text) -> Result:
    """Send GETACL (RFC 4314 section 3.3)."""
    return self._fetched("GETACL", mailbox, filed="ACL")


def setacl(self: IMAP4, mailbox: Text, who: Text, what: str) -> Result:
    """Send SETACL (RFC 4314 section 3.1)."""
    return self._formed("SETACL", mailbox, who, what)


def deleteacl(self: IMAP4, mailbox: Text, who: Text) -> Result:
    """Send DELETEACL (RFC 4314 section 3.2)."""
    return self._formed("DELETEACL", mailbox, who)


def myrights(self: IMAP4, mailbox: Text) -> Result:
    """Send MYRIGHTS (RFC 4314 section 3.5)."""
    return self._fetched("MYRIGHTS", mailbox)


def getquota(self: IMAP4, root: Text) -> Result:
    """Send GETQUOTA (RFC 9208 section 4.1.2)."""
    return self._fetched("GETQUOTA", root, filed="QUOTA")


def getquotaroot(self: IMAP4, mailbox: Text) -> Result:
    """Send GETQUOTAROOT (RFC 9208 section 4.1.3): [[QUOTAROOT responses], [QUOTA responses]]."""
    typ, dat = self._formed("GETQUOTAROOT", mailbox)
    typ, quota = self._untagged_response(typ, dat, "QUOTA")
    typ, root = self._untagged_response(typ, dat, "QUOTAROOT")
    return typ, [root, quota]


def setquota(self: IMAP4, root: Text, limits: str) -> Result:
    """Send SETQUOTA (RFC 9208 section 4.1.4); `limits` get their parentheses."""
    return self._fetched("SETQUOTA", root, limits, filed="QUOTA")


def getannotation(self: IMAP4, mailbox: Text, entry: str, attribute: str) -> Result:
    """Send GETANNOTATION, of a draft that RFC 5464 replaced."""
    return self._fetched("GETANNOTATION", mailbox, entry, attribute, filed="ANNOTATION")


def setannotation(self: IMAP4, *args: Text) -> Result:
    """Send SETANNOTATION with a mailbox, and any number of entries with attributes."""
    return self._fetched("SETANNOTATION", *args, filed="ANNOTATION")


def getmetadata(
    self: IMAP4, mailbox: Text, *entries: str, maxsize: int | None = None, depth: str | None = None
) -> Result:
    """Send GETMETADATA (RFC 5464 section 4.2); `mailbox` "" for the server's own.  `depth` is 0, 1 or infinity."""
    options = [*(("MAXSIZE", str(maxsize)) if maxsize is not None else ()), *(("DEPTH", depth) if depth else ())]
    wanted = listed(options) if options else None
    return self._fetched("GETMETADATA", wanted, mailbox, listed(entries), filed="METADATA")


def setmetadata(self: IMAP4, mailbox: Text, values: Mapping[str, str | bytes | None]) -> Result:
    """Send SETMETADATA (RFC 5464 section 4.3): bytes go as a literal, None removes the entry."""
    pieces: Any = []
    for entry, value in values.items():
        pieces += [" " if pieces else "(", entry, " "]
        pieces.append(Literal(value, len(value)) if isinstance(value, bytes) else nstring(value))
    return self._formed("SETMETADATA", mailbox, [*pieces, ")"])
