"""The secrets in URLs: the token of an IMAP URL (RFC 4467 section 9, RFC 5092 section 11), and a password.

Anybody who has the token may read the message.

iurlauth = iurlauth-rump ":" uauth-mechanism ":" enc-urlauth
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapsh.patterns import lazy

_TOKEN = r";URLAUTH=[^\s\":]*:[A-Za-z0-9.-]*:([0-9A-Za-z*]+)"
_IN_TEXT = lazy(_TOKEN, re.IGNORECASE)
_IN_OCTETS = lazy(_TOKEN.encode("ascii"), re.IGNORECASE)
_PASSWORD = lazy(rb"://[^\s:/@\"]*:([^\s/@\"]+)@")


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield the beginning and end of each token in a text, even if it is not typed to its end."""
    return (found.span(1) for found in _IN_TEXT.finditer(text))


def without_tokens(octets: bytes) -> bytes:
    """Return the octets with a star in place of each octet of a token or password in a URL.

    The length stays the same.
    """
    if b":" not in octets:
        return octets
    octets = _IN_OCTETS.sub(_starred, octets)
    return _PASSWORD.sub(_starred, octets) if b"://" in octets else octets


def _starred(found: re.Match[bytes]) -> bytes:
    low, high = found.start(1) - found.start(), found.end(1) - found.start()
    return found[0][:low] + b"*" * (high - low) + found[0][high:]
