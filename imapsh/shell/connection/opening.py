"""The steps from a greeting to a connection that has its mailbox open, and those that end it, for every driver."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import ImapshError, ProxyLoginError
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.connection.dial import opening, opening_steps, password_source
from imapsh.shell.connection.steps import Ask, Away, Close, Reach, Steps, Within
from imapsh.shell.settings.passwords.password import Kept
from imapsh.table.model import AUTHENTICATED, LOGOUT, SELECTED

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.connection.dial import Plan
    from imapsh.shell.settings.passwords.password import Password
    from imapsh.transport.base import AsyncStream, Stream

PATIENCE = 1.0  #: seconds that LOGOUT waits for the replies to other commands
FAREWELL = 5.0  #: seconds that LOGOUT may take before the connection is closed

#: Passwords that were typed and that a server took, by place and user: to open a connection again need not ask.
Accepted = dict[tuple[str, str], Kept]


def prepared(plan: Plan, note: Callable[[str], object]) -> Steps[Plan]:
    """Return the plan with all that is to be asked for before the server is reached, which would not wait so long.

    That is the password of a proxy, and a token that a person agrees to.  Raises LoginError, and ConnectError for the
    proxy.
    """
    if plan.address.proxy is not None:
        from imapsh.shell.connection.proxying import credentials

        plan = yield from credentials(plan)
    if plan.ways.oauth is not None and plan.user and not plan.demo:
        yield from looked_up(password_source(plan, plan.user), note, ask=not plan.check)
    return plan


def reached(plan: Plan, note: Callable[[str], object]) -> Steps[tuple[Stream | AsyncStream, Plan]]:
    """Return the stream to the server of a plan, and the plan that was followed, without what was asked for.

    Raises ConnectError, TLSError, and LoginError if there is no token.
    """
    proxy = plan.address.proxy
    plan = yield from prepared(plan, note)
    try:
        stream, followed = yield Reach(plan)
        return stream, followed._replace(address=followed.address._replace(proxy=proxy))
    except ProxyLoginError:
        from imapsh.shell.settings import proxies

        if plan.address.proxy is not None:
            proxies.forget(plan.address.proxy)
        raise


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
        if found := (yield from looked_up(source, connection.display.must, ask=not plan.check)):
            return found
        if typed is None:
            answer = yield from asked(source)
            typed = Kept(answer)
        return typed.reveal()

    def another() -> Steps[str]:
        if (provider := source.ways.oauth) is not None:
            from imapsh.shell.connection import consent

            return source.handed((yield from consent.another(provider, source.user, connection.display.must)))
        return str((yield Away(source.another))) if source.has_another else ""

    source = password_source(plan, plan.user)
    wanted = opening(plan, connection.stream)._replace(fetch=fetch, another=another)
    try:
        yield from opening_steps(session, plan, wanted)
    finally:
        connection.opening = False
        if typed is not None and session.state in (AUTHENTICATED, SELECTED):
            accepted[place] = typed
    connection.opened()


def looked_up(source: Password, note: Callable[[str], object], *, ask: bool = True) -> Steps[str]:
    """Return the password that is to be had without typing it, or "".

    A program that gives it may ask the person itself, so it has the terminal meanwhile.  A person may have to agree to
    a token elsewhere; `note` says where, unless nobody is to be asked.  Raises LoginError.
    """
    if (provider := source.ways.oauth) is not None:
        from imapsh.shell.connection import consent

        found = yield from consent.token(provider, source.user, note, attended=ask and consent.attended())
        return source.handed(found)
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
