"""The token in a URL of IMAP (RFC 4467 section 9, RFC 5092 section 11): whoever has it may read the message.

iurlauth = iurlauth-rump ":" uauth-mechanism ":" enc-urlauth
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapsh.patterns import lazy

_TOKEN = r";URLAUTH=[^\s\":]*:[A-Za-z0-9.-]*:([0-9A-Za-z*]+)"
_IN_TEXT = lazy(_TOKEN, re.IGNORECASE)
_IN_OCTETS = lazy(_TOKEN.encode("ascii"), re.IGNORECASE)


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each token in a text begins and ends, also one that is not typed to its end."""
    return (found.span(1) for found in _IN_TEXT.finditer(text))


def without_tokens(octets: bytes) -> bytes:
    """Return the octets with a star for each of a token; it is as long as before."""
    if b":" not in octets:
        return octets
    return _IN_OCTETS.sub(lambda found: found[0][: found.start(1) - found.start()] + b"*" * len(found[1]), octets)
