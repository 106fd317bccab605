r"""Commands on connections: `\connect`, `\use`, `\sessions`, `\each`, `\disconnect`, `\quit`."""

from __future__ import annotations

import re

from imapsh.errors import UsageError
from imapsh.render.amounts import count
from imapsh.render.visible import visible
from imapsh.session.mailbox import Mailbox
from imapsh.shell.app import App
from imapsh.shell.connection import dial
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Line, Steps, worse
from imapsh.shell.record.mailboxes import as_typed
from imapsh.table.model import AUTHENTICATED

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


def connect(app: App, argument: str) -> Steps[None]:
    r"""`\connect [-n NAME] [URL]`: open a connection.

    Without a URL the mailbox is selected again that was selected last.
    """
    name, url = _target(app, argument)
    connection = app.connections.get(name)
    plan = dial.make_plan(app.options, url) if url else _plan(app, connection)
    before = connection.selected if connection is not None and not url else None
    if connection is not None and connection.live:
        connection.due = before
        yield from app.log_out(connection)
    try:
        yield from app.connect(plan, name)
    finally:
        if name in app.connections:
            app.connections[name].due = before  # also where it failed, and is tried again
    if before is not None:
        yield from _select_again(app, before)


def _plan(app: App, connection: Connection | None) -> dial.Plan:
    """Return the plan of the connection that is opened again, or of the one beside which another is opened.

    The address's mailbox is opened if no connection came so far that it was; later what was selected counts.
    """
    if connection is not None:
        return connection.plan._replace(selects=connection.plan.selects and not connection.entered)
    if app.here is not None:
        return app.here.plan._replace(selects=True)
    raise UsageError("\\connect needs a URL: there is no earlier connection to repeat")


def _target(app: App, argument: str) -> tuple[str, str]:
    words = argument.split(None, 2)
    if words[:1] != ["-n"]:
        return app.current, argument
    if len(words) < 2 or not _NAME.fullmatch(words[1]):
        raise UsageError("\\connect -n needs a name of letters and digits: \\connect -n second [URL]")
    return words[1], words[2] if len(words) > 2 else ""


def _select_again(app: App, before: Mailbox) -> Steps[None]:
    connection = app.connection
    name = as_typed(before.name, utf8=app.session.context().takes_utf8)
    command = f"{'EXAMINE' if before.examined else 'SELECT'} {name}"
    if connection.session.state != AUTHENTICATED or not name:
        app.note(f"{before.name} was selected, with UIDVALIDITY {before.uidvalidity or 'unknown'}: "
                  f"{f'after a login {command}' if name else 'SELECT it'} opens it again")  # fmt: skip
        return
    yield Line(command)
    now = app.session.mailbox
    if now is None:
        app.fault(f"{before.name} was selected and no longer is: earlier UIDs are void")
    elif None in (now.uidvalidity, before.uidvalidity):
        app.note("UIDVALIDITY is unknown: earlier UIDs may no longer be valid")
    elif now.uidvalidity != before.uidvalidity:
        app.fault(f"UIDVALIDITY changed from {before.uidvalidity} to {now.uidvalidity}: earlier UIDs are void")
    else:
        app.note(f"UIDVALIDITY is unchanged: earlier UIDs are still valid{_since(before, now)}")


def _since(before: Mailbox, now: Mailbox) -> str:
    """Return what became of the mailbox meanwhile, as far as numbers tell it."""
    parts = []
    if before.exists is not None and now.exists is not None:
        more = now.exists - before.exists
        what = count(abs(more), "message") if more else "the same number of messages"
        parts.append(f"{what}{' more' * (more > 0)}{' fewer' * (more < 0)}")
    if before.uidnext is not None and now.uidnext is not None and now.uidnext != before.uidnext:
        parts.append(f"UIDNEXT {before.uidnext} -> {now.uidnext}")
    return "".join(f", {part}" for part in parts)


def use(app: App, argument: str) -> None:
    r"""`\use NAME`: send lines to this connection from now on."""
    if not argument:
        raise UsageError("\\use needs the name of a connection: \\sessions lists them")
    app.use(argument)


def sessions(app: App, argument: str) -> None:
    r"""`\sessions`: list the connections, with the user, the place and the state of each."""
    if not app.connections:
        app.say("there is no connection: \\connect opens one")
    for name, connection in app.connections.items():
        about = {"connection": name, "current": name == app.current, "where": connection.plan.where,
                 "user": connection.user, "acting_for": connection.acting,
                 "state": connection.session.state if connection.live else "not connected"}  # fmt: skip
        if app.say_json("session", about):
            continue
        app.say(visible(f"{'*' if name == app.current else ' '} {name:<8}  {connection.summary}"))


def each(app: App, argument: str) -> Steps[str]:
    r"""`\each LINE`: do the line on all connections in the order they were opened, and return the worst status.

    Those that are not connected are left out, and named.
    """
    if not argument:
        raise UsageError("\\each needs the line to run in every connection, as in \\each NOOP")
    before, worst = app.current, ""
    try:
        for name in list(app.connections):
            if not app.connections[name].live:
                app.note(f"{name} is not connected")
                continue
            app.use(name)
            status: str = yield Line(argument)
            worst = worse(worst, status)
    finally:
        app.current = before
    return worst


def disconnect(app: App, argument: str) -> Steps[None]:
    """`\\disconnect [NAME]`."""
    name = argument or app.current
    yield from app.log_out(app.named(name))
    if len(app.connections) > 1:
        del app.connections[name]
        if name == app.current:
            app.use(next(iter(app.connections)))


def quit(app: App, argument: str) -> None:
    """`\\quit`."""
    if argument:
        raise UsageError("\\quit takes no argument")
    app.leave()
