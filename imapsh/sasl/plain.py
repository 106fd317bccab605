"""PLAIN: the password in the clear, for use under TLS (RFC 4616)."""

from __future__ import annotations

from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class Plain(Mechanism):
    """The mechanism PLAIN: message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 section 2)."""

    name = "PLAIN"
    initial = True

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send the message.  PLAIN has no challenge, and text that some servers put there is passed over."""
        message = b"\0".join(map(octets, (self.authorize, self.user, self._secret)))
        yield message
        yield message  # a server that overlooks an initial response asks again
