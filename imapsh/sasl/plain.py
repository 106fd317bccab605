"""PLAIN: the password in the clear, for use under TLS (RFC 4616)."""

from __future__ import annotations

from imapsh.errors import UsageError

_MOST = 2  # a server that overlooks an initial response asks again


class Plain:
    """`name` is what AUTHENTICATE takes; `initial` says that the client speaks first; `secrets` are never to be shown.

    Raises UsageError for NUL in a name or password.
    """

    name = "PLAIN"
    initial = True

    def __init__(self, user: str, password: str, authorize: str = "") -> None:
        if "\0" in user + password + authorize:
            raise UsageError("NUL cannot stand in a user name or password")
        self._message = "\0".join((authorize, user, password)).encode("utf-8", "surrogateescape")
        self.secrets = (password.encode("utf-8", "surrogateescape"),) if password != user else ()
        self._steps = 0

    def step(self, challenge: bytes) -> bytes:
        """message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 section 2).

        PLAIN has no challenge; what some servers say there is passed over.  Raises UsageError where one asks on and on.
        """
        self._steps += 1
        if self._steps > _MOST:
            raise UsageError("the server asks for more than PLAIN has to say")
        return self._message
