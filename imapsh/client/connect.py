"""The asyncio client: `imapsh.connect` and Connection, typed values over the one session core.

    async with imapsh.connect("imaps://joe@example.com", password=ask) as c:
        await c.select("INBOX")
        async for message in c.fetch("1:*", "UID FLAGS ENVELOPE"):
            print(message.uid, message.items["ENVELOPE"].subject)

Commands that do not get in each other's way are sent without waiting for each other, where tasks ask for them at once
(RFC 9051 section 5.5); the others wait their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any

from imapsh.client.commands import Commands
from imapsh.errors import ConnectionLost, UsageError
from imapsh.grammar.responses import Response
from imapsh.session import clear
from imapsh.session.core import Session
from imapsh.session.events import Event
from imapsh.session.mailbox import Mailbox
from imapsh.session.opening import Opening, steps
from imapsh.spec.model import NOT_AUTHENTICATED
from imapsh.transport.address import Address, parse_address
from imapsh.transport.base import CONNECT_TIMEOUT, AsyncStream, StreamInfo
from imapsh.transport.tls import TLSOptions
from imapsh.wire.limits import DEFAULT, Limits

TIMEOUT = 60.0
"""Seconds that may pass without an octet while a reply is due, unless told otherwise."""

_SOMEWHERE = Address("exec", command=("the server",))

Password = str | Callable[[], str]


class Connection(Commands):
    """One connection, greeted.  Made by `connect`, or over any AsyncStream; must be made inside a running loop.

    `address` is what the stream leads to.  `tls` is for STARTTLS.  `cleartext` allows a password without TLS to another
    machine.  `timeout`: seconds without an octet either way while a reply is due, None for ever; then it is closed.
    Literals of more than `spool` octets go to temporary files (`wire.frames.Spilled`), 0: none does.  `on_event` sees
    every event of `session.events` and must not wait.

    A cancelled command that was not sent yet is taken back; of one that was sent, the reply is read and passed over,
    and the connection stays usable.  Not for several threads.
    """

    def __init__(
        self,
        stream: AsyncStream,
        address: Address = _SOMEWHERE,
        *,
        tls: TLSOptions | None = None,
        cleartext: bool = False,
        timeout: float | None = TIMEOUT,
        limits: Limits = DEFAULT,
        spool: int = 0,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        from imapsh.wire.sinks import SpoolSink, opener

        session = Session(
            limits=limits,
            opener=opener(spool, SpoolSink) if spool else None,
            secure=address.scheme == "imaps",
            strict=True,
        )
        super().__init__(
            stream,
            session,
            where=address.where,
            timeout=timeout,
            tls=tls,
            server_name=address.server_name,
            on_event=on_event,
        )
        self._address = address
        self._tls = tls
        self._cleartext = cleartext
        session.guard = clear.guard(session, self._opening)

    # -- what is known

    @property
    def state(self) -> str:
        """`not-authenticated`, `authenticated`, `selected` or `logout` (RFC 9051 section 3)."""
        return self.session.state

    @property
    def capabilities(self) -> frozenset[str]:
        """In upper case, as last told; empty where not known."""
        return self.session.capabilities

    @property
    def mailbox(self) -> Mailbox | None:
        """The selected mailbox; its numbers follow what the server says."""
        return self.session.mailbox

    @property
    def greeting(self) -> Response | None:
        """The server's first response."""
        return self.session.greeting

    @property
    def info(self) -> StreamInfo:
        """The peer, and what TLS has settled."""
        return self._client.stream.info

    # -- from the greeting to the login

    def _opening(self, **wanted: Any) -> Opening:
        address = self._address
        return Opening(
            self._where,
            address.is_local,
            cleartext=self._cleartext,
            certificate=self._tls is not None and self._tls.cert is not None,
            host=address.server_name,
            port=address.port,
            binding=lambda: self.info.binding,
            insist="cleartext=True",
            **wanted,
        )

    async def greet(self) -> None:
        """Wait for the greeting; `connect` has done so.  Raises GreetingError for BYE and for what is no IMAP."""
        await self._patient(self._client.greet())
        await self._follow(steps(self.session, self._opening(ask_capabilities=False)))

    async def starttls(self) -> None:
        """Go on under TLS, or raise TLSError; nothing falls back (RFC 9051 section 6.2.1).

        Raises StateError after the login, and if TLS is on already.
        """
        self.session.require("STARTTLS")
        await self._follow(steps(self.session, self._opening(must_starttls=True)))

    async def login(
        self,
        user: str = "",
        password: Password | None = None,
        *,
        token: Password | None = None,
        mechanism: str = "auto",
        authorize: str = "",
        starttls: bool = True,
    ) -> None:
        """Log in by a SASL mechanism, the strongest that is offered and possible, else by the command LOGIN.

        `mechanism` names one of `imapsh.sasl.table`.  With `token` it is OAUTHBEARER or XOAUTH2.  `authorize` is whom
        to act for.  STARTTLS is taken first where it is offered, unless told not to.
        Raises LoginError with the server's words, or where a secret would go in the clear; TLSError; UsageError;
        StateError if somebody is logged in.
        """
        from imapsh.sasl.table import AUTO, MECHANISMS, known

        self.session.require("LOGIN")
        name = known(mechanism)
        if token is not None and name != AUTO and "token" not in MECHANISMS[name].needs:
            raise UsageError(f"{name} takes no token: leave the mechanism out")
        opening = self._opening(
            user=user,
            password=_asked(token if token is not None else password),
            mechanism=name,
            authorize=authorize,
            starttls=starttls,
            token=token is not None,
        )
        await self._follow(steps(self.session, opening))

    async def logout(self) -> None:
        """LOGOUT, and the end of the connection (RFC 9051 section 6.1.3).  Of one that is over, nothing."""
        try:
            if self.is_open:
                await self._run(self.session.command("LOGOUT"))
        except ConnectionLost:
            if self.error is not None:
                raise
        finally:
            await self.close()

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out, or after an error just close.  That the connection is lost is no error here: the work is done."""
        if error is not None:
            await self.close()
            return
        try:
            await self.logout()
        except ConnectionLost:
            pass  # `error` keeps it


class Connecting:
    """What `connect` returns: to be awaited, or entered with `async with`, which logs out at its end."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._connection: Connection | None = None

    def __await__(self) -> Generator[Any, None, Connection]:
        connection: Connection = yield from self._make().__await__()
        return connection

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
    connect_timeout: float | None = CONNECT_TIMEOUT,
    **options: Any,
) -> Connecting:
    """Connect to `imap://`, `imaps://`, `unix:PATH`, `exec:COMMAND` or a bare host (TLS), and wait for the greeting.

    With a user in the URL and a `password` or `token`, or with a `mechanism` that needs none, it also logs in; with a
    mailbox in the URL it selects that.  `options` are Connection's.
    Raises UsageError, ConnectError, GreetingError, TLSError, LoginError, CommandError.
    """
    address = parse_address(url)

    async def make() -> Connection:
        from imapsh.transport.aio import connect as connect_stream

        stream = await connect_stream(address, tls=tls, connect_timeout=connect_timeout)
        connection = Connection(stream, address, tls=tls, **options)
        try:
            await connection.greet()
            logs_in = password is not None or token is not None or mechanism.upper() != "AUTO"
            if logs_in and connection.state == NOT_AUTHENTICATED:  # it is otherwise after PREAUTH
                chosen = address.auth if mechanism.upper() == "AUTO" and address.auth else mechanism
                await connection.login(address.user, password, token=token, mechanism=chosen)
            if address.mailbox:
                await connection.select(address.mailbox)
        except BaseException:
            await connection.close()
            raise
        return connection

    return Connecting(make)


def _asked(secret: Password | None) -> Callable[[], str] | None:
    return (lambda: secret) if isinstance(secret, str) else secret
