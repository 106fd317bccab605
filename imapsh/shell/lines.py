r"""What becomes of a line: a comment, one of imapsh's own commands, or a command for the server.

Written once, as a generator of steps (`imapsh.shell.steps`); the prompt and batch each run it.  On its way a line meets
aliases (`aliases`), the operators `|`, `>` and `>>` (`redirect`), values (`values`) and the shell's `$` (`searchres`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imapsh.shell import care
from imapsh.shell.secrets.password import append_password
from imapsh.shell.steps import Steps, Typed
from imapsh.spec.model import NOT_AUTHENTICATED

if TYPE_CHECKING:
    from imapsh.shell.host import Host
    from imapsh.spec.match import Match


def take(host: Host[Any], text: str) -> Steps[str]:
    """Do what a line says; the status of the server's reply: OK, NO, BAD, or "" where there is none.

    Raises UsageError, and sends nothing, for what cannot be done or sent, and StateError without a connection.
    """
    if text.startswith("#"):
        return ""
    line = meant(host, text)
    if host.operators and (" | " in line or " > " in line or " >> " in line):
        from imapsh.shell import discreet
        from imapsh.shell.carrying import redirect

        if cut := redirect.split(line, host.context(), host.variables.own):
            discreet.hide(host, cut.rest)
            to = redirect.target(host, cut)
            return (yield from redirect.diverted(host, to, _do(host, cut.command)))
    return (yield from _do(host, line))


def meant(host: Host[Any], text: str) -> str:
    """The line that a line stands for, where it begins with an alias.  Raises UsageError."""
    if not host.aliases:
        return text
    from imapsh.shell.carrying import aliases

    return aliases.resolve(host.aliases, text)


def is_ours(host: Host[Any], text: str) -> bool:
    """Whether a line is no command for the server."""
    return text.startswith("#") or meant(host, text).startswith("\\")


def _do(host: Host[Any], line: str) -> Steps[str]:
    if line.startswith("\\"):
        from imapsh.shell import commands, discreet

        discreet.hide(host, line)

        return (yield from commands.run(host, line))
    if "${" in line:
        from imapsh.shell.carrying import values

        line = yield from values.filled(host, line)
    saves = False
    if "$" in line or "SAVE" in line.upper():
        from imapsh.shell.carrying import searchres

        line, saves = yield from searchres.prepared(host, line)
        if not line:
            return "OK"
    return (yield from _send(host, line, saves))


def _send(host: Host[Any], text: str, saves: bool = False) -> Steps[str]:
    """Send a typed command.  `saves`: what it finds is to be `$`."""
    session = host.session
    found = care.gently(host, host.match(text))
    if host.interactive and session.state == NOT_AUTHENTICATED and found.name.upper() == "AUTHENTICATE":
        from imapsh.shell import login

        if (name := login.mechanism(found)) and not host.answers_follow:
            return (yield from login.log_in(host, name))
    session.guard(found)  # before a password is asked for
    if user := lacks_password(found):
        password = yield from host.password(user)
        if password is None or not host.live:
            return ""
        found = host.match(append_password(text, password))
    open_file = None
    if "{@" in found.text:
        from imapsh.shell import files

        open_file = yield from files.opened(host, found)
    yield from care.confirm(host, found)
    exchange = session.line(found.text, open_file=open_file, matched=found)
    if saves:
        host.conversation.results.saving = exchange
    if host.target is not None:
        host.target.expect(found, host.conversation.viewer)
        host.conversation.diverted[exchange] = host.target
    yield Typed(exchange) if host.target is None or exchange.name == "IDLE" else exchange
    return exchange.status


def lacks_password(found: Match) -> str:
    """The user of a `LOGIN user` that lacks its password, else ""."""
    command = found.command
    if command is None or command.name != "LOGIN" or found.complete or found.secrets or len(found.slots) != 1:
        return ""
    value = found.slots[0].value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
