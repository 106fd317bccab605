"""One connection of the shell: its stream, its session and who moves the octets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from imapsh.client.connection import AsyncClient
from imapsh.errors import ConnectionTimeout, GreetingError
from imapsh.session.events import Event
from imapsh.shell.dial import Plan, new_session, opening_steps
from imapsh.shell.dialling import Dialling
from imapsh.shell.secrets.password import Kept
from imapsh.spec.model import AUTHENTICATED, SELECTED
from imapsh.transport.aio import AioStream, adopt
from imapsh.transport.blocking import BlockingStream

if TYPE_CHECKING:
    from imapsh.server.store import Store
    from imapsh.shell.tracing import Tracing


#: The passwords that were typed and taken by a server, by place and user: a connection opened again need not ask.
Accepted = dict[tuple[str, str], Kept]


class _AskFirst(Exception):
    """The password is wanted, and the person has not been asked yet."""


class Link:
    """`plan` is the one followed."""

    def __init__(
        self, stream: AioStream, plan: Plan, tracer: Tracing | None, serving: asyncio.Task[None] | None = None
    ) -> None:  # fmt: skip
        self.stream = stream
        self.serving = serving  # the demo's server; a task that nobody holds may vanish
        self.plan = plan
        self.session = new_session(plan, tracer)
        self.client: AsyncClient

    def start(
        self, on_event: Callable[[Event], None], on_slice: Callable[[], None], room: Callable[[], Awaitable[None]]
    ) -> None:
        """Let the octets move."""
        name = self.plan.address.server_name
        self.client = AsyncClient(
            self.stream, self.session, on_event, on_slice=on_slice, tls=self.plan.tls, server_name=name, room=room
        )  # fmt: skip

    @property
    def tls(self) -> str:
        """How the connection is kept from others: the version of TLS, or in words."""
        local = self.plan.demo or self.plan.address.is_local
        return self.stream.info.tls or ("local" if local else "no TLS")

    async def open(self, ask: Callable[[str], Awaitable[str | None]], accepted: Accepted) -> None:
        """Greeting, TLS, login, and the URL's mailbox; `ask` asks a person for a password that is not `accepted` yet.

        Raises GreetingError, TLSError, LoginError, ConnectionLost, and CommandError for the mailbox.
        """
        seconds = self.plan.connect_timeout
        try:
            async with asyncio.timeout(seconds):
                await self.client.greet()
        except TimeoutError as error:
            if isinstance(error, ConnectionTimeout):
                raise
            where = self.plan.where
            raise GreetingError(f"{where} is connected and says nothing for {seconds:g} seconds: is it IMAP?") from None
        self.stream.settimeout(None)  # a person may think for as long as it takes
        await self._log_in(ask, accepted)

    async def _log_in(self, ask: Callable[[str], Awaitable[str | None]], accepted: Accepted) -> None:
        place = self.plan.where, self.plan.user
        kept = accepted.pop(place, None)

        def unasked(question: str) -> str:
            if kept is None:
                raise _AskFirst(question)
            return kept.reveal()

        try:
            await self.client.follow(opening_steps(self.session, self.plan, unasked, self.stream))
        except _AskFirst as wanted:
            password = await ask(str(wanted)) or ""
            kept = Kept(password)
            await self.client.follow(opening_steps(self.session, self.plan, lambda question: password, self.stream))
        finally:
            if kept is not None and self.session.state in (AUTHENTICATED, SELECTED):
                accepted[place] = kept


async def make_link(dialling: Dialling, store: Store | None, tracer: Tracing | None) -> Link:
    """A link to what was dialled, nothing said yet; `store` is the demo's.  Raises ConnectError or TLSError."""
    if store is not None:
        from imapsh.server.listen import connect

        stream, serving = await connect(store)
        return Link(stream, dialling.plan, tracer, serving)
    blocking, plan = await dialling.wait()
    assert isinstance(blocking, BlockingStream)
    return Link(await adopt(blocking), plan, tracer)
