"""PLAIN: the password in the clear, for use under TLS (RFC 4616)."""

from __future__ import annotations

from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class Plain(Mechanism):
    """message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 section 2)."""

    name = "PLAIN"
    initial = True

    def dialogue(self, challenge: bytes) -> Dialogue:
        """PLAIN has no challenge; what some servers say there is passed over."""
        message = octets("\0".join((self.authorize, self.user, self._secret)))
        yield message
        yield message  # a server that overlooks an initial response asks again
