"""GSSAPI: Kerberos tickets (RFC 4752), by the extra `imapsh[gssapi]`.

Authentication only: no security layer, for that is what TLS is there for.
"""

from __future__ import annotations

from typing import Any

from imapsh.errors import LoginError, UsageError
from imapsh.sasl.mechanism import Dialogue, Mechanism, octets

_NO_LAYER = 1


class GSSAPI(Mechanism):
    """The mechanism GSSAPI.

    The tickets are the system's (`kinit`); `host` is the server's name, of the service `imap@host`.
    """

    name = "GSSAPI"
    initial = True
    mutual = True

    def __init__(self, user: str, host: str, authorize: str = "") -> None:
        super().__init__(user, "", authorize)
        self._library = library()
        self._host = host

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Exchange tokens until the context stands, then choose a layer: none (RFC 4752 section 3.1)."""
        context = self._context()
        try:
            token = context.step(None)
            while not context.complete or token:
                challenge = yield token or b""
                if context.complete:
                    break
                token = context.step(challenge)
            else:
                challenge = yield b""
            offer = context.unwrap(challenge).message
            if len(offer) != 4 or not offer[0] & _NO_LAYER:
                raise LoginError("the server wants a GSSAPI layer under the session; use TLS and another mechanism")
            self.proven = True
            yield context.wrap(bytes((_NO_LAYER, 0, 0, 0)) + octets(self.authorize or self.user), False).message
        except self._library.exceptions.GSSError as error:
            raise _failed(error, self._host) from None

    def _context(self) -> Any:
        library = self._library
        name = library.Name(f"imap@{self._host}", library.NameType.hostbased_service)
        return library.SecurityContext(name=name, mech=library.MechType.kerberos, usage="initiate")


def library() -> Any:
    """Return python-gssapi.  Raises UsageError if it is not installed."""
    try:
        import gssapi
    except (ImportError, OSError):
        raise UsageError("GSSAPI needs python-gssapi and Kerberos: pip install imapsh[gssapi]") from None
    return gssapi


def have_ticket() -> bool:
    """Return whether the library is installed and holds a ticket; asks nobody."""
    try:
        found = library()
        return bool(found.Credentials(usage="initiate").lifetime)
    except UsageError:
        return False
    except found.exceptions.GSSError:
        return False


def _failed(error: Any, host: str) -> LoginError:
    words = " ".join(str(error.gen_message() if hasattr(error, "gen_message") else error).split())
    return LoginError(f"Kerberos could not authenticate to imap@{host}: {words}; check your ticket with klist")
