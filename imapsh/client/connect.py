"""The asyncio client: `imapsh.connect` and Connection, typed values over the one session core.

    async with imapsh.connect("imaps://joe@example.com", password=ask) as c:
        await c.select("INBOX")
        async for message in c.fetch("1:*", "UID FLAGS ENVELOPE"):
            print(message.uid, message.items["ENVELOPE"].subject)

Commands that do not disturb each other are sent without waiting for each other, if tasks ask for them at the same time
(RFC 9051 section 5.5); the others wait their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import TYPE_CHECKING, TypedDict

from imapsh.client.commands import Connection
from imapsh.client.login import Password
from imapsh.errors import ConnectionTimeout
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.transport.address import parse_address
from imapsh.transport.base import CONNECT_TIMEOUT
from imapsh.transport.deadline import Deadline
from imapsh.transport.tls import TLSOptions

if TYPE_CHECKING:
    from typing import Any, Unpack

    from imapsh.session.events import Event
    from imapsh.wire.limits import Limits

__all__ = ["Connecting", "Connection", "Options", "connect"]


class Options(TypedDict, total=False):
    """The options of a Connection that `connect` hands on; Connection says what they mean."""

    cleartext: bool
    timeout: float | None
    limits: Limits
    spool: int
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
    tls: TLSOptions | None = None,
    starttls: bool = True,
    connect_timeout: float | None = CONNECT_TIMEOUT,
    **options: Unpack[Options],
) -> Connecting:
    """Connect to `imap://`, `imaps://`, `unix:PATH`, `exec:COMMAND` or a bare host (TLS), and wait for the greeting.

    With a user in the URL and a `password` or `token`, or with a `mechanism` that needs none, it also logs in; with a
    mailbox in the URL it selects that.  With `starttls`, STARTTLS is taken before the login if it is offered.
    `connect_timeout` is in seconds, for everything up to the greeting.  `options` are Connection's.
    Raises UsageError, ConnectError, GreetingError, TLSError, LoginError, CommandError.
    """
    address = parse_address(url)

    async def make() -> Connection:
        from imapsh.transport.aio import connect as connect_stream

        stream = await connect_stream(address, tls=tls, connect_timeout=connect_timeout)
        connection = Connection(stream, address, tls=tls, **options)
        try:
            await _greeted(connection, stream.due)
            logs_in = password is not None or token is not None or mechanism.upper() != "AUTO"
            if logs_in and connection.state == NOT_AUTHENTICATED:  # it is otherwise after PREAUTH
                chosen = address.auth if mechanism.upper() == "AUTO" and address.auth else mechanism
                await connection.login(address.user, password, token=token, mechanism=chosen, starttls=starttls)
            if address.mailbox:
                await connection.select(address.mailbox)
        except BaseException:
            await connection.close()
            raise
        return connection

    return Connecting(make)


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
