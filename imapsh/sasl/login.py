"""LOGIN: name and password in the clear, one after the other (draft-murchison-sasl-login-00; never an RFC)."""

from __future__ import annotations

from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class Login(Mechanism):
    """Not the command LOGIN, but AUTHENTICATE LOGIN."""

    name = "LOGIN"

    def dialogue(self, challenge: bytes) -> Dialogue:
        """What the two challenges say (`Username:`, `User Name`, ...) is for people and passed over."""
        yield octets(self.user)
        yield octets(self._secret)
