"""The shell as an object: its connections, its settings, what it remembers, and where it shows things.

There is one `App` in a run.  A prompt, a batch or a test moves it with a `Driver`: eleven primitives that each do one
thing and know nothing of lines and commands, and four properties.  So a line does the same, whoever drives.  The
primitives are coroutines.  The prompt's wait in its loop; those of a driver that blocks return at once, and `at_once`
runs them without asyncio.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from functools import cached_property, partial

from imapsh.errors import ConnectError, ImapshError, Interrupted, LoginError, StateError, TLSError, UsageError
from imapsh.hints import TYPE_CHECKING, Any, TypeVar
from imapsh.render.styles import LINE_END, Fragment, paint, together
from imapsh.session.events import Closed, Completed, Event, Received, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.session.secrets import Secrets
from imapsh.shell.connection import steps
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.dial import Plan, new_session
from imapsh.shell.connection.opening import Accepted, log_in, log_out, reached
from imapsh.shell.connection.steps import Steps
from imapsh.shell.record.recorder import Recorder
from imapsh.shell.screen.display import Display
from imapsh.table.model import NOT_AUTHENTICATED, Context
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.server.store import Store
    from imapsh.session.core import Session
    from imapsh.shell.connection.driver import Driver
    from imapsh.shell.connection.passphrase import Unlocked
    from imapsh.shell.connection.tap import Tap
    from imapsh.shell.connection.trace import Tracing
    from imapsh.shell.record.draft import Draft
    from imapsh.shell.record.entry import Entry
    from imapsh.shell.record.journal import Journal
    from imapsh.shell.record.last import Last
    from imapsh.shell.record.lint import Lint
    from imapsh.shell.record.stats import Stats
    from imapsh.shell.record.tally import Tally
    from imapsh.shell.record.variables import Variables
    from imapsh.shell.screen.output import Output
    from imapsh.shell.screen.progress import Progress, Transfers
    from imapsh.shell.screen.targets import Target
    from imapsh.shell.settings.options import Options
    from imapsh.transport.base import AsyncStream, Stream
    from imapsh.typed.match import Match

T = TypeVar("T")

FIRST = "1"  #: the name of the connection that a run begins with

_JUDGED = (Received, Completed, Closed)  # the events that have findings
_NOBODY = Context(NOT_AUTHENTICATED)


class Failure(NamedTuple):
    """An attempt to open a connection of this name that failed, and with which error."""

    plan: Plan
    name: str
    error: ImapshError


class App:
    """The shell of one run, whoever drives it.

    `connections` holds the connections by name, and `current` names the one that lines go to.  `screen` says how things
    are shown.  `output` says how they are shown now, which is as `target` wants it while a line sends its output
    elsewhere.  `operators` is true if `|`, `>` and `>>` are interpreted (off while a paste runs).  `progress` tells how
    far the running line has come, if it lasts.  `counters` are told of each command, besides `stats`.  `interruptions`
    counts how often the person pressed Ctrl-C.  `place()` says where the running line stands, and `past()` gives the
    lines typed before.  `answers_follow()` is true if the line came in a paste whose next line may answer an
    AUTHENTICATE.  `complaint` says why a line of imapsh's own ended with NO, if no reply of the server's says it.
    `failure` is why the latest attempt to connect failed, None if it worked.  `perform(text)` does a line: it is
    `imapsh.shell.commands.take`, given as `take_line`.
    """

    def __init__(
        self, options: Options, output: Output, driver: Driver, take_line: Callable[[App, str], Steps[str]]
    ) -> None:
        self.options = options
        self.screen = output
        self.driver = driver
        self.target: Target | None = None
        self.operators = True
        self.connections: dict[str, Connection] = {}
        self.current = FIRST
        self.progress: Progress | None = None
        self.keys = options.keys
        self.aliases: dict[str, str] = dict(options.aliases)
        self.counters: list[Stats] = []
        self.interruptions = 0
        self.complaint = ""
        self.leaving = False
        self.failure: Failure | None = None
        self.taps: dict[str, Tap] = {}  # those that \\tap began, by name
        self.draft: Draft | None = None  # what \\edit wrote last
        self.place: Callable[[], str] = str
        self.past: Callable[[], Sequence[Entry]] = tuple
        self.accepted: Accepted = {}
        self.unlocked: Unlocked = {}
        self.on_hide: Callable[[], None] = lambda: None
        self.on_keys: Callable[[str], None] = lambda mode: None
        self.answers_follow: Callable[[], bool] = bool
        self.perform: Callable[[str], Steps[str]] = partial(take_line, self)
        self._secrets = Secrets()
        self._tracings: dict[str, Tracing] = {}
        for setting in options.set:
            self._set(setting)

    def _set(self, setting: str) -> None:
        """Set a variable from the command line.  Raises UsageError."""
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set takes NAME=VALUE, and {name!r} has no = in it (see imapsh --help)")
        self.variables.set(name, value)

    # -- what it is made of

    @property
    def interactive(self) -> bool:
        """Return whether a person sits at a prompt."""
        return self.driver.interactive

    @property
    def attended(self) -> bool:
        """Return whether a person can be asked."""
        return self.driver.attended

    @property
    def output(self) -> Output:
        """Return the output in use now: the target's while a line redirects its output, else the screen's."""
        return self.screen if self.target is None else self.target.output

    @cached_property
    def variables(self) -> Variables:
        """Return the variables that `\\set` made."""
        from imapsh.shell.record.variables import Variables

        return Variables()

    @cached_property
    def stats(self) -> Stats:
        """Return the statistics of how long commands took."""
        from imapsh.shell.record.stats import Stats

        return Stats()

    @cached_property
    def lint(self) -> Lint:
        """Return what was found against the conduct of the servers."""
        from imapsh.shell.record.lint import Lint

        return Lint()

    @cached_property
    def tally(self) -> Tally:
        """Return the tally of a script's tests."""
        from imapsh.shell.record.tally import Tally

        return Tally()

    @cached_property
    def journal(self) -> Journal:
        """Return the journal of the changes to mail and mailboxes, for `\\undo`."""
        from imapsh.shell.record.journal import Journal
        from imapsh.wire.limits import DEFAULT

        limits = self.here.plan.limits if self.here is not None else DEFAULT
        return Journal(limits.journal, on=self.options.journal is not False)

    @cached_property
    def demo(self) -> Store:
        """Return the demo's mail, which all demo connections of a run share."""
        from imapsh.server.demo import demo_store

        return demo_store()

    @cached_property
    def _transfers(self) -> Transfers:
        from imapsh.shell.screen.progress import Transfers

        return Transfers()

    def moving(self) -> Progress | None:
        """Return the progress of the running line, or else of the literal under way; None if there is none."""
        if self.progress is not None or self.live is None:
            return self.progress
        return self._transfers.of(self.live.session)

    def set_keys(self, mode: str) -> None:
        """Set the key bindings for editing lines: "emacs" or "vi"."""
        self.keys = mode
        self.on_keys(mode)

    def leave(self) -> None:
        """Log out everywhere and end when this line is done."""
        self.leaving = True

    def match(self, text: str) -> Match:
        """Return a command as the table reads it now."""
        return self._match(text, self.context())

    @cached_property
    def _match(self) -> Callable[[str, Context], Match]:
        from imapsh.typed.match import match

        return match

    # -- secrets

    def hide(self, secret: str) -> None:
        """Hide a secret from now on, in everything that is or was typed."""
        for secrets in self._all_secrets():
            secrets.add(secret.encode("utf-8", "surrogateescape"))
        self.on_hide()

    def _all_secrets(self) -> Iterator[Secrets]:
        yield self._secrets
        for connection in self.connections.values():
            yield connection.session.secrets

    def masked(self, text: str) -> str:
        """Return the text with the secrets of every connection masked, and those typed without a connection."""
        octets = text.encode("utf-8", "surrogateescape")
        for secrets in self._all_secrets():
            octets = secrets.mask(octets)
        return octets.decode("utf-8", "surrogateescape")

    # -- connections

    def context(self) -> Context:
        """Return the context that decides how a line is read now."""
        here = self.connections.get(self.current)
        return here.session.context() if here is not None and not here.session.closed else _NOBODY

    @property
    def here(self) -> Connection | None:
        """Return the current connection, open or not; None before the first."""
        return self.connections.get(self.current)

    @property
    def live(self) -> Connection | None:
        """Return the current connection if it is open, else None."""
        here = self.connections.get(self.current)
        return here if here is not None and not here.session.closed else None

    @property
    def connection(self) -> Connection:
        """Return the current connection.  Raises StateError if none is open."""
        here = self.connections.get(self.current)
        if here is None:
            raise StateError("not connected: \\connect opens a connection")
        if here.session.closed:
            raise StateError("not connected: \\connect opens a connection again; the old one is closed")
        return here

    @property
    def session(self) -> Session:
        """Return the current connection's session.  Raises StateError if none is open."""
        return self.connection.session

    @property
    def last(self) -> Last | None:
        """Return the current connection's last exchange, or None."""
        return self.here.last if self.here is not None else None

    def named(self, name: str) -> Connection:
        """Return the connection of this name, open or not.  Raises UsageError if there is none."""
        if name not in self.connections:
            raise UsageError(
                f"there is no connection {name!r}: \\sessions lists them, \\connect -n {name} URL opens it"
            )
        return self.connections[name]

    def use(self, name: str) -> None:
        """Send lines to the connection of this name from now on.  Raises UsageError if there is none."""
        self.named(name)
        self.current = name

    def label(self, name: str) -> str:
        """Return the label before a connection's lines: its name if there are several connections, else ""."""
        return name if len(self.connections) > 1 else ""

    def connect(self, plan: Plan, name: str) -> Steps[None]:
        """Open a connection and make it the current one; try again as often as `--retry` says.

        One of the same name is replaced.  Raises what ended the last attempt.
        """
        self.failure = None
        try:
            yield from (self._connect_at_last if plan.retry else self._connect)(plan, name)
        except Interrupted:
            if self.interactive:
                raise ConnectError("interrupted: \\connect tries again") from None
            raise
        except ImapshError as error:
            self.failure = Failure(plan, name, error)
            raise

    def _connect_at_last(self, plan: Plan, name: str) -> Steps[None]:
        from imapsh.shell.connection.retry import Retries

        retries = Retries(plan.retry)
        while True:
            before = self.connections.get(name)
            try:
                yield from self._connect(plan, name)
                return
            except Interrupted:
                raise
            except ImapshError as error:
                tried = self.connections.get(name)
                session = tried.session if tried is not None and tried is not before else None
                seconds = retries.next(error, session)
                if seconds is None:
                    raise
                self.note(retries.said(error, seconds))
            yield steps.Pause(seconds)

    def _connect(self, plan: Plan, name: str) -> Steps[None]:
        if plan.tls.cert:
            from imapsh.shell.connection.passphrase import unlocked

            plan = yield from unlocked(plan, self.unlocked)
        stream, followed = yield from reached(plan, self.must)
        connection = self._add(name, followed, stream)
        try:
            yield steps.Greet(connection)
            yield from log_in(connection, self.accepted)
        except (ConnectError, TLSError, Interrupted):
            yield steps.Close(connection)
            raise
        except LoginError:  # the person may try another login, unless this one ended the connection
            if connection.session.closed:
                yield steps.Close(connection)
            raise
        finally:
            connection.display.opening = False

    def _add(self, name: str, plan: Plan, stream: Stream | AsyncStream) -> Connection:
        session = new_session(plan, self.tracer(name), self.fault)
        record = Recorder(session, plan.limits, completes=self.interactive)
        sink, quiet = self.driver.sink, self.options.quiet
        display = Display(sink, self.screen, record.viewer, partial(self.label, name), quiet=quiet)
        connection = Connection(name, plan, session, stream, record, display)
        connection.listeners.append(self._happened)
        self.connections[name] = connection
        self.current = name
        if (tracing := self.tracer(name)) is not None:
            tracing.connected(stream.info)
        return connection

    def log_out(self, connection: Connection) -> Steps[None]:
        """Send LOGOUT, wait for a few seconds at most, and close the connection.  It stays in the list.

        At the prompt the LOGOUT is shown.  In a script, it is shown only if it is a command of the script.
        """
        leaving = self.leaving
        yield from log_out(connection, shown=self.interactive and not self.options.quiet)
        self.leaving = leaving  # only a LOGOUT that the person typed ends the shell

    def _happened(self, connection: Connection, event: Event, own: bool) -> None:
        if isinstance(event, _JUDGED) and event.findings:
            self.lint.add(connection.name, event.findings)
        if isinstance(event, Completed) and not own:
            for counter in (self.stats, *self.counters):
                counter.add(connection.name, event.exchange)
        elif isinstance(event, Closed) and event.error is None and self.interactive:
            self.leaving = self.leaving or not any(one.live for one in self.connections.values())

    # -- steps

    async def follow(self, walked: Steps[T]) -> T:
        """Run steps to their end, and return what they return.  Raises what they let through."""
        answer, failed = None, None
        try:
            while True:
                step = walked.send(answer) if failed is None else walked.throw(failed)
                answer, failed = None, None
                try:
                    answer = await self._do(step)
                except ImapshError as error:
                    failed = error
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            walked.close()  # whatever ended them, they clean up now

    async def _do(self, step: steps.Step) -> Any:
        driver = self.driver
        match step:
            case Exchange():
                return await driver.run(self._whose(step), step)
            case steps.Typed(exchange):
                return await driver.typed(self.connection, exchange)
            case steps.Within(connection, exchange, seconds):
                return await driver.run(connection, exchange, seconds)
            case steps.Line(text):
                return await self.follow(self.perform(text))
            case steps.Ask(question, secret):
                return await driver.ask(question, secret=secret)
            case steps.Answer(question):
                return await driver.answer(question)
            case steps.Pause(seconds):
                return await driver.pause(seconds)
            case steps.Room():
                return await driver.room()
            case steps.Waits(work):
                return await work()
            case steps.Away(work):
                return await driver.away(work)
            case steps.Octets(octets, shown):
                return await driver.send(self.connection, octets, shown)
            case Upgrade():
                return self._encrypted()
            case steps.Reach() | steps.Greet() | steps.Close():
                return await self._do_with_connection(step)

    def _whose(self, exchange: Exchange) -> Connection:
        """Return the connection that a command of ours runs on, which need not be the current one."""
        owners = (connection for connection in self.connections.values() if exchange in connection.own)
        return next(owners, None) or self.connection

    async def _do_with_connection(self, step: steps.Reach | steps.Greet | steps.Close) -> Any:
        driver = self.driver
        match step:
            case steps.Reach(plan):
                return await driver.reach(plan)
            case steps.Greet(connection):
                return await driver.greet(connection)
            case steps.Close(connection):
                return await driver.close(connection)

    # -- traces

    def _encrypted(self) -> None:
        """Take in that who moves the octets has put TLS in."""
        if (tracing := self.tracer(self.current)) is not None:
            tracing.encrypted(self.connection.stream.info)

    def tracing(self, name: str) -> Tracing:
        """Return the tracer of the connection of this name; it stays the same when that is opened again."""
        if name not in self._tracings:
            from imapsh.shell.connection.trace import Tracing

            self._tracings[name] = Tracing(self.fault)
        return self._tracings[name]

    def tracer(self, name: str) -> Tracing | None:
        """Return the tracer, or None if nothing is traced."""
        tracing = self._tracings.get(name)
        return tracing if tracing is not None and tracing.path else None

    def set_trace(self, path: str) -> None:
        """Trace the current connection into a file, or stop for "".  Raises UsageError."""
        tracing = self.tracing(self.current)
        if path:
            tracing.begin(path, self.here.plan if self.here is not None else None)
        if self.here is not None:
            self.here.session.set_trace(tracing if path else None)
        if not path:
            tracing.end()

    @property
    def trace_path(self) -> str:
        """Return the path of the current connection's trace, or "" if there is none."""
        tracing = self.tracer(self.current)
        return tracing.path if tracing is not None else ""

    def end_traces(self) -> None:
        """Close the files of all traces."""
        for tracing in self._tracings.values():
            tracing.end()

    # -- what is shown

    def put(self, text: Shown) -> None:
        """Show text that was coloured as `output` says, its last line ended."""
        if self.target is None:
            self.driver.sink.text(text)
        else:
            self.target.write(text.encode("utf-8", "backslashreplace"))

    @property
    def takes_octets(self) -> bool:
        """Return whether output goes where octets may go as they are: to a file or a pipe."""
        return self.driver.sink.exact if self.target is None else self.target.exact

    def put_octets(self, octets: bytes) -> None:
        """Show octets, if `takes_octets` says that they may go as they are."""
        if self.target is None:
            self.driver.sink.octets(octets)
        else:
            self.target.write(octets)

    def say(self, *lines: str, style: str = "") -> None:
        """Show lines, whatever is in them: a line end within a line is shown and ends nothing."""
        self.tell([(style, one) for line in lines for one in (line, LINE_END)])

    def tell(self, pieces: Iterable[Fragment]) -> None:
        """Show words, each piece with its style, the last line ended; all of them are made safe for a terminal."""
        if self.target is None and self.driver.told_aside:
            self.driver.sink.aside(paint(pieces, None))
        else:
            self.put(paint(pieces, self.output.theme))

    def say_json(self, name: str, value: dict[str, Any]) -> bool:
        """Show an object of ours in place of words, if the format is JSON.  Return whether it was shown."""
        if self.output.format != "json":
            return False
        from imapsh.render.jsonform import dumps

        self.put(together((dumps({"kind": "imapsh", "name": name, "value": value}), LINE_END)))
        return True

    def note(self, text: str) -> None:
        """Show a line beside the conversation."""
        self.driver.sink.note(self.masked(text))

    def must(self, text: str) -> None:
        """Show a line that the person has to act on: with `--quiet` too."""
        (self.fault if self.options.quiet else self.note)(text)

    def fault(self, text: str) -> None:
        """Show an error, in one sentence."""
        self.driver.sink.fault(self.masked(text))


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine of a driver whose primitives block, and return what it returns."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("a primitive of a driver that blocks has waited")
