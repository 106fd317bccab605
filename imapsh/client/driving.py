"""A connection's lower half: commands run with time-outs, responses handed to who wants them, and back-pressure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterable
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from imapsh.client.backlog import Backlog
from imapsh.client.connection import AsyncClient
from imapsh.errors import CommandBad, CommandNo, ConnectionLost, ConnectionTimeout, ImapshError
from imapsh.grammar.responses import STATUS, UNTAGGED
from imapsh.session.core import Session
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange, Sendable
from imapsh.session.opening import Step, reply
from imapsh.transport.base import AsyncStream
from imapsh.transport.tls import TLSOptions

T = TypeVar("T")


class Update(NamedTuple):
    """News that no command has asked for: `EXISTS`, `EXPUNGE`, `FETCH`, `OK`, ... with its value of `grammar.values`.

    `uid` is the message's, of FETCH and EXPUNGE, where it is known.
    """

    name: str
    value: Any
    uid: int | None = None


class Want(NamedTuple):
    """Which responses an exchange brings, and where they go.

    `hears`: it takes nothing away from others, and is told what comes while it runs and is nobody else's.  `awaits`
    decides between several that would take it.
    """

    takes: Callable[[Received], bool]
    put: Callable[[Received], None]
    hears: bool = False
    awaits: Callable[[Received], bool] = lambda event: True


class Driving:
    """`where` names the peer in messages; `timeout`: seconds without an octet either way while something is due."""

    def __init__(
        self,
        stream: AsyncStream,
        session: Session,
        *,
        where: str,
        timeout: float | None,
        tls: TLSOptions | None,
        server_name: str,
        on_event: Callable[[Event], None] | None,
    ) -> None:
        self.session = session
        self.timeout = timeout
        self._where = where
        self._on_event = on_event
        self._wants: dict[Exchange, Want] = {}
        self._backlogs: set[Backlog[Any]] = set()
        self._updates: Backlog[Update] | None = None
        self._waiting = 0
        self._moved = asyncio.Event()
        self._client = AsyncClient(stream, session, self._event, tls=tls, server_name=server_name, room=self._room)

    # -- what comes

    def _event(self, event: Event) -> None:
        if isinstance(event, Received) and not event.greeting and not event.asks:
            self._route(event)
        if self._on_event is not None:
            self._on_event(event)

    def _route(self, event: Received) -> None:
        """To the command that asked for it; else to `command`, which hears what is nobody's, and to the updates."""
        taker = self._taker(event)
        if taker is not None:
            taker.put(event)
            return
        heard = self._hear(event)
        response = event.response
        if self._updates is not None and response.kind in (UNTAGGED, STATUS) and (event.unsolicited or not heard):
            self._updates.put(Update(response.name, response.value, event.uid), response.frame.length)

    def _taker(self, event: Received) -> Want | None:
        """The first that would take it; of several the first that awaits it."""
        first: Want | None = None
        for exchange in self.session.running.values():
            want = self._wants.get(exchange)
            if want is None or want.hears or not want.takes(event):
                continue
            if len(self._wants) == 1 or want.awaits(event):
                return want
            first = first or want
        return first

    def _hear(self, event: Received) -> bool:
        """Tell it to those that hear; whether any does.  What answers one of them is not told to the others."""
        owner = self._wants.get(event.exchange) if event.exchange is not None else None
        elsewhere = owner is not None and owner.hears and not event.unsolicited
        heard = False
        for exchange in self.session.running.values():
            want = self._wants.get(exchange)
            if want is not None and want.hears and (want is owner or not elsewhere):
                want.put(event)
                heard = True
        return heard

    async def _room(self) -> None:
        """The reading waits here while a program has not taken what is there, unless it waits for something else."""
        while not self._waiting and any(backlog.full for backlog in self._backlogs):
            self._moved.clear()
            await self._moved.wait()

    @contextmanager
    def _backlog(self) -> Generator[Backlog[Any], None, None]:
        backlog: Backlog[Any] = Backlog(self._moved.set)
        self._backlogs.add(backlog)
        try:
            yield backlog
        finally:
            self._backlogs.discard(backlog)
            backlog.clear()

    @contextmanager
    def _wanted(self, exchange: Exchange, want: Want) -> Generator[None, None, None]:
        self._wants[exchange] = want
        try:
            yield
        finally:
            self._wants.pop(exchange, None)

    # -- what is waited for

    async def _patient(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait as long as octets move.  Raises ConnectionTimeout, and closes, after `timeout` seconds without any."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(_looked_at)
        self._waiting += 1
        self._moved.set()
        try:
            while True:
                seen = self._octets()
                await asyncio.wait((task,), timeout=self.timeout)
                if task.done():
                    return task.result()
                if self._octets() == seen:
                    await self._fail()
        finally:
            self._waiting -= 1
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    def _octets(self) -> int:
        return self.session.received_octets + self.session.sent_octets

    async def _fail(self) -> None:
        error = ConnectionTimeout(f"nothing came from {self._where} within {self.timeout:g} s; connect again")
        self.session.lost(error)
        self._client.kick()
        await self._client.close()
        raise error

    async def _run(self, exchange: Exchange) -> Exchange:
        """Until its tagged reply.  Raises CommandNo and CommandBad, and what ended the connection."""
        await self._patient(self._client.run(exchange))
        return self._checked(exchange)

    def _checked(self, exchange: Exchange) -> Exchange:
        if exchange.status != "OK":
            kind = CommandNo if exchange.status == "NO" else CommandBad
            raise kind(f"{self._where} answers {exchange.name} with {reply(exchange)}", exchange.response)
        return exchange

    def _start(self, exchange: Exchange, backlog: Backlog[Any]) -> asyncio.Task[Exchange]:
        """Let a command run beside; its end is news to who waits at the backlog."""
        task = asyncio.ensure_future(self._client.run(exchange))
        task.add_done_callback(_looked_at)
        task.add_done_callback(lambda _: backlog.news.set())
        return task

    async def _follow(self, steps: Generator[Step, None, None]) -> None:
        await self._patient(self._client.follow(steps))

    async def _collect(
        self, name: str, fragments: Iterable[Sendable] = (), *, wants: str = ""
    ) -> tuple[Exchange, list[Received]]:
        """Run a command; with it the responses of the name `wants` that it brings."""
        return await self._gather(self.session.command(name, fragments), lambda event: is_untagged(event, wants))

    async def _gather(
        self,
        exchange: Exchange,
        takes: Callable[[Received], bool],
        *,
        hears: bool = False,
        awaits: Callable[[Received], bool] = lambda event: True,
    ) -> tuple[Exchange, list[Received]]:
        """Run a command; with it the responses that it takes, or hears."""
        found: list[Received] = []
        with self._wanted(exchange, Want(takes, found.append, hears, awaits)):
            await self._run(exchange)
        return exchange, found

    async def close(self) -> None:
        """End the connection without a word.  May be called again; `logout` is more polite.

        What waits for a reply raises ConnectionLost, and every command after it StateError.
        """
        if not self.session.closed:
            self.session.lost(ConnectionLost(f"the connection to {self._where} was closed here"), here=True)
        self._client.kick()
        await self._client.close()

    @property
    def is_open(self) -> bool:
        """Whether commands can be sent: the connection has not ended, and the server has not said BYE."""
        return self.session.is_open

    @property
    def error(self) -> ImapshError | None:
        """What ended the connection, None while it lives and after `logout`."""
        return self._client.error


def _looked_at(task: asyncio.Future[Any]) -> None:
    """So that asyncio does not complain of an error where nobody awaits it any more."""
    if not task.cancelled():
        task.exception()


def is_untagged(event: Received, name: str) -> bool:
    """Whether it is untagged data of this name."""
    return event.response.name == name and event.response.kind is UNTAGGED
