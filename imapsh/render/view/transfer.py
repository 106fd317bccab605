"""Content-Transfer-Encoding (RFC 2045 section 6) and character set undone, as far as that is possible."""

from __future__ import annotations

from binascii import Error, a2b_base64, a2b_qp

from imapsh.render.visible import visible
from imapsh.tuples import NamedTuple

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
#: Python's own codecs, which no charset parameter means
_NO_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "mbcs", "oem"})


class Undone(NamedTuple):
    """The result of undoing an encoding: the octets, text in UTF-8, and what was undone, in words, or ""."""

    data: bytes
    said: str


def undo(data: bytes, encoding: str | None, charset: str | None, *, begins: int = 0) -> Undone:
    """Undo what is known; `begins` is the octet of the part at which `data` begins.  Never raises."""
    said: list[str] = []
    name = (encoding or "").strip().lower()
    if name not in _IDENTITY:
        if begins:
            return Undone(data, f"in {visible(name)}, from its middle on: not decoded")
        octets = _decoded(data, name)
        if octets is None:
            return Undone(data, f"in {visible(name)}, which cannot be decoded")
        data = octets
        said.append(name)
    text = None if (charset or "").strip().lower() in _UTF8 else _text(data, (charset or "").strip().lower())
    if text is not None:
        data = text.encode("utf-8", "backslashreplace")
        said.append(visible(charset or ""))
    elif charset and charset.strip().lower() not in _UTF8:
        return Undone(data, ", ".join([*said, f"the charset {visible(charset)} is unknown"]))
    return Undone(data, "decoded from " + " and ".join(said) if said else "")


def _decoded(data: bytes, name: str) -> bytes | None:
    """Return the decoded octets, or None if they are something else.

    Of base64 that is cut off, the whole groups are decoded.
    """
    if name == "quoted-printable":
        return a2b_qp(data)
    if name != "base64":
        return None
    digits = data.translate(None, b"\r\n \t")
    if digits.translate(None, _BASE64):
        return None
    try:
        return a2b_base64(digits[: len(digits) // 4 * 4])
    except Error:
        return None


def _text(data: bytes, charset: str) -> str | None:
    from codecs import lookup

    try:
        if lookup(charset).name.replace("-", "_") in _NO_CHARSETS:
            return None
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return None
