"""ANONYMOUS: no name and no password, but a trace of who comes (RFC 4505)."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.sasl.mechanism import Dialogue, Mechanism, octets

_LONGEST = 255  # characters of a token (RFC 4505 section 2)


class Anonymous(Mechanism):
    """The mechanism ANONYMOUS.

    `user` is the trace: a mail address, or a word without `@`, or empty.  Raises UsageError for a long one.
    """

    name = "ANONYMOUS"
    initial = True

    def __init__(self, user: str = "") -> None:
        super().__init__(user)
        if len(user) > _LONGEST and "@" not in user:
            raise UsageError(f"the trace of ANONYMOUS has {_LONGEST} characters at most")

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send the message = [ email / token ] (RFC 4505 section 2)."""
        yield octets(self.user)
