"""IMAP4's methods that ask the server for what does not concern a mailbox, and those that take responses that came.

See `opening` for what every command returns and raises.
"""

from __future__ import annotations

from imapsh.client.imap4.arguments import listed, nstring
from imapsh.client.imap4.names import Commands
from imapsh.session.capabilities import upper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from imapsh.client.imap4.classes import IMAP4
    from imapsh.client.imap4.idle import Idler
    from imapsh.client.imap4.replies import Result


def capability(self: IMAP4) -> Result:
    """Ask for the capabilities (RFC 9051 section 6.1.1)."""
    return self._untagged_response(*self._simple_command("CAPABILITY"), "CAPABILITY")


def enable(self: IMAP4, capability: str) -> Result:
    """Send ENABLE (RFC 9051 section 6.3.1); after UTF8=ACCEPT arguments are UTF-8.

    Raises `error` if the server does not offer ENABLE.
    """
    if "ENABLE" not in self.capabilities:
        raise self.error("Server does not support ENABLE")
    typ, data = self._simple_command("ENABLE", capability)
    if typ == "OK":
        self._enabled += upper(capability.split())
        if "UTF8=ACCEPT" in capability.upper():
            self._mode_utf8()
    return typ, data


def namespace(self: IMAP4) -> Result:
    """Send NAMESPACE (RFC 9051 section 6.3.10)."""
    return self._fetched("NAMESPACE")


def identify(self: IMAP4, fields: Mapping[str, str | None] | None = None) -> Result:
    """Send ID (RFC 2971 section 3.1) and return the server's description.

    `fields` describe the client; nothing is said of it if they are None or empty.
    """
    if not fields:
        return self._fetched("ID", "NIL")
    return self._fetched("ID", listed(nstring(text) for pair in fields.items() for text in pair))


def noop(self: IMAP4) -> Result:
    """Send NOOP (RFC 9051 section 6.1.2)."""
    if self._transcript.level >= 3:
        self._dump_ur(self.untagged_responses)
    return self._simple_command("NOOP")


def idle(self: IMAP4, duration: float | None = None) -> Idler:
    """Return IDLE (RFC 2177) for use in `with`; iterate over it for the responses, for at most `duration` seconds.

    Raises `error` if the server does not offer IDLE, and for a duration if there is no socket.
    """
    from imapsh.client.imap4.idle import Idler

    return Idler(self, duration)


def notify(self: IMAP4, *events: str) -> Result:
    """Send NOTIFY (RFC 5465): `notify("NONE")`, `notify("SET", "(SELECTED (MessageNew MessageExpunge))")`."""
    return self._simple_command("NOTIFY", *events)


def xatom(self: IMAP4, name: str, *args: Any) -> Result:
    """Send any command; it is taken to be allowed in the present state.  Find what it brings with `response`."""
    name = name.upper()
    Commands.setdefault(name, (self.state,))
    return self._simple_command(name, *args)


# -- the responses that came


def recent(self: IMAP4) -> Result:
    """Return the RECENT responses there are, otherwise those that a NOOP brings; [None] for none."""
    typ, dat = self._untagged_response("OK", [None], "RECENT")
    if dat[-1]:
        return typ, dat
    return self._untagged_response(*self.noop(), "RECENT")


def response(self: IMAP4, code: str) -> Result:
    """Take the responses, or arguments of a response code, filed under this name; [None] for none."""
    return self._untagged_response(code, [None], code.upper())


def parsed(self: IMAP4, name: str, data: Iterable[Any]) -> list[Any]:
    """Do `imap4.parsed`, with UTF-8 if this connection has it enabled."""
    from imapsh.client.imap4 import typed

    return typed.parsed(name, data, utf8=self.utf8_enabled)
