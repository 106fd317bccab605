r"""Care: `\safe`, `\readonly` and `\cleartext`."""

from __future__ import annotations

from typing import Any

from imapsh.errors import UsageError
from imapsh.shell.host import Host

SWITCH = ("on", "off")


def switched(name: str, argument: str) -> bool:
    """What `on` or `off` says.  Raises UsageError for anything else."""
    if argument.lower() not in SWITCH:
        raise UsageError(f"{name} is on or off")
    return argument.lower() == "on"


def safe(host: Host[Any], argument: str) -> None:
    """`\\safe [on|off]`, of this connection."""
    talk = host.conversation
    if argument:
        talk.plan = talk.plan._replace(safe=switched("\\safe", argument))
    if not talk.plan.safe:
        host.say("safe: off; nothing is asked")
    elif not host.attended:
        host.say("safe: on; but nobody is there to be asked")
    else:
        host.say(
            f"safe: on; what loses mail, or is done to more than {talk.plan.many:,} messages, is asked about first"
        )


def readonly(host: Host[Any], argument: str) -> None:
    """`\\readonly [on|off]`, of this connection."""
    talk, session = host.conversation, host.session
    if argument:
        session.read_only = switched("\\readonly", argument)
        talk.plan = talk.plan._replace(read_only=session.read_only)
    host.say(
        "read-only mode: on; what changes mail or mailboxes is refused" if session.read_only else "read-only mode: off"
    )
    box = session.mailbox
    if argument and box is not None and box.read_only != session.read_only:
        done, way = ("writing", "EXAMINE") if session.read_only else ("reading only", "SELECT")
        host.note(f"{box.name} stays open for {done} until {way} opens it again")


def cleartext(host: Host[Any], argument: str) -> None:
    """`\\cleartext [on|off]`, of this connection, and of those opened after it."""
    talk = host.conversation
    if argument:
        allowed = switched("\\cleartext", argument)
        talk.plan = talk.plan._replace(cleartext=allowed)
        host.options = host.options._replace(cleartext=allowed)
    host.say("cleartext: on; passwords go without TLS, too" if talk.plan.cleartext else
             "cleartext: off; without TLS no password goes to another machine")  # fmt: skip
