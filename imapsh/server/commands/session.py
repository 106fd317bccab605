"""CAPABILITY, NOOP, LOGOUT, STARTTLS, AUTHENTICATE, LOGIN, ENABLE, ID and IDLE."""

from __future__ import annotations

from binascii import Error, a2b_base64
from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh import __version__
from imapsh.grammar.values import Capabilities, Id, StatusText
from imapsh.server.reply import Arguments, Bad, Continue, Reply, as_text, ok
from imapsh.server.store import Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client


def _turn_on(name: str) -> Callable[[Client], None]:
    return lambda client: client.enable(name)


ENABLES = {"IMAP4rev2": _turn_on("IMAP4REV2"), "UTF8=ACCEPT": _turn_on("UTF8=ACCEPT")}


def capability(client: Client, arguments: Arguments) -> Reply:
    """Do CAPABILITY (RFC 9051 section 6.1.1)."""
    client.send("CAPABILITY", Capabilities(client.capabilities()))
    return ok("that is all it can do")


def noop(client: Client, arguments: Arguments) -> Reply:
    """Do NOOP (6.1.2), and CHECK."""
    return ok("nothing done")


def logout(client: Client, arguments: Arguments) -> Reply:
    """Do LOGOUT (6.1.3)."""
    client.unselect()
    client.send("BYE", StatusText(None, "see you"))
    client.closing = True
    return ok("logged out")


def starttls(client: Client, arguments: Arguments) -> Reply:
    """Do STARTTLS (6.2.1)."""
    client.start_tls()
    return ok("begin the TLS handshake")


def login(client: Client, arguments: Arguments) -> Reply:
    """Do LOGIN (6.2.3)."""
    return client.login(arguments.text("userid"), arguments.text("password"))


def authenticate(client: Client, arguments: Arguments) -> Reply:
    """Do AUTHENTICATE (6.2.2).  The mechanism is PLAIN (RFC 4616), with or without an initial response (RFC 4959)."""
    if arguments.text("mechanism").upper() != "PLAIN":
        raise Refused("CANNOT", "PLAIN is the only SASL mechanism of this server")

    def plain(line: bytes) -> Reply:
        if line == b"*":
            raise Bad("AUTHENTICATE was cancelled")
        try:
            parts = a2b_base64(b"" if line == b"=" else line, strict_mode=True).decode("utf-8").split("\0")
        except (Error, ValueError):
            raise Bad("the response is not base64 of UTF-8") from None
        if len(parts) != 3:
            raise Bad("PLAIN needs an identity, a user and a password, separated by NUL (RFC 4616)")
        identity, user, password = parts
        if identity not in ("", user):
            raise Refused("AUTHORIZATIONFAILED", "this server does not let one user act for another")
        return client.login(user, password)

    initial = arguments.all("initial-response")
    if initial:
        return plain(as_text(initial[0].value).encode("utf-8"))
    return Continue("", plain)


def enable(client: Client, arguments: Arguments) -> Reply:
    """Do ENABLE (6.3.1).  Unknown names are ignored, and ENABLED does not name them."""
    from imapsh.server.commands import ENABLES  # of all families, and this is one of them

    wanted = {as_text(piece.value).upper() for piece in arguments.all("capability")}
    known = tuple(name for name in ENABLES if name.upper() in wanted)
    client.send("ENABLED", Capabilities(known))
    for name in known:
        ENABLES[name](client)
    return ok("enabled" if known else "nothing to enable")


def identification(client: Client, arguments: Arguments) -> Reply:
    """Do ID (RFC 2971)."""
    client.send("ID", Id({"name": "imapsh demo server", "version": __version__}))
    return ok("pleased to meet you")


def idle(client: Client, arguments: Arguments) -> Reply:
    """Do IDLE (6.3.13): send news as it comes, until DONE."""

    def done(line: bytes) -> Reply:
        if line.upper() != b"DONE":
            raise Bad("only DONE may be sent during IDLE")
        return ok("idled")

    return Continue("idling", done, idles=True)


HANDLERS = {
    "CAPABILITY": capability,
    "NOOP": noop,
    "CHECK": noop,
    "LOGOUT": logout,
    "STARTTLS": starttls,
    "LOGIN": login,
    "AUTHENTICATE": authenticate,
    "ENABLE": enable,
    "ID": identification,
    "IDLE": idle,
}
