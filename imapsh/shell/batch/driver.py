r"""Drives the shell without a terminal: the primitives of `imapsh.shell.connection.driver.Driver`, one after the other.

Each blocks, so as coroutines they never wait (`imapsh.shell.app.at_once`).  IDLE lasts until a `DONE` line or
`--timeout`.  If the server asks something of a hand-typed AUTHENTICATE, the lines after it answer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from imapsh.errors import ConnectionTimeout, Interrupted
from imapsh.grammar.responses import TAGGED
from imapsh.hints import TYPE_CHECKING, BinaryIO, TypeVar
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange
from imapsh.shell.batch.client import BatchClient
from imapsh.shell.batch.timers import Timers
from imapsh.shell.connection import dial
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.greeting import checked, silent
from imapsh.shell.connection.watch import Watch
from imapsh.shell.screen import stdio
from imapsh.shell.screen.output import is_plain
from imapsh.shell.screen.stdsink import StdSink
from imapsh.transport.deadline import ENDLESS

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.batch.script import Script
    from imapsh.shell.settings.options import Options
    from imapsh.transport.base import AsyncStream, Stream

T = TypeVar("T")

_TURNS = (b"\\use ", b"\\connect -n ")  # lines that turn to another connection, and leave IDLE running
_QUIET = 1.0  # seconds without a word after which \raw is over


class BatchDriver:
    """Runs a batch's app by blocking primitives.

    `app` is what it drives, and `script` is where lines come from.  `for_report` is true if a program reads a report on
    stdout.
    """

    interactive = False

    app: App
    script: Script

    def __init__(self, options: Options, out: BinaryIO, *, terminal: bool, for_report: bool = False) -> None:
        seen = stdio.is_terminal(sys.stderr) and not (is_plain(options) or options.quiet)
        columns = stdio.columns if seen else None
        self.sink = StdSink(
            out, exact=not terminal, columns=columns, moving=lambda: self.app.moving(), quiet=options.quiet
        )
        self.timers = Timers()
        self._meter = seen  # somebody sees how far something long has come
        self._stall = options.stall
        self._for_report = for_report
        self._clients: dict[Connection, BatchClient] = {}
        self._pausing = False
        self._raw: tuple[str, str] = ("", "")  # the tag that \raw sent, and its reply

    @property
    def attended(self) -> bool:
        """See Driver."""
        return stdio.is_terminal(sys.stdin)

    @property
    def told_aside(self) -> bool:
        """See Driver."""
        return (self.sink.exact and self.app.screen.format == "json") or self._for_report

    # -- primitives: commands

    async def run(self, connection: Connection, exchange: Exchange, seconds: float | None = None) -> bool:
        """See Driver."""
        client = self._clients[connection]
        with _INTERRUPTIBLE:
            if seconds is None:
                self._until_replied(client, exchange)
                return True
            end = time.monotonic() + seconds
            while exchange.response is None and not connection.session.closed:
                if not client.poll(max(0.001, end - time.monotonic())) or time.monotonic() > end:
                    return exchange.response is not None
            return True

    async def typed(self, connection: Connection, exchange: Exchange) -> None:
        """See Driver."""
        with _INTERRUPTIBLE:
            if exchange.name == "IDLE" and self._idle(connection, exchange):
                return
            self._until_replied(self._clients[connection], exchange)

    def _until_replied(self, client: BatchClient, exchange: Exchange) -> None:
        """Wait for the reply or a question of the server's.

        A silence of `--stall` seconds is explained once.
        """
        connection = client.connection
        client.flush()
        told = not self._stall or (client.patience is not None and client.patience <= self._stall)
        while exchange.response is None and connection.question is not exchange:
            if exchange.name == "LOGOUT" and connection.session.closed:
                return
            if told:
                client.pump()
            elif not client.read(self._stall):
                told = True
                self._explain(connection, exchange)

    def _explain(self, connection: Connection, exchange: Exchange) -> None:
        from imapsh.shell.connection.stall import explained, unreplied

        waiting = connection.session.waiting or unreplied(exchange)
        if waiting is not None:
            connection.note(explained(waiting, at_prompt=False, script=True))

    async def send(self, connection: Connection, octets: bytes, shown: bytes | None) -> str:
        """See Driver.  Waits for a reply with the tag that the octets begin with, or for silence."""
        client = self._clients[connection]
        self._raw = (octets.split(b" ", 1)[0].decode("utf-8", "replace"), "")
        connection.listeners.append(self._happened)
        try:
            connection.session.raw(octets, shown)
            with _INTERRUPTIBLE:
                while not self._raw[1] and client.poll(connection.plan.idle_timeout or _QUIET):
                    pass
        finally:
            connection.listeners.remove(self._happened)
        return self._raw[1]

    # -- primitives: connections

    async def reach(self, plan: dial.Plan) -> tuple[Stream | AsyncStream, dial.Plan]:
        """See Driver."""
        self.sink.flush()
        with _INTERRUPTIBLE:
            return dial.dial(plan, self.app.demo if plan.demo else None)

    async def greet(self, connection: Connection) -> None:
        """See Driver."""
        show, tick = (self._before_waiting, self.sink.tick) if self._meter else (self.sink.flush, None)
        client = BatchClient(connection, show, tick)
        self._clients[connection] = client
        watch = Watch(connection, self.timers, lambda: self._pausing, connection.note)
        connection.moved_by(client.kick, watch)
        with checked(connection), _INTERRUPTIBLE:
            try:
                client.stream.limit(client.stream.due)
                client.greet()
            except ConnectionTimeout:
                raise silent(connection) from None
            finally:
                client.stream.limit(ENDLESS)
        client.greeted(connection.plan.idle_timeout)

    async def close(self, connection: Connection) -> None:
        """See Driver."""
        connection.stream.close()

    # -- primitives: the person and the terminal

    async def ask(self, question: str, *, secret: bool) -> str | None:
        """See Driver."""
        self.sink.flush()
        with _INTERRUPTIBLE:
            return stdio.ask(question, secret=secret)

    async def answer(self, question: str) -> str | None:
        """See Driver."""
        line = self.script.line()
        return None if line is None else line.decode("utf-8", "surrogateescape")

    async def pause(self, seconds: float) -> None:
        """See Driver."""
        deadline = time.monotonic() + seconds
        self._pausing = True
        try:
            with _INTERRUPTIBLE:
                for connection in self.app.connections.values():
                    connection.watch.look()
                while (left := deadline - time.monotonic()) > 0:
                    self._wait(-1, left)
        finally:
            self._pausing = False

    async def room(self) -> None:
        """See Driver.  Nothing waits to be shown."""

    async def away(self, work: Callable[[], T]) -> T:
        """See Driver."""
        self.sink.flush()
        with _INTERRUPTIBLE:
            return work()

    # -- events

    def _before_waiting(self) -> None:
        self.sink.flush()
        self.sink.tick()

    def _happened(self, connection: Connection, event: Event, own: bool) -> None:
        """Take note of an event that was shown."""
        if isinstance(event, Received) and event.response.kind == TAGGED and event.response.tag == self._raw[0]:
            self._raw = ("", event.response.name)

    def look_around(self) -> None:
        """Take in what the servers said meanwhile on the connections that are not the current one."""
        for connection in self.app.connections.values():
            if connection.name != self.app.current and connection.live and not connection.session.ending:
                self._clients[connection].catch_up()

    def done(self, connection: Connection) -> Exchange | None:
        """End a typed IDLE that was left running, and return it; None if there is none."""
        exchange = connection.idle
        if exchange is not None:
            connection.session.done()
        return exchange

    # -- what waits for more than a tagged reply

    def _idle(self, connection: Connection, exchange: Exchange) -> bool:
        """Stay in IDLE until DONE, which a line of the script brings, or the time-out.

        Return True if it was left running, because the next line turns to another connection.
        """
        client, session = self._clients[connection], connection.session
        while exchange.response is None and not session.idling:
            client.pump()
        seconds = connection.plan.idle_timeout
        deadline = None if seconds is None else time.monotonic() + seconds
        look = True  # a line that is not DONE is for later
        while exchange.response is None and not session.ending:
            line = self.script.ready_line() if look else None
            if line is not None:
                look = False
                if line.startswith(_TURNS):
                    return True
                if line.strip().upper() == b"DONE":
                    self.script.line()
                    break
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                break
            self._wait(self.script.descriptor if look else -1, left, exchange)
        if exchange.cut and (line := self.script.ready_line()) is not None and line.strip().upper() == b"DONE":
            self.script.line()  # the server was faster
        session.done()
        return False

    def _wait(self, descriptor: int, seconds: float | None, exchange: Exchange | None = None) -> None:
        """Wait until a server or the script sends something, a timer is due, or the time is over.

        If there is an `exchange`, its reply ends the waiting, also one that was read with what came before.
        """
        import select

        alive = [one for one in self.app.connections.values() if not (one.session.closed or one.session.ending)]
        for connection in alive:
            self._clients[connection].catch_up()
        here = self.app.live
        if (here is not None and here.session.ending) or (exchange is not None and exchange.response is not None):
            return
        self._before_waiting()
        due = self.timers.left()
        if due is not None:
            seconds = due if seconds is None else min(seconds, due)
        descriptors = [self._clients[one].stream.fileno() for one in alive]
        watched = [one for one in (*descriptors, descriptor) if one >= 0]
        readable, _, _ = select.select(watched, [], [], seconds)
        self.timers.run()
        if descriptor in readable:
            self.script.read()


class _Interruptible:
    """A context that raises Interrupted for Ctrl-C."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            raise Interrupted("interrupted") from None


_INTERRUPTIBLE = _Interruptible()  # each line enters it
