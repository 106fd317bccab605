"""Encoded words, with which header texts hold more than ASCII (RFC 2047)."""

from __future__ import annotations

import re

from imapsh.patterns import lazy

#: encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" (RFC 2047 section 2); blanks in the text are allowed
_WORD = lazy(r"=\?([^?\s]+)\?([BbQq])\?([^?]*)\?=")
#: words with nothing but blanks between them
_WORDS = lazy(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=(?:\s*=\?[^?\s]+\?[BbQq]\?[^?]*\?=)*")


def encoded_words(text: str) -> str | None:
    """Return `text` with its encoded words decoded, or None if it has none that can be decoded.

    Blanks between two words are removed, as RFC 2047 section 6.2 asks.  The octets of neighbours in one character set
    are joined before they are decoded, because many mailers cut a character in two.  A word in an unknown character set
    is kept as it is.
    """
    if "=?" not in text or not _WORD.search(text):
        return None
    decoded = _WORDS.sub(_run, text)
    return decoded if decoded != text else None


def _run(found: re.Match[str]) -> str:
    """Return the text of neighbouring words."""
    from imapsh.grammar.decoding import decode_charset, known_charset

    said: list[str] = []
    octets, charset = b"", ""
    for word in _WORD.finditer(found[0]):
        name = word[1].partition("*")[0].lower()  # RFC 2231 section 5 adds a language
        inner = _octets(word[2], word[3]) if known_charset(name) is not None else b""
        if octets and (name != charset or not inner):
            said.append(decode_charset(octets, charset))
            octets = b""
        if inner:
            octets, charset = octets + inner, name
        else:
            said.append(word[0])
    if octets:
        said.append(decode_charset(octets, charset))
    return "".join(said)


def _octets(encoding: str, text: str) -> bytes:
    """Return the octets of a word; none if there are none, or if it cannot be decoded."""
    from imapsh.grammar.decoding import decode_transfer

    try:
        raw = text.encode("ascii")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    if encoding in "Bb":
        return decode_transfer(raw, "base64")
    return decode_transfer(raw.replace(b"_", b" ") + b"=", "quoted-printable")  # so that blanks at the end stay
