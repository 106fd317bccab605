"""Octets with an encoding undone: base64, JSON's escapes, percent, quoted-printable, hex, UTF-16.

Each layer yields runs: what it decodes to, and which raw octets each decoded octet comes from.  A secret that is found
in what was decoded can so be masked in what was sent.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, unhexlify
from collections.abc import Callable, Iterator

from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

_BASE64 = lazy(rb"[A-Za-z0-9+/_,-]{6,}")
#: base64url (RFC 4648 section 5) and modified UTF-7 (RFC 3501 section 5.1.3) in the digits of base64
_STANDARD = bytes.maketrans(b"-_,", b"+//")
_HEX = lazy(rb"(?:[0-9A-Fa-f]{2}){4,}")
_UTF16 = lazy(rb"(?:\x00[^\x00]){4,}|(?:[^\x00]\x00){4,}")
_SURROGATES = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_JSON = lazy(rb"(" + _SURROGATES + rb")|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\(.)", re.DOTALL)
_PERCENT = lazy(rb"%([0-9a-fA-F]{2})")
_QUOTED_PRINTABLE = lazy(rb"=([0-9a-fA-F]{2})|=\r?\n")


class Run(NamedTuple):
    """One decoded run of octets.

    `decoded` is the text; `span` gives, for the place of a decoded octet, the raw octets [start, stop) that it comes
    from.
    """

    decoded: bytes
    span: Callable[[int], tuple[int, int]]


def _base64(octets: bytes) -> Iterator[Run]:
    for found in _BASE64.finditer(octets):
        start, digits = found.start(), found[0].translate(_STANDARD)
        if len(digits) % 4 == 1:
            digits = digits[:-1]
        try:
            decoded = a2b_base64(digits + b"=" * (-len(digits) % 4))
        except Error:
            continue
        yield Run(decoded, lambda at, start=start: (start + at * 8 // 6, start + (at * 8 + 13) // 6))  # type: ignore[misc]


def _hex(octets: bytes) -> Iterator[Run]:
    for found in _HEX.finditer(octets):
        start = found.start()
        yield Run(unhexlify(found[0]), lambda at, start=start: (start + 2 * at, start + 2 * at + 2))  # type: ignore[misc]


def _utf16(octets: bytes) -> Iterator[Run]:
    for found in _UTF16.finditer(octets):
        start = found.start()
        yield Run(found[0].replace(b"\0", b""), lambda at, start=start: (start + 2 * at, start + 2 * at + 2))  # type: ignore[misc]


def _json_escape(found: re.Match[bytes]) -> bytes:
    if found[1]:
        high, low = int(found[1][2:6], 16), int(found[1][8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00).encode()
    if found[2] or found[3]:
        return chr(int(found[2] or found[3], 16)).encode("utf-8", "surrogatepass")
    return found[4]


def _hex_escape(found: re.Match[bytes]) -> bytes:
    return unhexlify(found[1]) if found[1] else b""


def _escapes(pattern: re.Pattern[bytes], value: Callable[[re.Match[bytes]], bytes]) -> Callable[[bytes], Iterator[Run]]:
    """Return the layer of escapes within text."""

    def layer(octets: bytes) -> Iterator[Run]:
        decoded, at = bytearray(), 0
        places: list[int] = []
        for found in pattern.finditer(octets):
            places.extend(range(at, found.start()))
            decoded += octets[at : found.start()]
            meant = value(found)
            places.extend([found.start()] * len(meant))
            decoded += meant
            at = found.end()
        if not at:
            return
        places.extend(range(at, len(octets)))
        decoded += octets[at:]
        places.append(len(octets))
        yield Run(bytes(decoded), lambda one: (places[one], max(places[one] + 1, places[one + 1])))

    return layer


LAYERS: tuple[Callable[[bytes], Iterator[Run]], ...] = (
    _base64,
    _hex,
    _utf16,
    _escapes(_JSON, _json_escape),
    _escapes(_PERCENT, _hex_escape),
    _escapes(_QUOTED_PRINTABLE, _hex_escape),
)
