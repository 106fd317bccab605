"""EXTERNAL: the server knows the client already, by its certificate or its socket (RFC 4422 appendix A)."""

from __future__ import annotations

from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class External(Mechanism):
    """`authorize`, else `user`, is who one wants to be; empty: whoever the certificate says."""

    name = "EXTERNAL"
    initial = True

    def dialogue(self, challenge: bytes) -> Dialogue:
        """The authorization identity, which may be empty."""
        yield octets(self.authorize or self.user)
