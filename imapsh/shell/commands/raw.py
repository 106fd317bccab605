r"""Octets: `\raw` sends them in no command, `\resync` gives up those that do not come."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from imapsh.errors import UsageError
from imapsh.session.exchange import secrets_in, typed
from imapsh.shell import literals
from imapsh.shell.files import unescape
from imapsh.shell.host import Host
from imapsh.shell.steps import Octets, Steps
from imapsh.spec.match import match

_MOST = 1 << 16  # octets of a command that was begun, looked at for a password


def send(host: Host[Any], argument: str) -> Steps[str]:
    """`\\raw TEXT`.  Raises UsageError in read-only mode: nobody knows what it would change."""
    if not argument:
        raise UsageError("\\raw needs the text to send, as in \\raw A1 NOOP\\r\\n")
    if host.session.read_only:
        raise UsageError(
            "read-only mode is on, and nobody can tell what \\raw would change: not sent (\\readonly off ends it)"
        )
    octets = unescape(argument)
    _hide_secrets(host, octets)
    status: str = yield Octets(octets)
    return status


def _hide_secrets(host: Host[Any], octets: bytes) -> None:
    """A password in what is to be sent, also one that ends a command of earlier octets, is shown and kept nowhere."""
    talk, secrets = host.conversation, host.session.secrets
    text = (talk.begun + octets).decode("utf-8", "surrogateescape")
    for command in literals.commands(text):
        found = match(command)
        with suppress(UsageError):
            for secret in secrets_in(typed(found, "", None)):
                if found.name.upper() == "AUTHENTICATE":
                    secrets.add_sasl(secret)
                host.hide(secret.decode("utf-8", "surrogateescape"))
    ended = octets.endswith(b"\r\n") and literals.wanted(text.removesuffix("\r\n")) is None
    talk.begun = b"" if ended else (talk.begun + octets)[:_MOST]


def resync(host: Host[Any], argument: str) -> None:
    """`\\resync`."""
    if argument:
        raise UsageError("\\resync takes no argument")
    if not host.conversation.resync():
        host.note("nothing has come in part: there is nothing to give up")
