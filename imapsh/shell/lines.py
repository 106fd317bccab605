r"""What becomes of a line: one of imapsh's own commands, or a command for the server.

Written once, as a generator of steps (`imapsh.shell.steps`); the prompt and batch each run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imapsh.shell import care, files
from imapsh.shell.password import append_password
from imapsh.shell.steps import Steps, Typed
from imapsh.spec.model import NOT_AUTHENTICATED

if TYPE_CHECKING:
    from imapsh.shell.host import Host
    from imapsh.spec.match import Match


def take(host: Host[Any], text: str) -> Steps[str]:
    """Do what a line says; the status of the server's reply: OK, NO, BAD, or "" where there is none.

    Raises UsageError, and sends nothing, for what cannot be done or sent, and StateError without a connection.
    """
    if text.startswith("\\"):
        from imapsh.shell import commands

        return (yield from commands.run(host, text))
    return (yield from _send(host, text))


def _send(host: Host[Any], text: str) -> Steps[str]:
    """Send a typed command."""
    session = host.session
    found = care.gently(host, host.match(text))
    if host.interactive and session.state == NOT_AUTHENTICATED and found.name.upper() == "AUTHENTICATE":
        from imapsh.shell import login

        if name := login.mechanism(found):
            return (yield from login.log_in(host, name))
    if user := lacks_password(found):
        password = yield from host.password(user)
        if password is None or not host.live:
            return ""
        found = host.match(append_password(text, password))
    yield from care.confirm(host, found)
    exchange = session.line(found.text, open_file=files.open_file, matched=found)
    yield Typed(exchange)
    return exchange.status


def lacks_password(found: Match) -> str:
    """The user of a `LOGIN user` that lacks its password, else ""."""
    command = found.command
    if command is None or command.name != "LOGIN" or found.complete or found.secrets or len(found.slots) != 1:
        return ""
    value = found.slots[0].value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
