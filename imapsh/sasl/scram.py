"""SCRAM-SHA-1 and SCRAM-SHA-256, and their -PLUS forms bound to the TLS channel (RFC 5802, RFC 7677).

`scramp` does the arithmetic.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from typing import Any

from imapsh.errors import LoginError, UsageError
from imapsh.sasl.mechanism import Dialogue, Mechanism

MOST_ITERATIONS = 1_000_000
"""Of PBKDF2, about half a second; a server that asks for more wants to keep the client busy (RFC 5802 section 9)."""

_ITERATIONS = re.compile(r",i=0*([0-9]+)")
_SALT = re.compile(r",s=([A-Za-z0-9+/=]*)(?=,|$)")
_PADDED = 12  # octets of salt that scramp wants
_ERROR = re.compile(r"e=([a-z-]+)")

Binding = tuple[str, Any]
"""Channel binding: its type and its octets, or the SSLObject that has them (RFC 5929)."""


class Scram(Mechanism):
    """The mechanisms SCRAM; `name` is one of the four.

    A `binding` with a name that is not -PLUS says that the server offers none of those that are.  `authorize` is the
    user to act for (RFC 5802 section 5.1).  `nonce` is for tests: it must be new each time.
    """

    initial = True
    mutual = True

    def __init__(
        self,
        user: str,
        password: str,
        name: str = "SCRAM-SHA-256",
        binding: Binding | None = None,
        nonce: str = "",
        authorize: str = "",
    ) -> None:
        from scramp import ScramClient, ScramException

        super().__init__(user, password, authorize)
        self.name = name
        if name.endswith("-PLUS") and binding is None:
            raise UsageError(f"{name} needs TLS, whose channel it is bound to: use {name.removesuffix('-PLUS')}")
        try:
            self._client = ScramClient([name], user, password, binding, nonce or None)
        except ScramException as error:
            raise UsageError(f"{name} cannot encode this user name or password: {_reason(error)}") from None
        if authorize:
            self._client.gs2_header = _Header(self._header(), authorize)

    def _header(self) -> Any:
        """Return scramp's gs2-header.  Raises UsageError if this scramp has none that can be replaced."""
        header = getattr(self._client, "gs2_header", None)
        if not hasattr(header, "make_cbind_input"):
            raise UsageError(f"{self.name} can act for another user only with a newer scramp: pip install -U scramp")
        return header

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send client-first and client-final, and check the server's signature (RFC 5802 section 5)."""
        from scramp import ScramException

        first = yield self._client.get_client_first().encode("utf-8")
        try:
            self._take(_bounded(_text(first)))
            final = yield self._client.get_client_final().encode("utf-8")
            refused = _ERROR.match(_text(final))
            if refused is not None:
                raise LoginError(f"the server says {refused[1].replace('-', ' ')}")
            self._client.set_server_final(_text(final))
        except ScramException as error:
            raise LoginError(f"the server's part of {self.name} is wrong: {_reason(error)}") from None
        self.proven = True
        yield b""

    def _take(self, server_first: str) -> None:
        """Hand server-first to scramp, which wants 12 octets of salt where RFC 5802 section 7 allows any number."""
        salt = _salt(server_first)
        if salt is None or len(salt) >= _PADDED:
            self._client.set_server_first(server_first)
            return
        padded = b2a_base64(salt.ljust(_PADDED, b"\0"), newline=False).decode("ascii")
        self._client.set_server_first(_SALT.sub(f",s={padded}", server_first, count=1))
        # What is signed and hashed is what the server said.  An older scramp keeps the salt in base64.
        kept = self._client.salt
        self._client.server_first = server_first
        self._client.salt = b2a_base64(salt, newline=False).decode("ascii") if isinstance(kept, str) else salt


class _Header:
    """A gs2-header that says for whom to act; scramp's own, `header`, says it never.

    gs2-header = gs2-cbind-flag "," [ "a=" saslname ] ","  (RFC 5802 section 7)
    """

    def __init__(self, header: Any, authorize: str) -> None:
        name = authorize.replace("=", "=3D").replace(",", "=2C")
        self._header = header
        self._text = f"{str(header).removesuffix(',')}a={name},"

    def __str__(self) -> str:
        return self._text

    def make_cbind_input(self, binding: Any) -> bytes:
        """Return cbind-input = gs2-header [ cbind-data ], which the proof covers: nobody can take the name out."""
        bound: bytes = self._header.make_cbind_input(binding)
        return self._text.encode("utf-8") + bound.removeprefix(str(self._header).encode("ascii"))


def _salt(server_first: str) -> bytes | None:
    """Return the salt, or None if there is none that can be read."""
    found = _SALT.search(server_first)
    try:
        return a2b_base64(found[1], strict_mode=True) if found is not None else None
    except ValueError:
        return None


def _text(message: bytes) -> str:
    return message.decode("utf-8", "replace")


def _bounded(server_first: str) -> str:
    """Raise LoginError for too many iterations, before one is done."""
    found = _ITERATIONS.search(server_first)
    if found is not None and (len(found[1]) > 9 or int(found[1]) > MOST_ITERATIONS):
        raise LoginError(f"the server wants {found[1][:20]} iterations of SCRAM, and the limit is {MOST_ITERATIONS}")
    return server_first


def _reason(error: Exception) -> str:
    """Return scramp's words, without what the other side has put in."""
    return str(error).partition("Expected")[0].strip(" .")
