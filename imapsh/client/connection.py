"""The asyncio driver: octets are pushed into a session as they come, and its own octets are written at the same time.

One task reads and reports the events, and one writes, so a server that does not read while it talks blocks nobody.
What comes while the reading task waits is taken in at once, without waking it (`_arrived`): so a command is finished in
the turn of the loop in which its reply comes.  The task does what takes longer: more events than fit into a slice,
waiting for `room`, TLS, and the end.

An error that code of the program raises, such as `on_event` or the function that opens a file for a literal, ends the
connection (`_broke`).  It is raised by all that is awaited.  If nothing is, the loop's exception handler is told of it,
because nobody else would be.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import TYPE_CHECKING

from imapsh.client.backlog import News
from imapsh.errors import ConnectionLost, ImapshError
from imapsh.session.core import FAREWELL, Session
from imapsh.session.events import Closed, Completed, Event, Received, ReceivedRun, Sent, Unsent, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.session.opening import Step
from imapsh.table.model import LOGOUT
from imapsh.transport.base import CHUNK

if TYPE_CHECKING:
    from imapsh.transport.base import AsyncStream, EagerStream
    from imapsh.transport.tls import TLSOptions

_SLICE = 0.004  # seconds of reporting events before the loop gets its turn
_MOST = 1000  # responses that are reported before it does


class AsyncClient:
    """A driver that moves the octets of a session over an asyncio stream: one task reads, and one writes.

    `on_event` sees every event once, in order, in the loop; it must not wait.  An error that it raises ends the
    connection, and is raised by all that is awaited; `error` is a ConnectionLost then, whose cause it is.

    If `on_response` is given, it sees the events Received in its place.  If `on_run` is given, it sees the events of a
    run, at once, in place of both.  `on_slice` is called after each slice of
    events, before the loop gets its turn.  If `room` is given, it is awaited there, so that a program that shows the
    events slows the reading down.  `has_room` says that it would not wait; without it, `room` is always awaited.
    """

    def __init__(
        self,
        stream: AsyncStream,
        session: Session,
        on_event: Callable[[Event], None] | None = None,
        *,
        on_response: Callable[[Received], None] | None = None,
        on_run: Callable[[ReceivedRun], None] | None = None,
        tls: TLSOptions | None = None,
        server_name: str = "",
        on_slice: Callable[[], None] | None = None,
        room: Callable[[], Awaitable[None]] | None = None,
        has_room: Callable[[], bool] | None = None,
    ) -> None:
        self.stream = stream
        eager = hasattr(stream, "on_arrival") and (room is None or has_room is not None)
        self._eager: EagerStream | None = stream if eager else None  # type: ignore[assignment]
        self.session = session
        self.on_event = on_event
        self._on_response = on_response
        self._on_run = on_run or self._each
        self._on_slice = on_slice
        self._tls = tls
        self._server_name = server_name
        self._room = room
        self._has_room = has_room or (lambda: True)
        self._attentive = False  # the reading task waits, and nothing is left that it has to do
        self._behind = False  # something is
        self._due = News()  # there may be something to write
        self._fault: Exception | None = None  # of `_push`, for the task that writes
        self._untold: Exception | None = None  # of the program, and nobody has been told of it
        self._upgrade: Upgrade | None = None
        self._telling = False
        self._loop = asyncio.get_running_loop()
        self._now = clock_of(self._loop)
        self._moved = self._now()  # when octets moved last, either way
        self._unsent = 0
        self._waiters: dict[Exchange | None, list[asyncio.Future[None] | Pending]] = {}
        self._left: dict[Exchange | None, Callable[[], object]] = {}
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
            await self._future(None)

    async def run(self, exchange: Exchange) -> Exchange:
        """Wait for the tagged reply, and for TLS if it is STARTTLS.

        If cancelled, take back a command that was not sent yet, unless others wait for it, too.
        Raises the error that ended the connection: ConnectionLost and its kinds, TLSError, or an error of the program's
        own; and StateError if the command was not sent, because it waited for others that changed the state
        (`Session(strict=True)`).
        """
        waits = self.awaited(exchange)
        if waits is not None:
            try:
                await waits
            except asyncio.CancelledError:
                self.take_back(exchange)
                raise
        return exchange

    def awaited(self, exchange: Exchange) -> asyncio.Future[None] | None:
        """Send a command, and return a future that is done when `run` would return, or None if it would at once.

        Raises what `run` raises.  If the future is cancelled, call `take_back`.
        """
        self.kick()
        if exchange.error is not None:
            raise exchange.error
        if exchange.response is None or (_upgrades(exchange) and not self.session.secure):
            return self._future(exchange)
        return None

    def begin(self, exchange: Exchange, ended: Callable[[], object]) -> Pending:
        """Send a command and do not wait for it.  `ended` is called when it has its reply, or will get none."""
        pending = Pending(self, exchange, ended)
        self.kick()
        if exchange.error is not None:
            pending.set_exception(exchange.error)
        elif exchange.response is not None:
            pending.set_result(None)
        elif self._due.up and (error := self._over()) is not None:
            pending.set_exception(error)
        else:
            self._waiters.setdefault(exchange, []).append(pending)
        return pending

    def take_back(self, exchange: Exchange) -> None:
        """Forget those that do not wait for a command any more, and take it back if nobody does and it was not sent."""
        if left := [one for one in self._waiters.pop(exchange, ()) if not one.done()]:
            self._waiters[exchange] = left
        else:
            self.session.cancel(exchange)

    def at_reply(self, exchange: Exchange, call: Callable[[], object]) -> None:
        """Call `call` when the reply of a command comes for which nobody waits, unless the connection ends before."""
        self._left[exchange] = call

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
        self._push()

    def end(self, error: ImapshError) -> None:
        """End the session; whatever is awaited fails with the error."""
        self.session.lost(error)
        self.kick()
        self._fail(error)

    @property
    def quiet(self) -> float:
        """Return the seconds since octets last came, were sent, or were taken by a slow peer."""
        unsent, self._unsent = self._unsent, self.stream.unsent
        if unsent != self._unsent:
            self._moved = self._now()
        return self._now() - self._moved

    async def close(self) -> None:
        """End the connection without BYE.  May be called again."""
        self._attentive = False
        for task in self._tasks:
            task.cancel()
        await self.stream.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- events

    def _each(self, run: ReceivedRun) -> None:
        if (tell := self._on_response or self.on_event) is not None:
            for event in run.each():
                tell(event)

    def _tell(self) -> bool:
        """Report events for the length of a slice.  Return whether there may be more."""
        if self._telling:
            return False
        self._telling = True
        left, until, more = _MOST, time.monotonic() + _SLICE, False
        on_event = self.on_event
        on_response = self._on_response or on_event
        try:
            for event in self.session.happenings():
                if isinstance(event, ReceivedRun):
                    self._on_run(event)
                    left -= len(event.run.found)
                else:
                    if type(event) is Received and not event.greeting:
                        if on_response is not None:
                            on_response(event)
                    elif type(event) is Sent:
                        if on_event is not None:
                            on_event(event)
                    elif type(event) is Completed and event.exchange.name != "STARTTLS":
                        if on_event is not None:
                            on_event(event)
                        self._wake(event.exchange)
                    else:
                        self._tell_rare(event)
                    left -= 1
                    if left % 8:
                        continue
                if left <= 0 or time.monotonic() > until:
                    more = True
                    break
            if self._on_slice is not None:
                self._on_slice()
        except Exception as fault:  # noqa: BLE001 # it is told
            self._broke(fault)
            more = False
        finally:
            self._telling = False
        return more

    def _tell_rare(self, event: Event) -> None:
        """Report an event that those who wait may wait for, or that is left after a fault, and wake them.

        They learn first why the connection has ended: that matters more than an error of `on_event` about it.
        """
        if isinstance(event, Closed):
            self._fail(event.error or ConnectionLost("the session is over: connect again"), behind=self.session.over())
            self._due.set()
        if isinstance(event, Received) and self._on_response is not None:
            self._on_response(event)
        elif self.on_event is not None:
            self.on_event(event)
        if isinstance(event, Completed):
            if not _upgrades(event.exchange):
                self._wake(event.exchange)
        elif isinstance(event, Received) and event.greeting:
            self._wake(None)
        elif isinstance(event, Upgrade):
            self._upgrade = event
        elif isinstance(event, Unsent):
            self._fail(event.error, (event.exchange,))

    def _broke(self, fault: Exception) -> None:
        """End the connection, because code of the program has raised an error.

        It is raised by all that is awaited, or by what the program asks for in this turn of the loop.  What is still to
        be reported, such as the end, is reported; further errors are not told.
        """
        if not self._waiters:
            self._untold = fault
            asyncio.get_running_loop().call_soon(self._tell_loop)
        self._fail(fault)
        self.session.fail(fault)
        for event in self.session.events():
            with contextlib.suppress(Exception):
                self._tell_rare(event)
        if self._on_slice is not None:
            with contextlib.suppress(Exception):
                self._on_slice()
        self._due.set()

    def _tell_loop(self) -> None:
        """Tell the loop's exception handler of an error of the program that nothing has raised."""
        fault, self._untold = self._untold, None
        if fault is not None:
            _tell_handler("code of the program ended a connection of imapsh", fault)

    # -- the two tasks

    def _arrived(self) -> bool:
        """Take in what came, if the reading task has nothing to do but that.  Return whether it may go on waiting."""
        stream = self._eager
        if stream is None or not self._attentive or self._telling:
            return False
        try:
            while stream.unread and not self._behind:
                if not self._has_room():
                    self._attentive = False
                    break
                self._moved = self._now()
                if self.session.receive(stream.take(CHUNK)):
                    continue
                more = self._tell()
                if self.session.sends:
                    self._push()
                over = self.session.known.state == LOGOUT  # no more than the end of the stream is due
                self._behind = more or over or self._upgrade is not None
        except Exception as fault:  # noqa: BLE001 # it is told
            self._broke(fault)
            self._behind = True
        self._attentive = self._attentive and not self._behind
        return self._attentive

    async def _more(self) -> bool:
        """Wait until `_arrived` has left something to do, or octets came, and take these in.

        Return as `Session.receive` does: True means that nothing has happened.
        """
        if self._eager is not None:
            self._attentive = True
            await self._eager.arrival()
            self._attentive = False
        if self._behind:
            self._behind = False
            return False
        if self._eager is not None and self._room is not None:
            await self._room()  # `_arrived` took nothing in, because there was none
        octets = await self.stream.read(CHUNK)
        self._moved = self._now()
        try:
            return self.session.receive(octets)
        except Exception as fault:  # noqa: BLE001 # it is told
            self._broke(fault)
            return False

    async def _read(self) -> None:
        if self._eager is not None:
            self._eager.on_arrival = self._arrived
        try:
            while not self.session.closed:
                if await self._more():
                    continue
                await self._tell_all()
                if self.session.ending:
                    self.stream.settimeout(FAREWELL)
        except ImapshError as error:
            self.session.lost(error)
            self.kick()
        finally:
            self._attentive = False
            self._due.set()

    async def _tell_all(self) -> None:
        while True:
            more = self._tell()
            self._push()
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

    def _push(self) -> None:
        """Write what is due at once if the writing task is idle and the system takes it; else wake that task.

        Commands that follow others before these have their replies are left to that task, which writes them together.
        """
        session, stream = self.session, self.stream
        if self._due.up:
            return
        if len(session.running) <= 1 and not (stream.unsent if self._eager is None else self._eager.full):
            try:
                if octets := session.to_send():
                    self._moved = self._now()
                    stream.put(octets)
                elif session.closed:
                    self._due.set()
            except Exception as error:  # noqa: BLE001 # the task that writes raises it
                self._fault = error
                self._due.set()
        if session.sends:
            self._due.set()

    async def _write(self) -> None:
        try:
            while True:
                if self._fault is not None:
                    raise self._fault
                while octets := self.session.to_send():
                    self._moved = self._now()
                    await self.stream.write(octets)
                    self._moved = self._now()
                if self.session.closed:
                    break
                self._due.clear()
                await self._due.wait()
        except ImapshError as error:
            if self.session.closed:
                if self.error is not None and self.error.__cause__ is error:  # what was to be sent could not be read
                    self._broke(error)
            else:
                await self._last_words()
                self.session.lost(error)
                self.kick()
        except Exception as fault:  # noqa: BLE001 # it is told
            self._broke(fault)
        await self.stream.close()

    async def _last_words(self) -> None:
        """Let the reading task read what the server said before it stopped listening, because it may say why."""
        await asyncio.wait(self._tasks[:1], timeout=FAREWELL)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Fail all waiters when a task ends, because nothing would wake them any more."""
        self._due.set()
        if task.cancelled():
            self._fail(ConnectionLost("this side closed the connection"))
        elif isinstance(fault := task.exception(), Exception):
            self._broke(fault)
        elif fault is not None:
            self._fail(fault)

    # -- the waiters

    def _future(self, exchange: Exchange | None) -> asyncio.Future[None]:
        """Return a future that is done with the command, or the greeting.  Raises what would be awaited for ever."""
        if self._due.up and (error := self._over()) is not None:
            raise error
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiters.setdefault(exchange, []).append(future)
        return future

    def _over(self) -> Exception | None:
        """Return the error for what would wait for ever, or None.  It is None while the writing task has nothing to do.

        Whatever ends the connection wakes that task, which does not rest again then.
        """
        if self._untold is not None:
            fault, self._untold = self._untold, None
            return fault
        if self.session.closed:
            return self.error or self.session.over()
        if self._tasks[0].done() or self._tasks[1].done():
            return self.error or ConnectionLost("this side closed the connection")
        return None

    def _wake(self, exchange: Exchange | None) -> None:
        for waiter in self._waiters.pop(exchange, ()):
            if type(waiter) is Pending or not waiter.done():  # a Pending looks itself
                waiter.set_result(None)
        if exchange in self._left:
            self._left.pop(exchange)()

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


class Pending:
    """A command that runs while its program does something else; it has the methods of a future.

    `ended` is called, at once, when it is done.
    """

    __slots__ = ("_client", "_done", "_ended", "_error", "_exchange")

    def __init__(self, client: AsyncClient, exchange: Exchange, ended: Callable[[], object]) -> None:
        self._client = client
        self._exchange = exchange
        self._ended = ended
        self._error: BaseException | None = None
        self._done = False

    def done(self) -> bool:
        """Return whether the command has its reply, or will get none."""
        return self._done

    def result(self) -> Exchange:
        """Return the command, which must be done.  Raises what `AsyncClient.run` raises."""
        if self._error is not None:
            raise self._error
        return self._exchange

    def cancel(self) -> None:
        """Wait no more.  The command is taken back if it was not sent yet and nobody else waits for it."""
        if not self._done:
            self._done = True
            self._client.take_back(self._exchange)

    def set_result(self, result: None) -> None:
        """Say that the reply came, if nothing was said before."""
        if self._done:
            return
        self._done = True
        try:
            self._ended()
        except Exception as fault:  # noqa: BLE001 # others wait, too
            _tell_handler("the function that was to be called at the end of a command failed", fault)

    def set_exception(self, error: BaseException) -> None:
        """Say why none will come, if nothing was said before."""
        if not self._done:
            self._error = error
            self.set_result(None)


def clock_of(loop: asyncio.AbstractEventLoop) -> Callable[[], float]:
    """Return the clock of a loop.  That of asyncio's own loops is Python's, which is asked without a call between.

    A loop for tests may have another, by its class or by itself.
    """
    clock = loop.time
    return time.monotonic if getattr(clock, "__func__", None) is asyncio.BaseEventLoop.time else clock


def _tell_handler(what: str, fault: Exception) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": what, "exception": fault})


def _upgrades(exchange: Exchange) -> bool:
    """Return whether TLS follows the command's tagged reply."""
    return exchange.name == "STARTTLS" and exchange.status == "OK"
