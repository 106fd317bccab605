"""CATENATE (RFC 4469): a message that is put together from texts and from messages, or parts, of the same account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from imapsh.grammar.catenate import BadUrl
from imapsh.server.commands.message import literal_of
from imapsh.server.mime import Section
from imapsh.server.reply import as_text
from imapsh.server.store import Refused
from imapsh.typed.found import Piece

if TYPE_CHECKING:
    from imapsh.server.client import Client

#: A relative URL of a message or a part of it (RFC 5092 section 11: iabsolute-path, irelative-path).
_URL = re.compile(
    r"(?:/(?P<mailbox>[^;?]+?)(?:;UIDVALIDITY=(?P<validity>[1-9]\d{0,9}))?/)?;UID=(?P<uid>[1-9]\d{0,9})"
    r"(?:/;SECTION=(?P<section>[^;?]+?))?(?:/;PARTIAL=(?P<first>\d{1,10})(?:\.(?P<count>[1-9]\d{0,9}))?)?",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?P<part>[1-9]\d{0,3}(?:\.[1-9]\d{0,3})*)?"
    r"(?:(?:(?<=\d)\.)?(?P<text>HEADER(?:\.FIELDS(?:\.NOT)?)?|TEXT|MIME)(?: \((?P<fields>[^()]+)\))?)?",
    re.IGNORECASE,
)


def catenate(client: Client, piece: Piece) -> bytes:
    """Return the parts, one after the other.  Raises Refused (BADURL)."""
    parts = piece.all("cat-part")
    return b"".join(
        literal_of(part.children) if part.name == "TEXT" else _fetched(client, as_text(part.all("url")[0].value))
        for part in parts
    )


def _fetched(client: Client, url: str) -> bytes:
    """Return the octets that a URL stands for.  Fetching them does not set \\Seen (section 3)."""
    found = _URL.fullmatch(url)
    section = _section(unquote(found["section"] or "")) if found is not None else None
    if found is None or section is None:
        raise _bad(url, "is not the URL of a message or a part of it, without a server")
    named = found["mailbox"]
    if named is None and client.selected is None:
        raise _bad(url, "names no mailbox, and none is selected")
    try:
        mailbox = client.user_account.find(unquote(named)) if named is not None else client.mailbox.mailbox
    except Refused as refused:
        raise _bad(url, f"cannot be taken: {refused}") from None
    if int(found["validity"] or mailbox.uidvalidity) != mailbox.uidvalidity:
        raise _bad(url, f"is of another UIDVALIDITY than {mailbox.uidvalidity}")
    message = next((message for message in mailbox.messages if message.uid == int(found["uid"])), None)
    octets = message.mime.section(section) if message is not None else None
    if octets is None:
        raise _bad(url, "is of no message, or of no part of it")
    first = int(found["first"] or 0)
    return octets[first : first + int(found["count"])] if found["count"] else octets[first:]


def _section(text: str) -> Section | None:
    """Return the section that a URL names, or None if it names none."""
    found = _SECTION.fullmatch(text)
    if found is None:
        return None
    numbers = tuple(int(number) for number in (found["part"] or "").split(".") if number)
    kind, fields = (found["text"] or "").upper(), tuple((found["fields"] or "").split())
    if kind.startswith("HEADER.FIELDS") != bool(fields) or (kind == "MIME" and not numbers):
        return None
    return Section(numbers, kind, fields)


def _bad(url: str, reason: str) -> Refused:
    return Refused("BADURL", f"the URL {reason}: nothing was stored", BadUrl(url))


MESSAGE_FORMS = {"CATENATE": catenate}
CAPABILITIES = ("CATENATE",)
