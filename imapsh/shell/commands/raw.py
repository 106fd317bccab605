r"""Octets: `\raw` sends them in no command, `\resync` gives up those that do not come."""

from __future__ import annotations

from typing import Any

from imapsh.errors import UsageError
from imapsh.shell import discreet
from imapsh.shell.files import unescape
from imapsh.shell.host import Host
from imapsh.shell.steps import Octets, Steps


def send(host: Host[Any], argument: str) -> Steps[str]:
    """`\\raw TEXT`.  Raises UsageError in read-only mode: nobody knows what it would change."""
    if not argument:
        raise UsageError("\\raw needs the text to send, as in \\raw A1 NOOP\\r\\n")
    if host.session.read_only:
        raise UsageError(
            "read-only mode is on, and nobody can tell what \\raw would change: not sent (\\readonly off ends it)"
        )
    octets = unescape(argument)
    status: str = yield Octets(octets, _without_secrets(host, octets))
    return status


def _without_secrets(host: Host[Any], octets: bytes) -> bytes | None:
    """The octets to show, None for all: a password in them, also in a piece of earlier ones, is kept nowhere."""
    talk = host.conversation
    read = discreet.raw(talk.begun, octets)
    talk.begun = read.begun
    for secret in read.secrets:
        host.session.secrets.add_sasl(secret)
        host.hide(secret.decode("utf-8", "surrogateescape"))
    return discreet.starred(octets, read.spans) if read.spans else None


def resync(host: Host[Any], argument: str) -> None:
    """`\\resync`."""
    if argument:
        raise UsageError("\\resync takes no argument")
    if not host.conversation.resync():
        host.note("nothing has come in part: there is nothing to give up")
