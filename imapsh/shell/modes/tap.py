"""Does `--tap`: stands between clients and a server, and shows both sides.

It is one more driver of the one `App`, which has the screen, the findings and the traces.  Its connections are those of
clients, who log in themselves; the tap sends nothing of its own, but for what `imapsh.shell.connection.tapped` says.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from tempfile import gettempdir
from typing import TYPE_CHECKING, BinaryIO, NoReturn, TypeVar

from imapsh.errors import StateError
from imapsh.render.amounts import count
from imapsh.shell import commands
from imapsh.shell.app import FIRST, App
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.connection.hearing import Backlog
from imapsh.shell.connection.papers import Papers
from imapsh.shell.connection.tap import THRESHOLD, Servers, Tap, listening
from imapsh.shell.connection.tapped import Terms, Watcher
from imapsh.shell.connection.taprules import Rule, RuleError, parse_rule
from imapsh.shell.connection.taptrace import TapTrace
from imapsh.shell.modes.judging import Judgement
from imapsh.shell.screen import heard, stdio
from imapsh.shell.screen.output import make_output
from imapsh.shell.screen.stdsink import StdSink
from imapsh.shell.screen.terminal import ENDING, end_by
from imapsh.shell.settings.reasons import why
from imapsh.transport.aio import AioStream
from imapsh.wire.sinks import CountSink, HashSink, SpoolSink, opener

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.session.overheard import Overheard
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.settings.options import Options

T = TypeVar("T")

INTERRUPTED = 130


class TapDriver:
    """Drives the shell for a tap: it reaches servers, and has no commands of its own to send."""

    interactive = False
    attended = False
    told_aside = False

    app: App

    def __init__(self, out: BinaryIO, *, terminal: bool) -> None:
        self.sink = StdSink(out, exact=not terminal, columns=None, moving=lambda: None)
        self._servers = Servers(lambda: self.app.demo)

    async def reach(self, plan: Plan) -> tuple[AioStream, Plan]:
        """See Driver."""
        return await self._servers.reach(plan), plan

    async def close(self, connection: Connection) -> None:
        """See Driver."""

    async def run(self, connection: Connection, exchange: Exchange, seconds: float | None = None) -> NoReturn:
        """See Driver."""
        raise StateError("a tap sends no commands")

    async def typed(self, connection: Connection, exchange: Exchange) -> NoReturn:
        """See Driver."""
        raise StateError("a tap sends no commands")

    async def send(self, connection: Connection, octets: bytes, shown: bytes | None) -> NoReturn:
        """See Driver."""
        raise StateError("a tap sends nothing of its own")

    async def greet(self, connection: Connection) -> NoReturn:
        """See Driver."""
        raise StateError("a tap has no connections of its own")

    async def ask(self, question: str, *, secret: bool) -> None:
        """See Driver.  Nobody is there."""

    async def answer(self, question: str) -> None:
        """See Driver.  Nobody is there."""

    async def pause(self, seconds: float) -> None:
        """See Driver."""
        await asyncio.sleep(seconds)

    async def room(self) -> None:
        """See Driver.  Nothing waits to be shown."""

    async def away(self, work: Callable[[], T]) -> T:
        """See Driver."""
        return await asyncio.to_thread(work)


class TapMode:
    """One run of `--tap`.  `out` is stdout, and `terminal` is true if that is a terminal.

    `listens` is set when clients may come.
    """

    def __init__(self, options: Options, out: BinaryIO, judgement: Judgement, *, terminal: bool) -> None:
        address = listening(options.tap, everywhere=options.tap_open)
        plan = make_plan(options._replace(no_login=True))._replace(fallback=False, trace="")
        self.driver = TapDriver(out, terminal=terminal)
        self.app = self.driver.app = App(options, make_output(options, terminal), self.driver, commands.take)
        self._options = options
        self._judgement = judgement
        exactly = options.format == "wire" and not terminal
        self._view = heard.Hearsay(self.driver.sink, self.app.screen, exactly=exactly, quietly=options.tap_quiet)
        self._wrong = 0
        self._flushing = False
        self.listens = asyncio.Event()
        self._ended: asyncio.Future[int]
        self._trace = TapTrace(self.app.tracing(FIRST), plan.limits) if options.trace else None
        keeps = exactly or options.json_raw
        watcher = Watcher(
            self._hear,
            self._say_wrong,
            self._fault,
            self._note,
            self._failed,
            self._over,
            self._trace.keep if self._trace is not None else None,
        )
        papers = Papers(options, plan.address.server_name)
        hashing = HashSink if options.format in ("json", "hex") else CountSink
        keeping = opener(THRESHOLD, (lambda: SpoolSink(self._not_kept)) if keeps else hashing)
        self.tap = Tap(address, Terms(plan, self._reach, watcher, papers, Backlog(), keeping, rules=_rules(options)))

    async def run(self) -> int:
        """Listen until a signal comes, and return its number.  Raises ImapshError, OSError if stdout fails."""
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        for signum in (signal.SIGINT, *ENDING):
            if signal.getsignal(signum) is not signal.SIG_IGN:
                loop.add_signal_handler(signum, self.end, signum)
        try:
            if self._trace is not None:
                self._trace.tracing.begin(self._options.trace, self.tap.terms.plan)
            await self.tap.open()
            return await self._until_ended()
        finally:
            self.app.end_traces()

    async def _until_ended(self) -> int:
        try:
            self._announce()
            self.listens.set()
            return await self._ended
        finally:
            await self.tap.close()
            self._note("", self._summary())
            self.driver.sink.flush()

    def _announce(self) -> None:
        tap = self.tap
        warnings = tap.warnings()  # which makes the certificate
        self._note("", f"the tap listens on {tap.address.where} for {tap.terms.plan.where}; Ctrl-C ends it")
        for warning in warnings:
            self._note("", warning)
        for rule in tap.terms.rules:
            self._note("", f"a rule changes what passes: {rule.text}")
        if self._trace is not None:
            self._note("", f"the trace {self._options.trace} will hold the mail that passes")

    def _summary(self) -> str:
        return f"the tap has ended: {count(self.tap.accepted, 'connection')}, {count(self.faults, 'fault')}"

    @property
    def faults(self) -> int:
        """Return the number of faults, of servers and clients."""
        return self._judgement.faults + self._wrong

    async def _reach(self, plan: Plan) -> AioStream:
        return (await self.driver.reach(plan))[0]

    def end(self, signum: int) -> None:
        """End as if the signal had come.  Another one ends the process at once, whatever is still to be shown."""
        for one in (signal.SIGINT, *ENDING):
            asyncio.get_running_loop().remove_signal_handler(one)
        if not self._ended.done():
            self._ended.set_result(signum)

    # -- what the tap tells

    def _hear(self, name: str, found: Overheard) -> None:
        if not found.response.frame.incomplete:  # the end of a connection may cut a line, which is nobody's fault
            self._judgement.reads(name)
            self._judgement.response(found.response, found.findings)
        if found.findings:
            self.app.lint.add(name, found.findings)
        try:
            self._view.hear(name, found)
        except OSError as error:  # nobody reads any more
            self._failed(error)
        self._soon()

    def _over(self, name: str) -> None:
        """Show what is held back of a connection."""
        if self._trace is not None:
            self._trace.over(name)
        self._view.over(name)
        self._soon()

    def _soon(self) -> None:
        """Let what was shown be seen when the loop has a moment."""
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        try:
            self.driver.sink.flush()
        except OSError as error:
            self._failed(error)

    def _say_wrong(self, name: str, text: str) -> None:
        self._wrong += 1
        self._fault(name, text)

    def _fault(self, name: str, text: str) -> None:
        self.driver.sink.fault(text, name)

    def _not_kept(self, error: OSError) -> None:
        self._fault("", f"{gettempdir()} cannot keep a literal of more than {THRESHOLD:,} octets: {why(error)}")

    def _note(self, name: str, text: str) -> None:
        self.driver.sink.note(text, name)
        if self._trace is not None and name:
            self._trace.note(name, text)

    def _failed(self, error: BaseException) -> None:
        if not self._ended.done():
            self._ended.set_exception(error)


def _rules(options: Options) -> tuple[Rule, ...]:
    """Return the rules.  If one is wrong, show where, and raise UsageError."""
    try:
        return tuple(map(parse_rule, options.tap_rule))
    except RuleError as error:
        stdio.note(error.text)
        stdio.note(" " * error.at + "^")
        raise


def run(options: Options) -> int:
    """Listen until a signal comes, and return the exit status.

    With `--strict`, it is 1 if anything was wrong, else 0.  Without it, it is that of the signal.  Raises ImapshError,
    OSError if stdout fails.
    """
    with contextlib.ExitStack() as files:
        gc.freeze()  # nothing of what is imported is garbage, and a flood of lines looks for some again and again
        judgement = Judgement(options)
        out: BinaryIO = sys.stdout.buffer
        if judgement.takes_stdout:
            out = files.enter_context(open(os.devnull, "wb"))
        mode = TapMode(options, out, judgement, terminal=sys.stdout.isatty())
        signum = asyncio.run(mode.run())
        judgement.end()
    if options.strict:
        return int(mode.faults > 0)
    if signum != signal.SIGINT:
        end_by(signum)
    return INTERRUPTED
