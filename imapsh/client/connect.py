"""The asyncio client: `imapsh.connect` and Connection, typed values over the one session core.

    async with imapsh.connect("imaps://joe@example.com", password=ask) as c:
        await c.select("INBOX")
        async for message in c.fetch("1:*", "UID FLAGS ENVELOPE"):
            print(message.uid, message.items["ENVELOPE"].subject)

Commands that do not disturb each other are sent without waiting for each other, if tasks ask for them at the same time
(RFC 9051 section 5.5); the others wait their turn.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, TypedDict

from imapsh.client.commands import Connection
from imapsh.client.login import Password, check_acting
from imapsh.errors import ConnectionTimeout, LoginError, UsageError
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.transport.address import parse_address
from imapsh.transport.base import CONNECT_TIMEOUT
from imapsh.transport.deadline import Deadline
from imapsh.transport.options import TLSOptions

if TYPE_CHECKING:
    from typing import Any, Unpack

    from imapsh.session.events import Event
    from imapsh.transport.address import Address
    from imapsh.wire.limits import Limits
    from imapsh.wire.sinks import Choose

__all__ = ["Connecting", "Connection", "Options", "connect"]


class Options(TypedDict, total=False):
    """The options of a Connection that `connect` hands on; Connection says what they mean."""

    cleartext: bool
    timeout: float | None
    limits: Limits
    spool: int | Choose
    on_event: Callable[[Event], None] | None


class Connecting:
    """The result of `connect`.  Await it, or use it in `async with`, which logs out at its end."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, Connection]]) -> None:
        self._make = make
        self._connection: Connection | None = None

    def __await__(self) -> Generator[Any, None, Connection]:
        return (yield from self._make().__await__())

    async def __aenter__(self) -> Connection:
        self._connection = await self
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._connection is not None
        await self._connection.__aexit__(kind, error, trace)


def connect(
    url: str,
    *,
    password: Password | None = None,
    token: Password | None = None,
    mechanism: str = "auto",
    authorize: str = "",
    proxyauth: str = "",
    tls: TLSOptions | None = None,
    starttls: bool = True,
    connect_timeout: float | None = CONNECT_TIMEOUT,
    proxy: str = "",
    **options: Unpack[Options],
) -> Connecting:
    """Connect to `imap://`, `imaps://`, `unix:PATH`, `exec:COMMAND` or a bare host (TLS), and wait for the greeting.

    With a user in the URL and a `password` or `token`, or with a `mechanism` that needs none, it also logs in; with a
    mailbox in the URL it selects that.  `authorize` is the user to act for, by a mechanism that names one; `proxyauth`
    is the same by the command PROXYAUTH; the URL may have either as `user;AUTHORIZE=...`.  With `starttls`, STARTTLS is
    taken before the login if it is offered. `connect_timeout` is in seconds, for everything up to the greeting.
    `proxy` is that to connect through: `socks5h://[user:password@]host:port`, which looks the host up, `socks5://`,
    `socks4a://`, `socks4://` or `http://` (CONNECT); it needs the package python-socks.  `options` are Connection's.
    Raises UsageError, ConnectError, GreetingError, TLSError, LoginError, CommandError.
    """
    address = parse_address(url)
    if proxy:
        address = _proxied(address, proxy)
    authorize, proxyauth = _acting(address, authorize, proxyauth)
    logs_in = password is not None or token is not None or mechanism.upper() != "AUTO"
    if (authorize or proxyauth) and not logs_in:
        raise UsageError(
            f"to act for {authorize or proxyauth} takes a login: give a password, a token, or a mechanism without one"
        )

    login = partial(
        Connection.login,
        user=address.user,
        password=password,
        token=token,
        mechanism=address.auth if mechanism.upper() == "AUTO" and address.auth else mechanism,
        authorize=authorize,
        proxyauth=proxyauth,
        starttls=starttls,
    )

    return Connecting(
        lambda: _made(address, tls, connect_timeout, options, login if logs_in else None, wanted=authorize or proxyauth)
    )


async def _made(
    address: Address,
    tls: TLSOptions | None,
    connect_timeout: float | None,
    options: Options,
    login: Callable[[Connection], Awaitable[None]] | None,
    *,
    wanted: str,
) -> Connection:
    """Make a connection, log in by `login`, and select the mailbox of the address.

    `wanted` is the user to act for; PREAUTH then ends the connection, because the server has chosen the user.
    """
    from imapsh.transport.aio import connect as connect_stream

    stream = await connect_stream(address, tls=tls, connect_timeout=connect_timeout)
    try:
        connection = Connection(stream, address, tls=tls, **options)
    except BaseException:  # an option is invalid
        await stream.close()
        raise
    try:
        await _greeted(connection, stream.due)
        if login is not None and connection.state == NOT_AUTHENTICATED:  # it is otherwise after PREAUTH
            await login(connection)
        elif wanted:
            raise LoginError(
                f"{address.where} greets with PREAUTH, so the server has chosen the user, and nothing was asked of it: "
                f"connect where it takes a login to act for {wanted}"
            )
        if address.mailbox:
            await connection.select(address.mailbox)
    except BaseException:
        await connection.close()
        raise
    return connection


def _acting(address: Address, authorize: str, proxyauth: str) -> tuple[str, str]:
    """Return the users to act for, of the arguments or of the URL.  Raises UsageError if these differ."""
    check_acting(authorize, proxyauth)
    given, named = (authorize, proxyauth), (address.authorize, address.proxyauth)
    if any(given) and any(named) and given != named:
        raise UsageError(
            f"the URL says to act for {''.join(named)} and the arguments say {''.join(given)}, or by another way: give "
            "only one"
        )
    return given if any(given) else named


def _proxied(address: Address, proxy: str) -> Address:
    """Return the address behind a proxy.  Raises UsageError."""
    from imapsh.transport.proxyurl import parse_proxy

    if address.scheme in ("unix", "exec"):
        raise UsageError("a Unix socket or a command is not reached through a proxy")
    return address._replace(proxy=parse_proxy(proxy))


async def _greeted(connection: Connection, due: Deadline) -> None:
    """Wait for the greeting until `due`.  Raises ConnectionTimeout."""
    import asyncio

    try:
        async with asyncio.timeout(due.left()):
            await connection.greet()
    except ConnectionTimeout:
        raise
    except TimeoutError:
        raise ConnectionTimeout(
            f"no greeting came from {connection.info.peer} within {due.seconds:g} s; connect again, or allow more time"
        ) from None
