"""Replaces what a message says and keeps how it is built: fields, parts, lines, encodings.

In a header and at the borders of parts words get the same stand-ins as everywhere.  The text of a message is blotted,
x for each letter and 0 for each digit, because from enough text with the same stand-ins a language could be read back.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from imapsh.logs import kept
from imapsh.logs.coded import filled, replaced
from imapsh.logs.standins import blotted
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from imapsh.logs.standins import StandIns

_FIELD = lazy(rb"([!-9;-~]+)([ \t]*:)")
MONTHS = (
    rb"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    rb"nov(?:ember)?|dec(?:ember)?"
)
_MARKS = rb"[ \t\r\n\d:+.,/\-]*"
#: A date as mail has them, even if it is wrong.
DATE = lazy(
    rb'(?=[^"]*\d:\d\d)' + _MARKS + rb"(?:(?:mon|tue|wed|thu|fri|sat|sun)" + _MARKS + rb")?"
    + rb"(?:" + MONTHS + rb")" + _MARKS
    + rb"(?:\(?(?:[AP]M|UTC?|GMT|Z|[ECMPW]E?[SD]?T)\)?" + _MARKS + rb")?",
    re.IGNORECASE,
)  # fmt: skip
_PREFIX = lazy(rb"\s*(?:(?:re|aw|sv|antw|fwd?|wg)(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_PARAMETER = lazy(rb'([!#-\'*-.0-9A-Z^-z|~]+)(\s*=\s*)("(?:[^"\\]|\\.)*"?|[^;\s]*)')
_CHARSET = lazy(rb"([A-Za-z0-9_-]+)''")  # of RFC 2231
_TOKEN = lazy(rb"[A-Za-z0-9.+_-]+")
_BORDER = lazy(rb"--[^\s-].*|--+[^\s-].*", re.DOTALL)
_BASE64 = lazy(rb"[A-Za-z0-9+/]{16,}={0,2}[ \t]*[\r\n]*|[A-Za-z0-9+/]{2,}={1,2}[ \t]*[\r\n]*")
_BASE64_SAID = lazy(rb"[A-Za-z0-9+/]*={0,2}[ \t]*[\r\n]*")
_BINARY = lazy(rb"[\x00-\x08\x0e-\x1f\x7f]")
_HIDDEN = bytes(one if one in b"\0\r\n" or one > 127 else ord("x") for one in range(256))  # of what is no text
_SOLID = lazy(rb"[!-~]{40,}|M[ -`]{60}")  # base85, uuencode and their like
_HEX = lazy(rb"(?:=[0-9A-Fa-f]{2})+")
_CONTROL = lazy(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class MailText:
    """The text of one literal.  `header` says if it begins in a header; None if that is to be seen."""

    def __init__(self, stand_ins: StandIns, *, header: bool | None = None) -> None:
        self._stand_ins = stand_ins
        self._header = header
        self._field = b""
        self._encoding = b""

    def rewritten(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks with stand-ins.  A block ends behind a line."""
        for block in blocks:
            yield b"".join(self._lines(block.splitlines(keepends=True)))

    def _lines(self, lines: list[bytes]) -> Iterator[bytes]:
        coded: list[bytes] = []
        for line in lines:
            if self._header is None:
                self._header = _FIELD.match(line) is not None
            if not self._header and self._is_base64(line):
                coded.append(line)
                continue
            yield from _base64(coded)
            coded = []
            yield self._in_header(line) if self._header else self._in_body(line)
        yield from _base64(coded)

    def _in_header(self, line: bytes) -> bytes:
        if not line.strip():
            self._header = False
            return line
        if line[:1] in b" \t":
            return self._value(line)
        found = _FIELD.match(line)
        if found is None:
            self._field = b""
            return replaced(line, self._stand_ins)
        self._field = found[1].lower()
        name = self._field.decode("latin-1") in kept.FIELDS
        head = found[0] if name else self._stand_ins.octets(found[0])
        value = line[found.end() :]
        if self._field == b"content-transfer-encoding":
            self._encoding = value.strip().lower()
        return head + self._value(value)

    def _value(self, value: bytes) -> bytes:
        field = self._field.decode("latin-1")
        if field in kept.DATED and DATE.fullmatch(value):
            return value
        if field in kept.OF_MIME:
            return of_mime(value, self._stand_ins)
        return titled(value, self._stand_ins)

    def _is_base64(self, line: bytes) -> bool:
        said = self._encoding == b"base64"
        return bool(line.strip()) and (_BASE64_SAID if said else _BASE64).fullmatch(line) is not None

    def _in_body(self, line: bytes) -> bytes:
        if _BORDER.fullmatch(line):
            self._header, self._encoding, self._field = not line.rstrip().endswith(b"--"), b"", b""
            return replaced(line, self._stand_ins)
        if _BINARY.search(line):
            return blotted(line.translate(_HIDDEN))
        if not _HEX.search(line):
            return blotted(_SOLID.sub(lambda found: found[0].translate(_HIDDEN), line))
        made, at = [], 0
        for found in _HEX.finditer(line):
            made += [blotted(line[at : found.start()]), _quoted(found[0])]
            at = found.end()
        return b"".join(made) + blotted(line[at:])


def titled(value: bytes, stand_ins: StandIns) -> bytes:
    """Return a subject or another text with stand-ins, without those that begin an answer."""
    prefix = _PREFIX.match(value)
    at = prefix.end() if prefix is not None else 0
    return value[:at] + replaced(value[at:], stand_ins)


def of_mime(value: bytes, stand_ins: StandIns) -> bytes:
    """Return the value of a field of MIME with stand-ins for what is not of MIME."""
    made, at = [], 0
    for found in _PARAMETER.finditer(value):
        made.append(_tokens(value[at : found.start()], stand_ins))
        name = found[1].decode("latin-1").lower().partition("*")[0]
        made.append(_tokens(found[1], stand_ins) + found[2])
        charset = _CHARSET.match(found[3])
        said = b"" if charset is None or charset[1].decode("latin-1").lower() not in kept.MIME else charset[0]
        made.append(said + (_tokens if name in kept.PARAMETERS else replaced)(found[3][len(said) :], stand_ins))
        at = found.end()
    return b"".join(made) + _tokens(value[at:], stand_ins)


def _tokens(octets: bytes, stand_ins: StandIns) -> bytes:
    made, at = [], 0
    for found in _TOKEN.finditer(octets):
        if found[0].decode("ascii").lower() in kept.MIME:
            made += [replaced(octets[at : found.start()], stand_ins), found[0]]
            at = found.end()
    return b"".join(made) + replaced(octets[at:], stand_ins)


def _quoted(octets: bytes) -> bytes:
    """Return a run of quoted-printable with other octets."""
    said = blotted(bytes.fromhex(octets.replace(b"=", b"").decode("ascii")))
    return b"".join(b"=%02X" % one for one in said)


def _base64(lines: list[bytes]) -> Iterator[bytes]:
    """Yield lines of base64 that say nothing: text is blotted, and all else becomes x."""
    if not lines:
        return
    coded = b"".join(line.rstrip() for line in lines)
    made = _blotted64(coded)
    at = 0
    for line in lines:
        length = len(line.rstrip())
        yield made[at : at + length] + line[length:]
        at += length


def _blotted64(coded: bytes) -> bytes:
    try:
        text = a2b_base64(coded).decode("utf-8")
    except (Error, UnicodeDecodeError):
        return filled(coded)
    if _CONTROL.search(text):
        return filled(coded)
    made = b2a_base64(blotted(text.encode()), newline=False)
    return made if len(made) == len(coded) else filled(coded)
