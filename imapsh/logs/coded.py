"""Replaces words where they are encoded: encoded words (RFC 2047), modified UTF-7, percent and quoted-printable.

The text is decoded with the places from which its characters come, its words get their stand-ins, and these are
encoded in the same places, so that a name has the same stand-in however it is written.  What cannot be written in as
many octets is blotted.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.logs.standins import StandIns

_CODED = lazy(
    rb"=\?([^?\s*]{1,40}(?:\*[^?\s]{0,40})?)\?([BbQq])\?([^?\r\n]*)\?=|&([A-Za-z0-9+,]+)-|((?:%[0-9A-Fa-f]{2})+)"
)
_QUOTED = lazy(rb"=[0-9A-Fa-f]{2}|[\s\S]")
_WRITABLE = lazy(rb"[A-Za-z0-9!*+/-]")  # also in a phrase and in a quoted string
_UTF7 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,"
_FILLER = b"eHh4"  # xxx in base64


class _Segment(NamedTuple):
    """Text that is coded in one way; `write` returns its octets with another text of the same length."""

    text: str
    write: Callable[[str], bytes]


def replaced(octets: bytes, stand_ins: StandIns) -> bytes:
    """Return the octets with a stand-in for each word, coded or not.  The length stays the same."""
    if not _CODED.search(octets):
        return stand_ins.octets(octets)
    segments = list(_segments(octets, stand_ins))
    text = stand_ins.text("".join(segment.text for segment in segments))
    made, at = [], 0
    for segment in segments:
        made.append(segment.write(text[at : at + len(segment.text)]))
        at += len(segment.text)
    return b"".join(made)


def _segments(octets: bytes, stand_ins: StandIns) -> Iterator[_Segment]:
    at = 0
    for found in _CODED.finditer(octets):
        if at < found.start():
            yield _plain(octets[at : found.start()])
        yield _coded(found, stand_ins)
        at = found.end()
    if at < len(octets):
        yield _plain(octets[at:])


def _plain(octets: bytes) -> _Segment:
    return _Segment(octets.decode("utf-8", "surrogateescape"), lambda text: text.encode("utf-8", "surrogateescape"))


def _coded(found: re.Match[bytes], stand_ins: StandIns) -> _Segment:
    if found[4] is not None:
        return _utf7(found[0])
    if found[5] is not None:
        return _percent(found[0])
    return _word(found, stand_ins)


# -- modified UTF-7 (RFC 3501 section 5.1.3)


def _utf7(octets: bytes) -> _Segment:
    text = _from_utf7(octets)
    if text is not None:
        return _Segment(text, _to_utf7)
    return _plain(octets)._replace(write=lambda text: _still_wrong(text.encode("utf-8", "surrogateescape")))


def _from_utf7(octets: bytes) -> str | None:
    """Return the text, or None if it is not coded as the one way to write it."""
    digits = octets[1:-1].replace(b",", b"/")
    try:
        text = a2b_base64(digits + b"=" * (-len(digits) % 4)).decode("utf-16-be", "surrogatepass")
    except (Error, UnicodeDecodeError):
        return None
    return text if _to_utf7(text) == octets else None


def _to_utf7(text: str) -> bytes:
    coded = b2a_base64(text.encode("utf-16-be", "surrogatepass"), newline=False)
    return b"&" + coded.rstrip(b"=").replace(b"/", b",") + b"-"


def _still_wrong(octets: bytes) -> bytes:
    """Return stand-ins for what was coded wrongly, and is so still: its last digit has bits that mean nothing."""
    if _from_utf7(octets) is None:
        return octets
    return octets[:-2] + bytes((_UTF7[_UTF7.index(octets[-2]) | 1],)) + b"-"


# -- percent (RFC 3986 section 2.1), as in URLs and in parameters (RFC 2231)


def _percent(octets: bytes) -> _Segment:
    form = "%%%02x" if any(b"a" <= bytes((one,)) <= b"f" for one in octets) else "%%%02X"
    said = bytes.fromhex(octets.replace(b"%", b"").decode("ascii"))

    def write(text: str) -> bytes:
        return "".join(form % one for one in text.encode("utf-8", "surrogateescape")).encode("ascii")

    return _Segment(said.decode("utf-8", "surrogateescape"), write)


# -- encoded words


def _word(found: re.Match[bytes], stand_ins: StandIns) -> _Segment:
    charset = found[1].partition(b"*")[0].decode("latin-1")
    head, coded = found[0][: found.start(3) - found.start()], found[3]
    is_base64 = found[2] in b"Bb"
    octets = _from_base64(coded) if is_base64 else _from_q(coded)
    write = _to_base64 if is_base64 else _to_q
    text = _decoded(octets, charset)
    if text is None or octets is None:
        return _Segment("", lambda _: head + (filled(coded) if is_base64 else _to_q(b"", coded)) + b"?=")

    def written(text: str) -> bytes:
        return head + write(_encoded(text, charset, len(octets)), coded) + b"?="

    return _Segment(text, written)


def _decoded(octets: bytes | None, charset: str) -> str | None:
    from imapsh.grammar.decoding import known_charset

    name = known_charset(charset)
    if octets is None or name is None:
        return None
    try:
        return octets.decode(name, "surrogateescape" if name in ("utf-8", "utf_8", "ascii", "us-ascii") else "strict")
    except (LookupError, UnicodeError):
        return None


def _encoded(text: str, charset: str, octets: int) -> bytes:
    """Return the text in a character set, or as many x if it does not fit."""
    from imapsh.grammar.decoding import known_charset

    try:
        made = text.encode(known_charset(charset) or "", "surrogateescape")
    except (LookupError, UnicodeError):
        return b"x" * octets
    return made if len(made) == octets else b"x" * octets


def _from_base64(coded: bytes) -> bytes | None:
    try:
        octets = a2b_base64(coded)
    except Error:
        return None
    return octets if len(_to_base64(octets, coded)) == len(coded) else None


def _to_base64(octets: bytes, coded: bytes) -> bytes:
    made = b2a_base64(octets, newline=False)
    return made if coded.endswith(b"=") else made.rstrip(b"=")


def _from_q(coded: bytes) -> bytes:
    return b"".join(_unit(unit) for unit in _QUOTED.findall(coded))


def _unit(unit: bytes) -> bytes:
    if len(unit) == 3:
        return bytes.fromhex(unit[1:].decode("ascii"))
    return b" " if unit == b"_" else unit


def _to_q(octets: bytes, coded: bytes) -> bytes:
    """Return the octets in the units of what was coded; `x` where that cannot be."""
    units = _QUOTED.findall(coded)
    octets = octets if len(octets) == len(units) else b"x" * len(units)
    made = []
    for unit, octet in zip(units, octets, strict=True):
        if len(unit) == 3:
            made.append((b"=%02x" if unit != unit.upper() else b"=%02X") % octet)
        elif not unit.isalnum():
            made.append(unit)
        else:
            one = bytes((octet,))
            made.append(one if _WRITABLE.fullmatch(one) else b"x")
    return b"".join(made)


_DIGITS = lazy(rb"[A-Za-z0-9+/]+")


def filled(coded: bytes) -> bytes:
    """Return base64 of nothing but x in place of base64, with the same other characters."""

    def fill(found: re.Match[bytes]) -> bytes:
        length = len(found[0])
        made = (_FILLER * (length // 4 + 1))[:length]
        rest = length % 4
        return made[: length - 1] + (b"A" if rest == 2 else b"g" if rest == 3 else made[-1:]) if rest > 1 else made

    return _DIGITS.sub(fill, coded)
