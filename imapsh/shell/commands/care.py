r"""Commands for care: `\safe`, `\readonly` and `\cleartext`."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.shell.app import App

SWITCH = ("on", "off")


def switched(name: str, argument: str) -> bool:
    """Return whether the argument is `on`; `off` gives False.  Raises UsageError for anything else."""
    if argument.lower() not in SWITCH:
        raise UsageError(f"{name} takes on or off")
    return argument.lower() == "on"


def safe(app: App, argument: str) -> None:
    r"""`\safe [on|off]`: set or show it for this connection."""
    connection = app.connection
    if argument:
        connection.plan = connection.plan._replace(safe=switched("\\safe", argument))
    if not connection.plan.safe:
        app.say("safe: off; commands that lose mail are sent without asking")
    elif not app.attended:
        app.say("safe: on, but there is no terminal to ask at")
    else:
        many = f"{connection.plan.many:,} messages"
        app.say(f"safe: on; imapsh asks before a command that loses mail or affects more than {many}")


def readonly(app: App, argument: str) -> None:
    r"""`\readonly [on|off]`: set or show it for this connection."""
    connection, session = app.connection, app.session
    if argument:
        session.read_only = switched("\\readonly", argument)
        connection.plan = connection.plan._replace(read_only=session.read_only)
    app.say(
        "read-only mode: on; commands that change mail or mailboxes are refused"
        if session.read_only
        else "read-only mode: off"
    )
    box = session.mailbox
    if argument and box is not None and box.read_only != session.read_only:
        done, way = ("for writing", "EXAMINE") if session.read_only else ("read-only", "SELECT")
        app.note(f"{box.name} stays open {done} until {way} opens it again")


def cleartext(app: App, argument: str) -> None:
    r"""`\cleartext [on|off]`: set or show it for this connection and those opened after it."""
    connection = app.connection
    if argument:
        allowed = switched("\\cleartext", argument)
        connection.plan = connection.plan._replace(cleartext=allowed)
        app.options = app.options._replace(cleartext=allowed)
    app.say("cleartext: on; passwords are sent even without TLS" if connection.plan.cleartext else
             "cleartext: off; without TLS, no password is sent to another machine")  # fmt: skip
