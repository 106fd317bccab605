"""OAUTHBEARER: a bearer token of OAuth 2.0 (RFC 7628).  The server says in JSON why it refuses one."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import LoginError, UsageError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.sasl.mechanism import Dialogue, Mechanism, octets

if TYPE_CHECKING:
    from imapsh.sasl.jwt import Claims

_LONGEST = 500  # characters of an explanation
_SAID = ("status", "error_description", "schemes", "scope", "openid-configuration")


class OAuthBearer(Mechanism):
    """The mechanism OAUTHBEARER; the password is the token.

    `host` and `port` are those the client has connected to; "" and 0 are left out.
    """

    name = "OAUTHBEARER"
    initial = True

    def __init__(self, user: str, token: str, authorize: str = "", host: str = "", port: int = 0) -> None:
        super().__init__(user, bearer(token), authorize)
        self._host = host
        self._port = port

    @property
    def claims(self) -> Claims | None:
        """See Mechanism."""
        from imapsh.sasl.jwt import claims

        return claims(self._secret)

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send client-resp = gs2-header kvsep *kvpair kvsep (RFC 7628 section 3.1).

        After a failure, ^A ends the dialogue (section 3.2.3).
        """
        pairs = {"host": self._host, "port": str(self._port or ""), "auth": f"Bearer {self._secret}"}
        name = (self.authorize or self.user).replace("=", "=3D").replace(",", "=2C")
        head = f"n,a={name}," if name else "n,,"
        refusal = yield octets("\1".join((head, *(f"{key}={value}" for key, value in pairs.items() if value), "", "")))
        self.refusal = fields(refusal, self.veil)
        self.said = explained(refusal, self.veil)
        yield b"\1"


def bearer(token: str) -> str:
    """Return the token.

    Raises UsageError for text that cannot be one, as it would end its field (RFC 6750 section 2.1).
    """
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("not an OAuth token: a token is one word of letters, digits and -._~+/=")
    return token


def explained(refusal: bytes, veil: Callable[[str], str] = str) -> str:
    """Return what the server's JSON says, in one line, or other text as it is.

    `veil` masks the token in what was decoded.  Raises LoginError if the server said nothing.
    """
    said = _object(refusal)
    if said is not None:
        text = ", ".join(f"{key} {said[key]}" for key in _SAID if isinstance(said.get(key), str | int) and said[key])
    else:
        text = refusal.decode("utf-8", "replace")
    text = _line(text, veil)
    if not text:
        raise LoginError("the server asks for more than the token")
    return text


def fields(refusal: bytes, veil: Callable[[str], str] = str) -> dict[str, str]:
    """Return what the server's JSON says, by name; empty if it is not a JSON object."""
    said = _object(refusal) or {}
    return {key: _line(str(said[key]), veil) for key in _SAID if isinstance(said.get(key), str | int) and said[key]}


def _object(refusal: bytes) -> dict[str, Any] | None:
    import json

    try:
        said = json.loads(refusal)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _line(text: str, veil: Callable[[str], str]) -> str:
    """Return text in one line, made printable, masked and cut; cut last, or half a token would not be recognised."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return veil(text)[:_LONGEST]
