"""CRAM-MD5: a keyed digest of the server's challenge (RFC 2195)."""

from __future__ import annotations

import hmac

from imapsh.errors import LoginError
from imapsh.sasl.md5 import require
from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class CramMD5(Mechanism):
    """The mechanism CRAM-MD5.  The password is the key, so it is not sent; the server proves nothing.

    Raises UsageError on a machine that does not allow MD5.
    """

    name = "CRAM-MD5"

    def __init__(self, user: str, password: str) -> None:
        require(self.name)
        super().__init__(user, password)

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send the user name, a space, and the digest in lower-case hex (RFC 2195 section 2)."""
        if not challenge:
            raise LoginError("the server sent no challenge for CRAM-MD5")
        digest = hmac.new(octets(self._secret), challenge, "md5").hexdigest()
        yield octets(f"{self.user} {digest}")
