"""Runs the commands of an asyncio connection, with time-outs, and gives each the responses that it wants."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from imapsh.client.backlog import Backlog
from imapsh.client.connection import AsyncClient, Pending, clock_of
from imapsh.client.routing import Router, Want, is_untagged
from imapsh.errors import CommandBad, CommandNo, ConnectionLost, ConnectionTimeout, ImapshError, LimitError
from imapsh.session.core import Session
from imapsh.session.events import Event, Received, ReceivedRun
from imapsh.session.exchange import Exchange, Sendable
from imapsh.session.opening import Step, reply
from imapsh.transport.base import AsyncStream, StreamInfo
from imapsh.transport.options import TLSOptions

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
            stream,
            session,
            on_event,
            on_response=self._response if on_event is not None else self.router.response,
            on_run=self._run if on_event is not None else self.router.run,
            tls=tls,
            server_name=server_name,
            room=self.router.room,
            has_room=self.router.has_room,
        )
        self._watch = _Watch(self._client, self.router.waits, where)
        self.loop = asyncio.get_running_loop()
        self._now = clock_of(self.loop)

    def _response(self, event: Received) -> None:
        self.router.response(event)
        if self._on_event is not None:
            self._on_event(event)

    def _run(self, run: ReceivedRun) -> None:
        self.router.run(run)
        if self._on_event is not None:
            for event in run.each():
                self._on_event(event)

    def _piled(self, octets: int) -> None:
        """End the connection if more waits for the program than a command may collect."""
        most = self.session.limits.collected
        if octets > most > 0:
            self.session.lost(LimitError("collected", most, octets, " of items that wait while a command is awaited"))

    # -- a command

    async def run(self, exchange: Exchange) -> Exchange:
        """Wait for the tagged reply.  Raises CommandNo and CommandBad, and what ended the connection."""
        waits = self._client.awaited(exchange)
        if waits is not None:
            try:
                await self.patient(waits)
            except asyncio.CancelledError:
                self._client.take_back(exchange)
                raise
        return self.checked(exchange)

    def checked(self, exchange: Exchange) -> Exchange:
        """Return the exchange if the server said OK.  Raises CommandNo or CommandBad."""
        if exchange.response is None or exchange.response.name != "OK":
            kind = CommandNo if exchange.status == "NO" else CommandBad
            raise kind(f"{self.where} answers {exchange.name} with {reply(exchange)}", exchange.response)
        return exchange

    def start(self, exchange: Exchange, backlog: Backlog[Any]) -> Pending:
        """Let a command run in the background; its end wakes the program that waits at the backlog."""
        backlog.due += 1
        return self._client.begin(exchange, backlog.ended)

    def leave(self, exchanges: Iterable[Exchange], want: Want) -> None:
        """Wait for commands no more.  One that runs has `want` until its reply comes; that should forget what it takes.

        So what answers the command does not go to another one that asks for the same.
        """
        wants = self.router.wants
        for exchange in exchanges:
            if self.session.running.get(exchange.tag) is exchange:
                wants[exchange] = want
                self._client.at_reply(exchange, partial(wants.pop, exchange))
            else:
                del wants[exchange]

    # These begin a command and return what is to be awaited: a coroutine less for each command.

    def command(self, name: str, fragments: Iterable[Sendable] = ()) -> Coroutine[Any, Any, Exchange]:
        """Run a command; return it."""
        return self.run(self.session.command(name, fragments))

    def collect(
        self, name: str, fragments: Iterable[Sendable] = (), *, wants: str
    ) -> Coroutine[Any, Any, Sequence[Any]]:
        """Run a command; return the values of the responses of the name `wants` that it brings."""
        exchange = self.session.command(name, fragments)
        return self.gather(exchange, lambda event: is_untagged(event, wants), value_of)

    def gather(
        self,
        exchange: Exchange,
        takes: Callable[[Received], bool],
        keep: Callable[[Received], T],
        *,
        hears: bool = False,
        awaits: Callable[[Received], bool] = lambda event: True,
        counts: bool = True,
    ) -> Coroutine[Any, Any, list[T]]:
        """Run a command; return what `keep` makes of the responses that it takes or hears (`Want`).

        Responses of more octets than the limit `collected` end the connection, unless `keep` keeps little of them and
        `counts` is false.
        """
        return self.gather_all([exchange], takes, keep, awaits, hears=hears, counts=counts)

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

        wants, want = self.router.wants, Want(takes, put, hears, awaits)
        for exchange in exchanges:
            wants[exchange] = want
        try:
            for exchange in exchanges:
                await self.run(exchange)
        except BaseException:
            self.leave(exchanges, want._replace(put=_forget))
            raise
        for exchange in exchanges:
            del wants[exchange]
        return found

    # -- other things that are waited for

    async def greet(self) -> None:
        """Wait for the greeting.  Raises what ended the connection."""
        await self.patient(self._client.greet())

    async def follow(self, steps: Generator[Step, None, None]) -> None:
        """Run a generator of steps to its end (`imapsh.session.opening`).  Raises what it raises."""
        await self.patient(self._client.follow(steps))

    async def patient(self, work: Awaitable[T]) -> T:
        """Wait as long as octets move.  Raises ConnectionTimeout, and closes, after `timeout` seconds without any."""
        now, timeout, waits = self._now(), self.timeout, self.router.waits
        self.router.unbound(work, now, timeout)
        if timeout is not None and now + timeout < self._watch.due:
            self._watch.look_in(timeout)
        try:
            result = await work
        except ImapshError:
            if work in waits:
                raise
        finally:
            over = waits.pop(work, None) is None  # the watch has taken it
        if not over:
            return result
        await self._client.close()
        assert self._watch.error is not None
        raise self._watch.error

    # -- the connection

    async def close(self) -> None:
        """End the connection without BYE.  May be called again."""
        if not self.session.closed:
            self.session.lost(ConnectionLost(f"the connection to {self.where} was closed by this side"), here=True)
        self._client.kick()
        self._watch.stop()
        await self._client.close()

    @property
    def error(self) -> ImapshError | None:
        """The error that ended the connection; None while it is open and after LOGOUT."""
        return self._client.error

    @property
    def info(self) -> StreamInfo:
        """The peer, and what TLS has settled."""
        return self._client.stream.info


class _Watch:
    """A watch over all that is awaited: after its time-out without an octet either way, the session ends.

    `waits` holds what is awaited (`Router.waits`), and `where` names the peer in messages.  One timer serves all,
    because most commands are over long before it: it is set when something is awaited and none is set, and then as long
    as anything is.  `due` is when it is over.  What was awaited when the session ended is taken from `waits`; `error`
    has ended it.
    """

    def __init__(self, client: AsyncClient, waits: dict[object, tuple[float, float | None]], where: str) -> None:
        self._client = client
        self._waits = waits
        self._where = where
        self._loop = asyncio.get_running_loop()
        self._now = clock_of(self._loop)
        self._timer: asyncio.TimerHandle | None = None
        self.due = math.inf
        self.error: ConnectionTimeout | None = None

    def stop(self) -> None:
        """Look no more: the connection is over."""
        if self._timer is not None:
            self._timer.cancel()

    def look_in(self, seconds: float) -> None:
        """Look, after so many seconds, if anything has moved."""
        self.stop()
        self._timer = self._loop.call_later(seconds, self._look)
        self.due = self._timer.when()

    def _look(self) -> None:
        self._timer, self.due = None, math.inf
        now, quiet = self._now(), self._client.quiet
        left = [
            (timeout - min(quiet, now - begun), timeout)
            for begun, timeout in self._waits.values()
            if timeout is not None
        ]
        if not left:
            return
        seconds, timeout = min(left)
        if seconds > 0:
            self.look_in(seconds)
            return
        self.error = ConnectionTimeout(f"nothing came from {self._where} within {timeout:g} s; connect again")
        self._waits.clear()
        self._client.end(self.error)


def value_of(event: Received) -> Any:
    """Return the value of a response.  The octets are not kept, because they take much more memory."""
    return event.response.value


def itself(event: Received) -> Received:
    """Return the event."""
    return event


def _forget(event: Received) -> None:
    pass
