"""Drives the shell at a prompt: the primitives of `imapsh.shell.connection.driver.Driver`, in asyncio's loop.

Octets move by themselves; news is shown above the line that is being typed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from imapsh.client.connection import AsyncClient
from imapsh.errors import ConnectError, ConnectionLost, ConnectionTimeout, ImapshError, Interrupted
from imapsh.session.events import Closed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.session.pace import POLLING
from imapsh.shell.connection.background import BackgroundDial
from imapsh.shell.connection.connection import Connection, Listener
from imapsh.shell.connection.dial import Plan
from imapsh.shell.connection.greeting import checked, silent
from imapsh.shell.connection.watch import Watch
from imapsh.shell.prompt.attending import Attendance
from imapsh.shell.prompt.sink import TerminalSink
from imapsh.shell.screen.output import Output, is_plain
from imapsh.shell.screen.printer import Printer
from imapsh.shell.screen.terminal import lent, typed
from imapsh.transport.aio import adopt
from imapsh.transport.blocking import BlockingStream

if TYPE_CHECKING:
    from prompt_toolkit.output import Output as Terminal

    from imapsh.render.visible import Shown
    from imapsh.shell.app import App
    from imapsh.shell.screen.notify import Notifier
    from imapsh.shell.screen.progress import Meter
    from imapsh.shell.settings.options import Options
    from imapsh.transport.base import AsyncStream, Stream

T = TypeVar("T")


class PromptDriver:
    """Drives the shell at a prompt; it must be made in a running loop.

    `app` is what it drives.  `begun` is a connection that is being dialled already.  `asks` asks the person
    (`question`, unseen or not).  `waits()` says if the prompt waits for a line.  `drawn` is told of each event after it
    was shown.  `pending` holds lines of a paste that are not done yet.
    """

    interactive = True
    attended = True
    told_aside = False

    app: App

    def __init__(self, options: Options, output: Output, terminal: Terminal) -> None:
        self.printer = Printer(terminal)
        self.sink = TerminalSink(self.printer, output, quiet=options.quiet)
        self.pending: deque[str] = deque()
        self.begun: BackgroundDial | None = None
        self.asks: Callable[[str, bool], Coroutine[Any, Any, str | None]]
        self.waits: Callable[[], bool] = bool
        self.drawn: Listener = lambda connection, event, own: None
        self._options = options
        self._terminal = terminal
        self._attending: dict[Connection, Attendance] = {}
        self._serving: set[asyncio.Task[None]] = set()  # the demo's servers; a task that nobody holds may vanish
        self._stop = asyncio.Event()  # Ctrl-C outside the prompt
        self._before_dial = 0  # how often Ctrl-C had come when dialling began
        self._ticking: asyncio.Task[None] | None = None

    @cached_property
    def _notifier(self) -> Notifier:
        from imapsh.shell.screen.notify import Notifier

        return Notifier(lambda: self.app.options.notify, self._terminal, asyncio.get_running_loop())

    @cached_property
    def _meter(self) -> Meter:
        from imapsh.shell.screen.progress import Meter

        terminal = self._terminal
        columns = None if is_plain(self._options) or self._options.quiet else lambda: terminal.get_size().columns
        self.printer.meter = meter = Meter(partial(_at_once, terminal), columns)
        return meter

    def attending(self, connection: Connection) -> Attendance:
        """Return the person's side of a connection."""
        return self._attending[connection]

    def has_told(self, error: ImapshError) -> bool:
        """Return whether an error ended a connection, and so was already reported."""
        clients = (attendance.client for attendance in self._attending.values())
        return any(client.session.closed and client.error is error for client in clients)

    # -- primitives: commands

    async def run(self, connection: Connection, exchange: Exchange, seconds: float | None = None) -> bool:
        """See Driver."""
        attendance = self._attending[connection]
        before = self.app.interruptions
        with self.metered(), attendance.running(exchange if seconds is None else None):
            try:
                async with asyncio.timeout(seconds):
                    await self.interruptible(attendance.client.run(exchange))
            except ConnectionTimeout:
                raise
            except TimeoutError:
                return False
            except Interrupted:
                connection.session.cancel(exchange)
                raise
        if self.app.interruptions > before:  # it came together with the reply: what would follow is not wanted
            raise Interrupted("interrupted")
        return True

    async def typed(self, connection: Connection, exchange: Exchange) -> None:
        """See Driver."""
        attendance = self._attending[connection]
        with self.metered():
            await attendance.go(exchange)
        if not connection.live and exchange.response is None and (error := attendance.client.error) is not None:
            raise error

    async def send(self, connection: Connection, octets: bytes, shown: bytes | None) -> str:
        """See Driver.  Responses are shown as they come."""
        connection.session.raw(octets, shown)
        connection.kick()
        return ""

    # -- primitives: connections

    async def reach(self, plan: Plan) -> tuple[Stream | AsyncStream, Plan]:
        """See Driver."""
        self._before_dial = self.app.interruptions
        dialling, self.begun = self.begun, None
        if plan.demo:
            from imapsh.server.demo import USER
            from imapsh.server.listen import connect
            from imapsh.server.postman import Postman

            stream, serving = await connect(self.app.demo, Postman(self.app.demo, USER))
            self._serving.add(serving)
            serving.add_done_callback(self._serving.discard)
            return stream, plan
        if dialling is None or dialling.plan is not plan:
            dialling = BackgroundDial(plan)
        blocking, followed = await self.interruptible(dialling.wait())
        assert isinstance(blocking, BlockingStream)
        return await adopt(blocking), followed

    async def greet(self, connection: Connection) -> None:
        """See Driver."""
        plan = connection.plan
        before = next((one for one in self._attending if one.name == connection.name), None)
        watched = before.watch.seconds if before is not None else POLLING if self._options.watch else 0.0
        if before is not None:
            del self._attending[before]
        client = AsyncClient(
            connection.stream,  # type: ignore[arg-type]
            connection.session,
            connection.take,
            on_run=connection.take_run,
            on_slice=connection.settle,
            tls=plan.tls,
            server_name=plan.address.server_name,
            room=partial(self._read_more, connection),
        )
        attendance = Attendance(connection, client, stall=self._options.stall, free=lambda: self.waits())
        self._attending[connection] = attendance
        watch = Watch(connection, asyncio.get_running_loop(), lambda: self.waits(), connection.note)
        connection.moved_by(attendance.kick, watch)
        connection.watch.seconds = watched
        connection.watch.verbose = before is not None and before.watch.verbose
        connection.listeners += [self._happened, self.drawn]
        with checked(connection):
            if self.app.interruptions > self._before_dial:  # it came together with the end of dialling
                raise Interrupted("interrupted")
            try:
                async with asyncio.timeout(connection.stream.due.left()):
                    await self.interruptible(client.greet())
            except ConnectionTimeout:
                raise silent(connection) from None
            except TimeoutError:
                raise silent(connection) from None
        connection.stream.settimeout(None)  # a person may think for as long as it takes

    async def _read_more(self, connection: Connection) -> None:
        """Wait, after every piece that was read, while too much is due to be shown."""
        self._attending[connection].heard()
        await self.printer.room()

    async def close(self, connection: Connection) -> None:
        """See Driver."""
        connection.session.lost(ConnectError("closed here"))
        if connection in self._attending:
            await self._attending[connection].client.close()
        else:
            await connection.stream.close()  # type: ignore[misc]

    # -- primitives: the person and the terminal

    async def ask(self, question: str, *, secret: bool) -> str | None:
        """See Driver."""
        self.unmetered()
        await self.printer.drain()
        answer = await self.asks(question, secret)
        return None if answer is None else typed(answer)

    async def answer(self, question: str) -> str | None:
        """See Driver."""
        return self.pending.popleft() if self.pending else await self.ask(question, secret=True)

    async def pause(self, seconds: float) -> None:
        """See Driver."""
        await self.interruptible(asyncio.sleep(seconds))

    async def room(self) -> None:
        """See Driver."""
        await self.interruptible(self.printer.room())

    async def away(self, work: Callable[[], T]) -> T:
        """See Driver.  The loop goes on meanwhile, so that connections live."""
        await self.printer.drain()
        with self.printer.held(), lent():
            return await asyncio.to_thread(work)

    # -- events

    def _happened(self, connection: Connection, event: Event, own: bool) -> None:
        """Take note of an event that was shown."""
        if isinstance(event, Received):
            if event.change and (event.unsolicited or own) and self.app.options.notify != "never":
                self._notifier.news(event, connection.box)
        elif isinstance(event, Closed):
            self.pending.clear()
            _say_end(connection, event)

    # -- Ctrl-C

    def interrupt(self) -> None:
        """Handle Ctrl-C while no prompt shows: the wait ends, or the command is left running."""
        self.pending.clear()
        self.app.interruptions += 1
        self._stop.set()
        here = self.app.here
        if here is not None and here in self._attending:
            self._attending[here].interrupt()

    async def interruptible(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of `work`.  Ctrl-C ends it; then Interrupted is raised."""
        self._stop.clear()
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if task.cancelled():
            raise Interrupted("interrupted")
        return task.result()

    # -- how far it has come

    @contextlib.contextmanager
    def metered(self) -> Iterator[None]:
        """While inside, a line tells how far the work has come, if it lasts; no prompt may show.

        It goes on after a command that is a step of something longer, until `unmetered`.
        """
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._metering())
        try:
            yield
        finally:
            if self.app.progress is None:
                self.unmetered()

    def unmetered(self) -> None:
        """Stop telling how far the work has come."""
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
            self._meter.clear()

    async def _metering(self) -> None:
        from imapsh.shell.screen.progress import EVERY

        while True:
            await asyncio.sleep(EVERY)
            self._meter.show(self.app.moving, asyncio.get_running_loop().time())


def _say_end(connection: Connection, event: Closed) -> None:
    """Say what ended a connection, and the way out."""
    if event.error is None:
        connection.note("logged out; the connection is closed")
        return
    text = str(event.error)
    if isinstance(event.error, ConnectionLost) and "\\connect" not in text:
        text += ": \\connect opens it again"
    connection.display.fault(text)


def _at_once(terminal: Terminal, text: Shown) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone: the printer notices
        terminal.write_raw(text)
        terminal.flush()
