"""Says how messages are appended: the line of APPEND, what the target keeps of flags and dates, and its refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapsh.grammar.dates import read_date_time, write_date_time
from imapsh.grammar.fragments import Fragment, Literal
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import AppendUid, Code, StatusText
from imapsh.grammar.writer import Writer
from imapsh.session.exchange import Exchange
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part, size_of
from imapsh.wire.sinks import octets_of

#: Codes that say that no message will be taken (RFC 9051 section 7.1, RFC 5530 section 3).
NEVER = ("TRYCREATE", "NONEXISTENT", "NOPERM", "READ-ONLY")
# Codes that say that there is no room, perhaps for this message alone (RFC 5530 section 3, RFC 9208 section 4.3.1).
_FULL = ("OVERQUOTA", "LIMIT")

_RECENT = "\\Recent"
_FLAG = re.compile(r"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")  # flag (RFC 9051 section 9)


class Kept(NamedTuple):
    """The flags that a target keeps, and those that are left out."""

    flags: tuple[str, ...]
    left: tuple[str, ...] = ()


def kept(flags: Iterable[str], permanent: tuple[str, ...] | None) -> Kept:
    r"""Return which flags are sent with a message, by the target's PERMANENTFLAGS, None if it named none.

    A keyword that is not there yet can be made if `\*` is among them (RFC 9051 section 7.1).  `\Recent` is nobody's to
    set.  What cannot be a flag is left out too.
    """
    there = None if permanent is None else {flag.lower() for flag in permanent}
    sent: list[str] = []
    left: list[str] = []
    for flag in flags:
        low = flag.lower()
        if low == "\\recent":
            continue
        new = there is None or low in there or ("\\*" in there and not low.startswith("\\"))
        (sent if new and _FLAG.fullmatch(flag) else left).append(flag)
    return Kept(tuple(sent), tuple(left))


def date_of(date: str) -> str:
    """Return an INTERNALDATE as it is sent, the same moment in the same zone, or "" if it cannot be read."""
    try:
        return write_date_time(read_date_time(date))
    except ValueError:
        return ""


class Piece(NamedTuple):
    """A message as it is appended."""

    flags: tuple[str, ...]
    date: str
    literal: Literal


def line(mailbox: str, pieces: Iterable[Piece], *, utf8: bool) -> list[Fragment]:
    """Return the arguments of APPEND, or of MULTIAPPEND if there are several messages (RFC 3502 section 6.3.11)."""
    writer = Writer(utf8=utf8).mailbox(mailbox)
    for piece in pieces:
        writer.raw(f" ({' '.join(flag for flag in piece.flags if flag != _RECENT)})")
        if piece.date:
            writer.raw(f' "{piece.date}"')
        writer.raw(" ").add(piece.literal)
    return writer.fragments()


def literal(part: Part) -> Literal:
    """Return a message as a literal, a literal8 if it holds NUL (RFC 3516 section 4.4); it can be sent again."""
    return Literal(lambda: octets_of(part), size_of(part), binary=any(b"\0" in piece for piece in octets_of(part)))


def limit(capabilities: Iterable[str]) -> int:
    """Return the octets of a message that the server takes (RFC 7889 section 3), or -1 if it does not say."""
    named = (name.partition("=")[2] for name in capabilities if name.startswith("APPENDLIMIT="))
    return next((int(number) for number in named if number.isdecimal() and len(number) <= 20), -1)


def appended(exchange: Exchange) -> AppendUid | None:
    """Return the UIDVALIDITY and the UIDs that an APPEND was answered with, or None."""
    code = _code(exchange)
    return code.arg if code is not None and isinstance(code.arg, AppendUid) else None


def uids_of(exchange: Exchange, messages: int) -> list[int | None]:
    """Return the UIDs that messages got, in their order, None for each if the server did not say, or said nonsense."""
    told = appended(exchange)
    uids = told.uids if told is not None else SequenceSet()
    if told is None or uids.count(0) != messages or not all(map(all, uids.ranges)):
        return [None] * messages
    return [*uids.numbers(0)]


def code_of(exchange: Exchange) -> str:
    """Return the name of the response code of a reply, or ""."""
    code = _code(exchange)
    return code.name.upper() if code is not None else ""


def is_full(code: str, said: str) -> bool:
    """Return whether a refusal says that there is no room, by its code or, of servers without codes, in words."""
    return code in _FULL or (not code and "quota" in said.lower())


def _code(exchange: Exchange) -> Code | None:
    value = exchange.response.value if exchange.response is not None else None
    return value.code if isinstance(value, StatusText) else None
