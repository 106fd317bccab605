"""Readings to be shown beside the raw form: encoded words (RFC 2047), base64 challenges."""

from __future__ import annotations

from imapsh.grammar.encodedwords import encoded_words as encoded_words
from imapsh.patterns import lazy

#: base64 = *(4base64-char) [base64-terminal] (RFC 9051 section 9); empty text is not matched against it
_BASE64 = lazy(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def challenge(data: bytes) -> bytes | None:
    """Return the octets of a base64 challenge, or None if `data` is not base64 (RFC 9051 section 7.6)."""
    if not data or not _BASE64.fullmatch(data):
        return None
    from binascii import a2b_base64

    return a2b_base64(data)
