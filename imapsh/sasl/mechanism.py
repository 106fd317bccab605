"""What every mechanism is: a dialogue of challenges and responses (RFC 4422)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from imapsh.errors import LoginError, UsageError

Dialogue = Generator[bytes, bytes, None]


class Mechanism:
    """`name` is what AUTHENTICATE takes; `initial`: the client speaks first; `mutual`: the server proves itself too.

    `secrets` are never to be shown, `public` may be though it is sent.  `said`: why it failed, in the server's words or
    ours, "" where nothing is known.  `veil` masks secrets in a text; the session that runs the mechanism sets
    it, for it knows them all.  One object serves one AUTHENTICATE.
    """

    name = ""
    initial = False
    mutual = False

    def __init__(self, user: str = "", secret: str = "", authorize: str = "") -> None:
        self.user = user
        self.authorize = authorize
        self.said = ""
        self.proven = False
        self.veil: Callable[[str], str] = str
        self._secret = secret
        self._dialogue: Dialogue | None = None
        if "\0" in user + secret + authorize:
            raise UsageError("a user name or password cannot contain NUL")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The password or token, where there is one that is not the user's name as well."""
        return (octets(self._secret),) if self._secret not in ("", self.user) else ()

    @property
    def public(self) -> tuple[bytes, ...]:
        """The names."""
        return tuple(octets(name) for name in (self.user, self.authorize) if name)

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Yields each response, takes each challenge after the first; raises LoginError for one that is wrong."""
        raise NotImplementedError(self.name)

    def step(self, challenge: bytes) -> bytes:
        """The response to a challenge, b"" being the one that asks for the initial response.

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
        """The server said OK.  Raises LoginError where it should have proved itself and has not."""
        if self.mutual and not self.proven:
            raise LoginError(
                f"the server said OK without the proof that {self.name} demands: it may be an impostor; do not trust it"
            )

    def __repr__(self) -> str:
        """Without secrets."""
        return f"<{self.name} {self.user!r}>"


def octets(text: str) -> bytes:
    """Names, passwords and tokens on the wire."""
    return text.encode("utf-8", "surrogateescape")
