"""The asyncio driver: octets are pushed into a session as they come, and its own octets are written at the same time.

One task reads and reports the events, and one writes, so a server that does not read while it talks blocks nobody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionLost, ImapshError
from imapsh.session.core import FAREWELL, Session
from imapsh.session.events import Closed, Completed, Event, Received, Unsent, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.session.opening import Step

if TYPE_CHECKING:
    from imapsh.transport.base import AsyncStream
    from imapsh.transport.tls import TLSOptions

_CHUNK = 1 << 16
_SLICE = 0.004  # seconds of reporting events before the loop gets its turn


class AsyncClient:
    """A driver that moves the octets of a session over an asyncio stream: one task reads, and one writes.

    `on_event` sees every event once, in order, in the loop; it must not wait.  `on_slice` is called after each slice of
    events, before the loop gets its turn.  If `room` is given, it is awaited there, so that a program that shows the
    events slows the reading down.
    """

    def __init__(
        self,
        stream: AsyncStream,
        session: Session,
        on_event: Callable[[Event], None] = lambda event: None,
        *,
        tls: TLSOptions | None = None,
        server_name: str = "",
        on_slice: Callable[[], None] = lambda: None,
        room: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.stream = stream
        self.session = session
        self.on_event = on_event
        self._on_slice = on_slice
        self._tls = tls
        self._server_name = server_name
        self._room = room
        self._due = asyncio.Event()  # there may be something to write
        self._upgrade: Upgrade | None = None
        self._telling = False
        self._now = asyncio.get_running_loop().time
        self._moved = self._now()  # when octets moved last, either way
        self._unsent = 0
        self._waiters: dict[Exchange | None, list[asyncio.Future[None]]] = {}
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    @property
    def error(self) -> ImapshError | None:
        """The error that ended the connection, if any did."""
        return self.session.error

    async def greet(self) -> None:
        """Wait for the greeting.  Raises what `run` raises."""
        if self.session.greeting is None:
            await self._wait(None)

    async def run(self, exchange: Exchange) -> Exchange:
        """Wait for the tagged reply, and for TLS if it is STARTTLS.  If cancelled, take back a command not yet sent.

        Raises the error that ended the connection: ConnectionLost and its kinds, TLSError; and StateError if the
        command was not sent, because it waited for others that changed the state (`Session(strict=True)`).
        """
        self.kick()
        if exchange.error is not None:
            raise exchange.error
        try:
            if exchange.response is None or (_upgrades(exchange) and not self.session.secure):
                await self._wait(exchange)
        except asyncio.CancelledError:
            self.session.cancel(exchange)
            raise
        return exchange

    async def follow(self, steps: Generator[Step, None, None]) -> None:
        """Run a generator of steps (`imapsh.session.opening`) to its end.  Raises what it and `run` raise."""
        for step in steps:
            if isinstance(step, Exchange):
                await self.run(step)

    def kick(self) -> None:
        """Report the session's events and have its octets written.  Call it after something was asked of the session.

        Events that do not fit into a slice are reported after it, even if no octets come.
        """
        if self._tell():
            asyncio.get_running_loop().call_soon(self.kick)
        self._due.set()

    @property
    def quiet(self) -> float:
        """Return the seconds since octets last came, were sent, or were taken by a slow peer."""
        unsent, self._unsent = self._unsent, self.stream.unsent
        if unsent != self._unsent:
            self._moved = self._now()
        return self._now() - self._moved

    async def close(self) -> None:
        """End the connection without BYE.  May be called again."""
        for task in self._tasks:
            task.cancel()
        await self.stream.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- events

    def _tell(self) -> bool:
        """Report events for the length of a slice.  Return whether there may be more."""
        if self._telling:
            return False
        self._telling = True
        try:
            more = self._tell_slice()
            self._on_slice()
        finally:
            self._telling = False
        return more

    def _tell_slice(self) -> bool:
        until = time.monotonic() + _SLICE
        on_event = self.on_event
        for count, event in enumerate(self.session.events()):
            on_event(event)
            if type(event) is not Received or event.greeting:
                self._note(event)
            if count % 8 == 0 and time.monotonic() > until:
                return True
        return False

    def _note(self, event: Event) -> None:
        if isinstance(event, Completed):
            if not _upgrades(event.exchange):
                self._wake(event.exchange)
        elif isinstance(event, Received) and event.greeting:
            self._wake(None)
        elif isinstance(event, Upgrade):
            self._upgrade = event
        elif isinstance(event, Closed):
            self._fail(event.error or ConnectionLost("the session is over: connect again"), behind=self.session.over())
        elif isinstance(event, Unsent):
            self._fail(event.error, (event.exchange,))

    # -- the two tasks

    async def _read(self) -> None:
        try:
            while not self.session.closed:
                octets = await self.stream.read(_CHUNK)
                self._moved = self._now()
                self.session.receive(octets)
                await self._tell_all()
                if self.session.ending:
                    self.stream.settimeout(FAREWELL)
        except ImapshError as error:
            self.session.lost(error)
            self.kick()
        except OSError as error:  # not of the stream, which raises ConnectionLost
            self.session.lost(ConnectionLost(f"a literal could not be kept in a temporary file: {error}"))
            self.kick()
        finally:
            self._due.set()

    async def _tell_all(self) -> None:
        while True:
            more = self._tell()
            self._due.set()
            if self._room is not None:
                await self._room()
            if self._upgrade is not None:
                await self._secure(self._upgrade)
            elif not more:
                return
            await asyncio.sleep(0)

    async def _secure(self, upgrade: Upgrade) -> None:
        from imapsh.transport.tls import TLSOptions

        await self.stream.start_tls(self._tls or TLSOptions(), self._server_name)
        self._upgrade = None
        self.session.upgraded()
        self._wake(upgrade.exchange)

    async def _write(self) -> None:
        try:
            while True:
                while octets := self.session.to_send():
                    self._moved = self._now()
                    await self.stream.write(octets)
                    self._moved = self._now()
                if self.session.closed:
                    break
                self._due.clear()
                await self._due.wait()
        except ImapshError as error:
            await self._last_words()
            self.session.lost(error)
            self.kick()
        await self.stream.close()

    async def _last_words(self) -> None:
        """Let the reading task read what the server said before it stopped listening, because it may say why."""
        await asyncio.wait(self._tasks[:1], timeout=FAREWELL)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Fail all waiters when a task ends, because nothing would wake them any more."""
        if task.cancelled():
            self._fail(ConnectionLost("this side closed the connection"))
        elif (fault := task.exception()) is not None:
            self._fail(fault)
            self.session.lost(
                ConnectionLost(f"imapsh failed with {type(fault).__name__}, which is a bug: please report it")
            )
            self.kick()

    # -- the waiters

    async def _wait(self, exchange: Exchange | None) -> None:
        if self.session.closed or any(task.done() for task in self._tasks):
            over = self.session.over() if self.session.closed else ConnectionLost("this side closed the connection")
            raise self.error or over
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(exchange, []).append(future)
        await future

    def _wake(self, exchange: Exchange | None) -> None:
        for future in self._waiters.pop(exchange, ()):
            if not future.done():
                future.set_result(None)

    def _fail(
        self,
        error: BaseException,
        waiters: Iterable[Exchange | None] | None = None,
        *,
        behind: BaseException | None = None,
    ) -> None:
        """Raise the error in the tasks that await these exchanges, or in all tasks.

        `behind` is the error for commands that were not sent yet.
        """
        for waiter in list(self._waiters if waiters is None else waiters):
            unsent = waiter is not None and waiter.started is None
            for future in self._waiters.pop(waiter, ()):
                if not future.done():
                    future.set_exception(behind if unsent and behind is not None else error)


def _upgrades(exchange: Exchange) -> bool:
    """Return whether TLS follows the command's tagged reply."""
    return exchange.name == "STARTTLS" and exchange.status == "OK"
