"""Encoded words, with which header texts hold more than ASCII (RFC 2047)."""

from __future__ import annotations

from imapsh.patterns import lazy

#: encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" (RFC 2047 section 2); blanks in the text are allowed
_WORD = lazy(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_BETWEEN = lazy(r"(\?=)\s+(?==\?)")


def encoded_words(text: str) -> str | None:
    """Return `text` with its encoded words decoded, or None if it has none that can be decoded.

    Blanks between two words are removed, as RFC 2047 section 6.2 asks.  A word in an unknown character set is kept as
    it is.
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
