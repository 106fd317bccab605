"""Readings to stand beside the raw form: RFC 2047 words, modified UTF-7 names, base64 challenges."""

from __future__ import annotations

from imapsh.patterns import lazy

#: encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" (RFC 2047 section 2), blanks in the text allowed for
_WORD = lazy(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_BETWEEN = lazy(r"(\?=)\s+(?==\?)")
#: base64 = *(4base64-char) [base64-terminal] (RFC 9051 section 9); an empty one is not asked about
_BASE64 = lazy(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def encoded_words(text: str) -> str | None:
    """Return `text` with its encoded words decoded, or None if it has none that can be.

    Blanks between two words go, as RFC 2047 section 6.2 asks.  A word in an unknown character set stays as it is.
    """
    if "=?" not in text or not _WORD.search(text):
        return None
    decoded = _WORD.sub(lambda found: _word(found[0]), _BETWEEN.sub(r"\1", text))
    return decoded if decoded != text else None


def _word(word: str) -> str:
    from email.errors import MessageError
    from email.header import decode_header

    try:
        [(data, charset)] = decode_header(word.replace(" ", "_"))
        text = data if isinstance(data, str) else data.decode((charset or "ascii").partition("*")[0], "replace")
        return text or word
    except (MessageError, LookupError, ValueError):
        return word


def challenge(data: bytes) -> bytes | None:
    """Return the octets of a base64 challenge, or None if `data` is no base64 (RFC 9051 section 7.6)."""
    if not data or not _BASE64.fullmatch(data):
        return None
    from binascii import a2b_base64

    return a2b_base64(data)
