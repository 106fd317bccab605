"""Transfer encodings and character sets of message parts, read tolerantly (RFC 2045 section 6, RFC 2046 section 4.1.2).

Nothing here raises for what a message holds: what cannot be decoded is left out or shown as U+FFFD.
"""

from __future__ import annotations

import binascii
import re

from imapsh.patterns import lazy

#: what is not in the alphabet of base64 (RFC 2045 section 6.8)
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))

#: an octet in hex, a soft line break, or blanks at the end of a line (RFC 2045 section 6.7)
_QUOTED = lazy(rb"=([0-9A-Fa-f]{2})|=[ \t]*+\r?\n|(?<![ \t])[ \t]++(?=\r?\n)")
_BLANKS = (b"\r", b"\n", b" ", b"\t")
_LONGEST_LINE = 1000  # octets of a line of x-uuencode, which has 61 for a whole one
_HEX = frozenset(b"0123456789ABCDEFabcdef")
_MOST_BLANKS = 1000  # at the end of a piece; more of them are not a line's end

#: Names that mailers use and Python does not know, or means otherwise: larger sets that hold the named one.
_CHARSETS = {
    "us-ascii": "ascii", "ansi_x3.4-1968": "ascii",
    "utf8mb4": "utf-8", "utf-8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "windows-874": "cp874", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman",
}  # fmt: skip
#: Codecs of Python that are not character sets of mail; some of them are slow on hostile input.
_NO_CHARSETS = frozenset({"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})


class Decoder:
    """Undoes a transfer encoding piece by piece, wherever the pieces are cut.

    `encoding` is a Content-Transfer-Encoding: base64, quoted-printable or x-uuencode.  If it is another one, octets
    pass as they are, and so does what is not of x-uuencode from its first line on.  `left_out` is the number of octets
    so far that are not of the encoding and were left out; line ends and blanks do not count.
    """

    def __init__(self, encoding: str | None) -> None:
        name = (encoding or "").partition(";")[0].strip().lower()
        self.left_out = 0
        self._decode = {
            "base64": self._base64,
            "quoted-printable": self._quoted,
            "x-uuencode": self._uuencoded,
            "x-uue": self._uuencoded,
        }.get(name)
        self._rest = b""
        self._inside = False  # behind the line `begin` of x-uuencode

    def feed(self, octets: bytes) -> bytes:
        """Return what the next octets say, as far as it is certain."""
        return octets if self._decode is None else self._decode(self._rest + octets)

    def finish(self) -> bytes:
        """Return what is left when no more octets come."""
        rest, self._rest = self._rest, b""
        if self._decode == self._base64:
            self.left_out += len(rest) % 4 == 1
            return _unbase64(rest)
        if self._decode == self._uuencoded:
            return self._uuline(rest) if self._inside else rest
        line = rest.removesuffix(b"\r")
        kept = line.rstrip(b" \t\n")
        if kept == b"=":
            return b""  # a soft line break that was cut
        return rest if kept else rest[len(line) :]  # blanks at the end are no text, but a CR without its LF is

    def _base64(self, octets: bytes) -> bytes:
        """Decode groups of four.  Padding ends a group, because some mailers join several encodings."""
        clean = octets.translate(None, _NOT_BASE64)
        if len(clean) != len(octets):
            self.left_out += len(octets) - len(clean) - sum(map(octets.count, _BLANKS))
        *padded, last = clean.split(b"=")
        self.left_out += sum(len(group) % 4 == 1 for group in padded)
        whole = len(last) - len(last) % 4
        self._rest = last[whole:]
        return b"".join(map(_unbase64, padded)) + _unbase64(last[:whole])

    def _quoted(self, octets: bytes) -> bytes:
        """Decode all but an end that may belong together with what comes next."""
        line = octets.removesuffix(b"\r")
        kept = line.rstrip(b" \t")
        if kept.endswith(b"="):
            kept = kept[:-1]
        elif kept == octets and kept[-2:-1] == b"=" and kept[-1] in _HEX:
            kept = kept[:-2]
        if len(octets) - len(kept) > _MOST_BLANKS:
            kept = octets
        self._rest = octets[len(kept) :]
        return _QUOTED.sub(_octet, kept)

    def _uuencoded(self, octets: bytes) -> bytes:
        """Decode whole lines between `begin` and `end` (POSIX, uuencode)."""
        *lines, self._rest = octets.split(b"\n")
        found: list[bytes] = []
        for at, line in enumerate(lines):
            if not self._inside and line.strip():
                if not line.startswith(b"begin "):
                    self._decode = None
                    rest, self._rest = b"\n".join([*lines[at:], self._rest]), b""
                    return b"".join(found) + rest
                self._inside = True
            elif line.rstrip() == b"end":
                self._decode, self._rest = self._nothing, b""
                break
            elif self._inside:
                found.append(self._uuline(line))
        if len(self._rest) > _LONGEST_LINE:
            self.left_out += len(self._rest)
            self._rest = b""
        return b"".join(found)

    def _nothing(self, octets: bytes) -> bytes:
        """Leave out what comes behind the line `end`."""
        return b""

    def _uuline(self, line: bytes) -> bytes:
        """Return the octets of a line; its first character says how many.  Blanks at its end may be missing."""
        line = line.rstrip(b"\r")
        number = (line[0] - 32) & 63 if line else 0
        if not number:
            return b""
        coded = (number + 2) // 3 * 4 + 1
        try:
            return binascii.a2b_uu(line[:coded].replace(b"`", b" "))
        except binascii.Error:
            self.left_out += len(line)
            return b""


def _unbase64(group: bytes) -> bytes:
    if len(group) % 4 == 1:
        group = group[:-1]  # six bits are not an octet
    return binascii.a2b_base64(group + b"=" * (-len(group) % 4))


def _octet(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode("ascii")) if found[1] is not None else b""


def decode_transfer(octets: bytes, encoding: str | None) -> bytes:
    """Return octets without their transfer encoding."""
    decoder = Decoder(encoding)
    return decoder.feed(octets) + decoder.finish()


def known_charset(name: str | None) -> str | None:
    """Return the name of Python's codec for a character set, or None if it is not known."""
    import codecs

    wanted = (name or "").strip().strip("'\"").partition("*")[0].lower()
    try:
        found = codecs.lookup(_CHARSETS.get(wanted, wanted))
    except (LookupError, ValueError):
        return None
    refused = found.name.replace("-", "_") in _NO_CHARSETS or not getattr(found, "_is_text_encoding", True)
    return None if refused else found.name


def decode_charset(octets: bytes, name: str | None) -> str:
    """Return octets as text.

    An octet that the character set does not have becomes U+FFFD.  If the set is not known, or is ASCII and there is
    more in the text, it is read as UTF-8 if it is that, and otherwise as Windows-1252, which holds Latin-1's text.
    """
    known = known_charset(name)
    if known is not None and known != "ascii":
        try:
            return octets.decode(known, "replace")
        except (UnicodeError, ValueError):
            pass  # a codec that has no way to replace
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
