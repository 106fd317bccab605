"""XOAUTH2: Google's and Microsoft's older way to send a bearer token; no RFC (developers.google.com, "XOAUTH2")."""

from __future__ import annotations

from imapsh.hints import TYPE_CHECKING
from imapsh.sasl.mechanism import Dialogue, Mechanism, octets
from imapsh.sasl.oauthbearer import bearer, explained, fields

if TYPE_CHECKING:
    from imapsh.sasl.jwt import Claims


class XOAuth2(Mechanism):
    """The mechanism XOAUTH2; the password is the token."""

    name = "XOAUTH2"
    initial = True

    def __init__(self, user: str, token: str) -> None:
        super().__init__(user, bearer(token))

    @property
    def claims(self) -> Claims | None:
        """See Mechanism."""
        from imapsh.sasl.jwt import claims

        return claims(self._secret)

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send user=NAME ^A auth=Bearer TOKEN ^A ^A.

        The server's JSON is answered with nothing, and then it says NO.
        """
        refusal = yield octets(f"user={self.user}\1auth=Bearer {self._secret}\1\1")
        self.refusal = fields(refusal, self.veil)
        self.said = explained(refusal, self.veil)
        yield b""
