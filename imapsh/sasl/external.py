"""EXTERNAL: the server knows the client already, by its certificate or its socket (RFC 4422 appendix A)."""

from __future__ import annotations

from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class External(Mechanism):
    """The mechanism EXTERNAL.

    `authorize`, or else `user`, is who one wants to be; empty means whoever the certificate says.
    """

    name = "EXTERNAL"
    initial = True

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send the authorization identity, which may be empty."""
        yield octets(self.authorize or self.user)
