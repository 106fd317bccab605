r"""Commands on news: `\watch`, and how news is told: `\notify`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imapsh.errors import StateError, UsageError
from imapsh.session.core import RENEWAL
from imapsh.shell.app import App
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Pause, Steps
from imapsh.shell.settings import options
from imapsh.table.model import SELECTED

if TYPE_CHECKING:
    from imapsh.session.events import Event
    from imapsh.session.exchange import Exchange
    from imapsh.shell.connection.arrivals import Arrivals
    from imapsh.shell.connection.connection import Connection

_LOOK = 1.0  # seconds after which a script that watches looks whether it is over


def watch(app: App, argument: str) -> Steps[None]:
    r"""`\watch [-v] [on|off|SECONDS]`: turn watching on or off at the prompt; in a script, watch for so long."""
    first, _, rest = argument.partition(" ")
    verbose = first == "-v"
    argument = rest.strip() if verbose else argument
    seconds = _seconds(argument)
    if not app.interactive:
        if argument != "off":
            yield from _for(app, seconds, verbose=verbose)
        return
    from imapsh.session.pace import POLLING

    watching = app.connection.watch
    if argument == "off":
        watching.end()
        app.say("not watching")
        return
    if argument or verbose:
        watching.begin(seconds or POLLING, verbose=verbose)
    if not watching.on:
        app.say("not watching: \\watch on begins")
    elif not watching.watching:
        app.say("watching begins when a mailbox is selected")
    elif not argument:
        app.say(f"watching {watching.how}")


def _seconds(argument: str) -> float | None:
    if argument in ("", "on", "off"):
        return None
    if (read := options.seconds(argument)) is None:
        raise UsageError(f"\\watch takes on, off or seconds, and -v before them, not {argument!r}")
    return read


def _for(app: App, seconds: float | None, *, verbose: bool) -> Steps[None]:
    """Watch in a script until the time is over, the connection ends, or Ctrl-C."""
    from imapsh.session.pace import INSTEAD, POLLING, Pace
    from imapsh.shell.connection.arrivals import Arrivals
    from imapsh.shell.connection.watch import has_idle

    connection, session = app.connection, app.session
    if session.state != SELECTED:
        raise StateError("\\watch needs a mailbox: SELECT one first")
    until = time.monotonic() + seconds if seconds is not None else float("inf")
    idle, pace = has_idle(session.capabilities), Pace()
    arrivals = Arrivals(session, connection.quietly)

    def happened(connection: Connection, event: Event, own: bool) -> None:
        if verbose:
            arrivals.take(event)

    connection.listeners.append(happened)
    try:
        while connection.live and (left := until - time.monotonic()) > 0:
            if arrivals.due:
                yield from _told(app, arrivals)
            if idle:
                exchange = connection.quietly("IDLE", own=Own(news=True))
                yield from _pause(connection, min(left, RENEWAL), exchange, arrivals)
                session.done()
                yield exchange
                pause = pace.after(exchange)
                idle = exchange.status == "OK" and pause is not None
                if pause is None:
                    app.note(f"watching by NOOP every {POLLING:g} s, because {INSTEAD}")
                elif pause:
                    yield from _pause(connection, min(pause, max(0.0, until - time.monotonic())))
            else:
                yield connection.quietly("NOOP", own=Own(news=True))
                if not arrivals.due:
                    yield from _pause(connection, min(left, POLLING), arrivals=arrivals)
        if connection.live and arrivals.due:
            yield from _told(app, arrivals)
    finally:
        connection.listeners.remove(happened)


def _pause(
    connection: Connection, seconds: float, exchange: Exchange | None = None, arrivals: Arrivals | None = None
) -> Steps[None]:
    """Wait for so long, but no longer than until a reply comes, or a moment after new messages."""
    until = time.monotonic() + seconds
    while connection.live and (exchange is None or exchange.response is None):
        left = until - time.monotonic()
        due = arrivals.due if arrivals is not None else 0
        if left <= 0:
            return
        yield Pause(min(left, _LOOK))
        if due:
            return


def _told(app: App, arrivals: Arrivals) -> Steps[None]:
    """Ask for the new messages, and tell them."""
    exchange = arrivals.ask()
    yield exchange
    found, others = arrivals.told(exchange)
    for one in found:
        if not app.say_json("arrival", {**one._asdict(), "mailbox": app.connection.box}):
            app.note(str(one))
    if others:
        app.note(others)


def notify(app: App, argument: str) -> None:
    """`\\notify [off|bell|desktop]`."""
    from imapsh.shell.settings.options import NOTIFICATIONS

    how = "never" if argument == "off" else argument
    if how and how not in NOTIFICATIONS:
        raise UsageError(f"\\notify takes off, bell or desktop, not {argument!r}")
    if how:
        app.options = app.options._replace(notify=how)
    now = app.options.notify
    app.say(
        "new mail is shown, without a bell or a notification" if now == "never" else f"new mail is announced by: {now}"
    )
