"""LOGIN: name and password in the clear, one after the other (draft-murchison-sasl-login-00; never an RFC)."""

from __future__ import annotations

from imapsh.sasl.mechanism import Dialogue, Mechanism, octets


class Login(Mechanism):
    """The mechanism LOGIN of AUTHENTICATE, which is not the command LOGIN."""

    name = "LOGIN"

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send the name, then the password.

        The texts of the two challenges (`Username:`, `User Name`, ...) are for people and are passed over.
        """
        yield octets(self.user)
        yield octets(self._secret)
