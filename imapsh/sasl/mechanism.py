"""The base of every mechanism: a dialogue of challenges and responses (RFC 4422)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from imapsh.errors import LoginError, UsageError
from imapsh.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from imapsh.sasl.jwt import Claims

Dialogue = Generator[bytes, bytes, None]


class Mechanism:
    """One use of a mechanism, for one AUTHENTICATE.

    `name` is what AUTHENTICATE takes.  `initial` is true if the client speaks first, `mutual` if the server proves
    itself too.  `secrets` are never to be shown; `public` texts may be, though they are sent.  `said` tells why it
    failed, in the server's words or ours, "" if nothing is known.  `refusal` holds what a server said of a token in
    JSON, by name (RFC 7628 section 3.2.2).  `cancelled` is true once we gave it up.  `veil`
    masks secrets in a text; the session that runs the mechanism sets it, for it knows them all.
    """

    name = ""
    initial = False
    mutual = False

    def __init__(self, user: str = "", secret: str = "", authorize: str = "") -> None:
        self.user = user
        self.authorize = authorize
        self.said = ""
        self.refusal: dict[str, str] = {}
        self.cancelled = False
        self.proven = False
        self.veil: Callable[[str], str] = str
        self._secret = secret
        self._dialogue: Dialogue | None = None
        for text in (user, secret, authorize):
            octets(text)
        if any(char < " " or char == "\x7f" for char in user + authorize):
            raise UsageError("a user name cannot contain control characters")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The password or token, if there is one that is not the user's name as well."""
        return (octets(self._secret),) if self._secret not in ("", self.user) else ()

    @property
    def public(self) -> tuple[bytes, ...]:
        """The user's name and the authorization identity, as far as there are any."""
        return tuple(octets(name) for name in (self.user, self.authorize) if name)

    @property
    def claims(self) -> Claims | None:
        """What the token says of itself; None if it says nothing, or is none.  The token is not in it."""
        return None

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Yield each response, and take each challenge after the first.  Raises LoginError for one that is wrong."""
        raise NotImplementedError(self.name)

    def step(self, challenge: bytes) -> bytes:
        """Return the response to a challenge; b"" is the challenge that asks for the initial response.

        Raises LoginError for a challenge that is wrong or one too many: the exchange is to be cancelled then.
        """
        try:
            if self._dialogue is None:
                self._dialogue = self.dialogue(challenge)
                return next(self._dialogue)
            return self._dialogue.send(challenge)
        except StopIteration:
            raise LoginError(f"the server asks for more than {self.name} can answer") from None

    def finish(self) -> None:
        """Take in that the server said OK.

        Raises LoginError if it should have proved itself and has not, or if it never asked who logs in: then it was not
        told for whom to act, either.
        """
        if self._dialogue is None:
            raise LoginError(
                f"the server said OK before it was told who logs in by {self.name}, so it has chosen the user itself"
            )
        if self.mutual and not self.proven:
            raise LoginError(
                f"the server said OK without the proof that {self.name} demands: it may be an impostor; do not trust it"
            )

    def __repr__(self) -> str:
        """Return a text without secrets."""
        return f"<{self.name} {self.user!r}>"


def octets(text: str) -> bytes:
    """Return a name, password or token as it goes over the wire.

    Octets that were read as text with `surrogateescape` are sent as they were.  Raises UsageError for NUL and for any
    other lone surrogate.
    """
    if "\0" in text:
        raise UsageError("a user name or password cannot contain NUL")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
    # Not raised from there: Python's error holds the whole text, and would be in __context__.
    raise UsageError(f"a user name or password cannot contain U+{code:04X}, which is a lone surrogate")
