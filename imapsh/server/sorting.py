"""The order of messages: sent dates, base subjects and the sort keys (RFC 5256 sections 2 and 3; RFC 5957)."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Callable, Iterable
from typing import Any

from imapsh.grammar.values import Address
from imapsh.server.headers import first, parse_addresses
from imapsh.server.search import decode_words
from imapsh.server.store import Message
from imapsh.tuples import NamedTuple

Numbered = tuple[int, Message]  #: a message number and its message

_BLOB = r"\[[^\[\]]*\] *"
_REFWD = rf"(?:re|fwd?) *(?:{_BLOB})?:"
_BLANKS = re.compile(r"[ \t\r\n]+")
_TRAILER = re.compile(r"\(fwd\)\Z", re.IGNORECASE)
_LEADER = re.compile(rf"(?:{_BLOB})*{_REFWD} *", re.IGNORECASE)
_LEADING_BLOB = re.compile(_BLOB)
_FORWARDED = "[fwd:"


class Subject(NamedTuple):
    """A base subject, to compare, and whether the message is a reply to another or forwards one."""

    base: str
    reply: bool


def base_subject(subject: str) -> Subject:
    """Extract the base subject, step by step as RFC 5256 section 2.1 says, without regard to case."""
    text = _BLANKS.sub(" ", decode_words(subject)).strip(" ")  # (1)
    reply = False
    while True:
        while (found := _TRAILER.search(text)) is not None:  # (2)
            text, reply = text[: found.start()].rstrip(" "), True
        while True:
            while (found := _LEADER.match(text)) is not None:  # (3)
                text, reply = text[found.end() :], True
            blob = _LEADING_BLOB.match(text)
            if blob is None or blob.end() == len(text):  # (4)
                break
            text = text[blob.end() :]
        if text[:5].lower() != _FORWARDED or text[-1] != "]":  # (6)
            return Subject(text.casefold(), reply)
        text, reply = text[5:-1].strip(" "), True


def subject_of(message: Message) -> Subject:
    """Return the base subject of a message; it is empty for a message without a subject."""
    return base_subject(first(message.mime.root.fields, "subject") or "")


def sent(message: Message) -> float:
    """Return the sent date in seconds since 1970, UTC, or the time of arrival if it has none (RFC 5256 section 2.2)."""
    from email.utils import parsedate_tz

    try:
        parsed = parsedate_tz(first(message.mime.root.fields, "date") or "")
        if parsed is not None:
            return timegm((*parsed[:6], 0, 0, 0)) - (parsed[9] or 0)
    except (ValueError, IndexError, TypeError, OverflowError):
        pass
    return message.internaldate.timestamp()


def _address(message: Message, field: str) -> Address | None:
    found = parse_addresses(first(message.mime.root.fields, field) or "")
    return found[0] if found else None


def _mailbox(field: str) -> Callable[[Message], str]:
    def key(message: Message) -> str:
        address = _address(message, field)
        return (address.mailbox or "").casefold() if address is not None else ""

    return key


def _display(field: str) -> Callable[[Message], str]:
    """Return a function for the name of an address as people see it, or else the address (RFC 5957 section 3)."""

    def key(message: Message) -> str:
        address = _address(message, field)
        if address is None:
            return ""
        whole = f"{address.mailbox}@{address.host}" if address.mailbox and address.host else address.mailbox or ""
        return (decode_words(address.name or "") or whole).casefold()

    return key


#: A sort key's name -> the function for the value of a message that is compared.
KEYS: dict[str, Callable[[Message], Any]] = {
    "ARRIVAL": lambda message: message.internaldate.timestamp(),
    "CC": _mailbox("cc"),
    "DATE": sent,
    "DISPLAYFROM": _display("from"),
    "DISPLAYTO": _display("to"),
    "FROM": _mailbox("from"),
    "SIZE": lambda message: len(message.octets),
    "SUBJECT": lambda message: subject_of(message).base,
    "TO": _mailbox("to"),
}


def in_order(found: Iterable[Numbered], criteria: Iterable[tuple[str, bool]]) -> list[Numbered]:
    """Sort by criteria, each a key's name and whether it is reversed.

    Messages that are equal in all keep their order.
    """
    made = list(found)
    for name, reverse in reversed(list(criteria)):
        key = KEYS[name]
        made.sort(key=lambda pair: key(pair[1]), reverse=reverse)
    return made
