"""What must never be shown: known secrets and their base64, masked by value."""

from __future__ import annotations

import re
from binascii import b2a_base64

MASK = b"********"
_SHORTEST = 4  # octets; a shorter secret would mask half the conversation


class Secrets:
    """The secrets of one session."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()
        self._pattern: re.Pattern[bytes] | None = None

    def add(self, secret: bytes, *, public: bytes = b"") -> None:
        """From now on mask it, and its base64.  Nothing is done for one that equals `public`, the user's name."""
        if len(secret) < _SHORTEST or secret == public or secret in self._known:
            return
        self._known |= {secret, *_coded(secret)}
        self._pattern = re.compile(b"|".join(re.escape(known) for known in sorted(self._known, key=len, reverse=True)))

    def mask(self, octets: bytes) -> bytes:
        """The same number of octets, each octet of a known secret as `*`."""
        if self._pattern is None:
            return octets
        return self._pattern.sub(lambda found: b"*" * len(found[0]), octets)


def _coded(secret: bytes) -> set[bytes]:
    """Base64 of the secret at the three places it can have in a longer message, without the digits it shares."""
    found = set()
    for lead in range(3):
        coded = b2a_base64(b"\0" * lead + secret, newline=False).rstrip(b"=")
        first, spare = (lead * 8 + 5) // 6, (lead + len(secret)) % 3
        inner = coded[first : len(coded) - 1 if spare else len(coded)]
        if len(inner) >= _SHORTEST:
            found.add(inner)
    return found
