"""The steps from a greeting to a connection that has its mailbox open, and those that end it, for every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import ImapshError
from imapsh.shell.connection.dial import opening, opening_steps, password_source
from imapsh.shell.connection.steps import Ask, Away, Close, Steps, Within
from imapsh.shell.settings.passwords.password import Kept
from imapsh.table.model import AUTHENTICATED, LOGOUT, SELECTED

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.settings.passwords.password import Password

PATIENCE = 1.0  #: seconds that LOGOUT waits for the replies to other commands
FAREWELL = 5.0  #: seconds that LOGOUT may take before the connection is closed

#: Passwords that were typed and that a server took, by place and user: to open a connection again need not ask.
Accepted = dict[tuple[str, str], Kept]


def log_in(connection: Connection, accepted: Accepted) -> Steps[None]:
    """Start TLS, log in, ask for capabilities and open the URL's mailbox, after the greeting.

    The person is asked for a password that nothing else gives, and that is not `accepted` yet.  Raises GreetingError,
    TLSError, LoginError, ConnectionLost, and CommandError for the mailbox.
    """
    plan, session = connection.plan, connection.session
    place = plan.where, plan.user
    typed = accepted.pop(place, None)

    def fetch() -> Steps[str]:
        nonlocal typed
        if found := (yield from looked_up(source)):
            return found
        if typed is None:
            answer = yield from asked(source)
            typed = Kept(answer)
        return typed.reveal()

    def another() -> Steps[str]:
        return str((yield Away(source.another))) if source.has_another else ""

    source = password_source(plan, plan.user)
    wanted = opening(plan, connection.stream)._replace(fetch=fetch, another=another)
    try:
        yield from opening_steps(session, plan, wanted)
    finally:
        if typed is not None and session.state in (AUTHENTICATED, SELECTED):
            accepted[place] = typed
    connection.opened()


def looked_up(source: Password) -> Steps[str]:
    """Return the password that is to be had without the person, or "".

    A program that gives it may ask the person itself, so it has the terminal meanwhile.  Raises LoginError.
    """
    if source.runs:
        return str((yield Away(source.look_up)))
    return source.look_up()


def asked(source: Password) -> Steps[str]:
    """Return the password that the person types.  Raises LoginError if nobody is there, or they will not say."""
    answer: str | None = yield Ask(source.question, secret=True)
    return source.typed(answer)


def log_out(connection: Connection, *, shown: bool) -> Steps[None]:
    """Send LOGOUT, wait FAREWELL seconds at the most, and end the connection.  `shown` tells whether it is shown.

    It is not sent behind a command that hangs, and a note says so.
    """
    session = connection.session
    if connection.live and session.state != LOGOUT:
        try:
            exchange = session.line("LOGOUT") if shown else connection.quietly("LOGOUT")
            connection.kick()
            if not (yield from _turn_comes(connection, exchange)):
                connection.note(f"LOGOUT was not sent: {connection.running(exchange)}")
                session.cancel(exchange)
            elif not (yield Within(connection, exchange, FAREWELL)):
                connection.note("the server does not answer; the connection is closed")
        except ImapshError:
            pass  # it ends in any case
    yield Close(connection)


def _turn_comes(connection: Connection, exchange: Exchange) -> Steps[bool]:
    """Return whether a command is sent, or soon is.  It is not if another one hangs that was left running."""
    if exchange.started is None and not connection.display.muted:
        yield Within(connection, exchange, PATIENCE)
    return exchange.started is not None
