"""PLAIN: the password in the clear, for use under TLS (RFC 4616)."""

from __future__ import annotations

from imapsh.errors import UsageError


class Plain:
    """`name` is what AUTHENTICATE takes; `initial` says that the client speaks first."""

    name = "PLAIN"
    initial = True

    def __init__(self, user: str, password: str, authorize: str = "") -> None:
        if "\0" in user + password + authorize:
            raise UsageError("NUL cannot stand in a user name or password")
        self._message = f"{authorize}\0{user}\0{password}".encode()

    def step(self, challenge: bytes) -> bytes:
        """message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 section 2).  The challenge is empty."""
        return self._message
