"""Runs the commands of an asyncio connection, with time-outs, and gives each the responses that it wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from imapsh.client.backlog import Backlog
from imapsh.client.connection import AsyncClient
from imapsh.client.routing import Router, Want, is_untagged
from imapsh.errors import CommandBad, CommandNo, ConnectionLost, ConnectionTimeout, ImapshError, LimitError
from imapsh.session.core import Session
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange, Sendable
from imapsh.session.opening import Step, reply
from imapsh.transport.base import AsyncStream, StreamInfo
from imapsh.transport.tls import TLSOptions

T = TypeVar("T")


class Runner:
    """An object that runs the exchanges of a session over a stream.

    `where` names the peer in messages.  `timeout` is the number of seconds without an octet either way while something
    is due, or None for ever.  `router` hands the responses on.  `on_event` sees every event after the router and must
    not wait.
    """

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
        self.where = where
        self.router = Router(session.running, self._piled)
        self._on_event = on_event
        self._client = AsyncClient(
            stream, session, self._event, tls=tls, server_name=server_name, room=self.router.room
        )

    def _event(self, event: Event) -> None:
        self.router.event(event)
        if self._on_event is not None:
            self._on_event(event)

    def _piled(self, octets: int) -> None:
        """End the connection if more waits for the program than a command may collect."""
        most = self.session.limits.collected
        if octets > most > 0:
            self.session.lost(LimitError("collected", most, octets, " of items that wait while a command is awaited"))

    # -- a command

    async def run(self, exchange: Exchange) -> Exchange:
        """Wait for the tagged reply.  Raises CommandNo and CommandBad, and what ended the connection."""
        await self.patient(self._client.run(exchange))
        return self.checked(exchange)

    def checked(self, exchange: Exchange) -> Exchange:
        """Return the exchange if the server said OK.  Raises CommandNo or CommandBad."""
        if exchange.status != "OK":
            kind = CommandNo if exchange.status == "NO" else CommandBad
            raise kind(f"{self.where} answers {exchange.name} with {reply(exchange)}", exchange.response)
        return exchange

    def start(self, exchange: Exchange, backlog: Backlog[Any]) -> asyncio.Task[Exchange]:
        """Let a command run in the background; its end wakes the program that waits at the backlog."""
        task = asyncio.ensure_future(self._client.run(exchange))
        task.add_done_callback(_looked_at)
        task.add_done_callback(lambda _: backlog.news.set())
        return task

    async def collect(
        self, name: str, fragments: Iterable[Sendable] = (), *, wants: str = ""
    ) -> tuple[Exchange, list[Any]]:
        """Run a command; return it with the values of the responses of the name `wants` that it brings."""
        exchange = self.session.command(name, fragments)
        return await self.gather(exchange, lambda event: is_untagged(event, wants), value_of)

    async def gather(
        self,
        exchange: Exchange,
        takes: Callable[[Received], bool],
        keep: Callable[[Received], T],
        *,
        hears: bool = False,
        awaits: Callable[[Received], bool] = lambda event: True,
        counts: bool = True,
    ) -> tuple[Exchange, list[T]]:
        """Run a command; return it with what `keep` makes of the responses that it takes or hears (`Want`).

        Responses of more octets than the limit `collected` end the connection, unless `keep` keeps little of them and
        `counts` is false.
        """
        return exchange, await self.gather_all([exchange], takes, keep, awaits, hears=hears, counts=counts)

    async def gather_all(
        self,
        exchanges: Sequence[Exchange],
        takes: Callable[[Received], bool],
        keep: Callable[[Received], T],
        awaits: Callable[[Received], bool],
        *,
        hears: bool = False,
        counts: bool = True,
    ) -> list[T]:
        """Run commands that are submitted already; return what `keep` makes of the responses that any of them takes."""
        found: list[T] = []
        octets = 0

        def put(event: Received) -> None:
            nonlocal octets
            octets += event.response.frame.length if counts else 0
            most = self.session.limits.collected
            if octets > most > 0:
                found.clear()
                self.session.lost(LimitError("collected", most, octets))
            else:
                found.append(keep(event))

        with ExitStack() as stack:
            for exchange in exchanges:
                stack.enter_context(self.router.wanted(exchange, Want(takes, put, hears, awaits)))
            for exchange in exchanges:
                await self.run(exchange)
        return found

    # -- other things that are waited for

    async def greet(self) -> None:
        """Wait for the greeting.  Raises what ended the connection."""
        await self.patient(self._client.greet())

    async def follow(self, steps: Generator[Step, None, None]) -> None:
        """Run a generator of steps to its end (`imapsh.session.opening`).  Raises what it raises."""
        await self.patient(self._client.follow(steps))

    async def patient(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait as long as octets move.  Raises ConnectionTimeout, and closes, after `timeout` seconds without any."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(_looked_at)
        now = asyncio.get_running_loop().time
        begun, left = now(), self.timeout
        with self.router.unbounded():
            try:
                while True:
                    await asyncio.wait((task,), timeout=left)
                    if task.done():
                        return task.result()
                    if self.timeout is not None:
                        left = self.timeout - min(self._client.quiet, now() - begun)
                        if left <= 0:
                            await self._give_up()
            finally:
                if not task.done():
                    task.cancel()
                    await asyncio.wait((task,))

    async def _give_up(self) -> None:
        error = ConnectionTimeout(f"nothing came from {self.where} within {self.timeout:g} s; connect again")
        self.session.lost(error)
        self._client.kick()
        await self._client.close()
        raise error

    # -- the connection

    async def close(self) -> None:
        """End the connection without BYE.  May be called again."""
        if not self.session.closed:
            self.session.lost(ConnectionLost(f"the connection to {self.where} was closed by this side"), here=True)
        self._client.kick()
        await self._client.close()

    @property
    def error(self) -> ImapshError | None:
        """The error that ended the connection; None while it is open and after LOGOUT."""
        return self._client.error

    @property
    def info(self) -> StreamInfo:
        """The peer, and what TLS has settled."""
        return self._client.stream.info


def value_of(event: Received) -> Any:
    """Return the value of a response.  The octets are not kept, because they take much more memory."""
    return event.response.value


def itself(event: Received) -> Received:
    """Return the event."""
    return event


def _looked_at(task: asyncio.Future[Any]) -> None:
    """Retrieve the task's error, so that asyncio does not complain if nothing awaits it any more."""
    if not task.cancelled():
        task.exception()
