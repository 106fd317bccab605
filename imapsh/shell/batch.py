r"""Commands without a terminal: `-c`, `-f`, or stdin.

Stops at the first NO or BAD unless told to go on.  stdout gets the conversation, everything else goes to stderr.  IDLE
lasts until a `DONE` line or `--timeout`; what a hand-typed AUTHENTICATE is asked is answered by the lines behind it.
At the end the session says LOGOUT by itself; that is in the trace, and shown only where it was a command.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterable
from functools import partial
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from imapsh.errors import ImapshError, Interrupted, LoginError
from imapsh.grammar.responses import TAGGED
from imapsh.render.styles import Fragment, paint
from imapsh.render.visible import visible
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell import dial, lines
from imapsh.shell.batch_talk import BatchTalk
from imapsh.shell.conversation import told
from imapsh.shell.course import Course
from imapsh.shell.host import FIRST, Host
from imapsh.shell.output import Writer, is_plain, make_output
from imapsh.shell.progress import Meter
from imapsh.shell.retry import Retries
from imapsh.shell.script import Script, from_commands, from_file
from imapsh.shell.steps import ROOM, Ask, Away, Dial, HangUp, Line, Octets, Pause, Step, Steps, T, Typed, Walk
from imapsh.spec.match import Match, match

if TYPE_CHECKING:
    from imapsh.server.store import Store
    from imapsh.shell.last import Last
    from imapsh.shell.options import Options
    from imapsh.wire.trace import Trace

_TURNS = (b"\\use ", b"\\connect -n ")  # lines that turn to another connection, and leave IDLE running
_QUIET = 1.0  # seconds without a word after which \raw is over


class Batch(Host[BatchTalk]):
    """One run of a script."""

    def __init__(self, plan: dial.Plan, options: Options, out: BinaryIO, *, terminal: bool) -> None:
        super().__init__(options, make_output(options, terminal))
        self.plan = plan
        self.out = Writer(out)
        self._exact = not terminal
        self._reporting = bool(options.report) and _report_to_stdout(options.report)
        self._meter = Meter(_to_stderr, _columns if _is_terminal(sys.stderr) and not is_plain(options) else None)
        self._unshown: list[tuple[BatchTalk, Event]] = []
        self._silent = False
        self._leaving = False
        self._raw: tuple[str, str] = ("", "")  # the tag that \raw sent, and its reply
        self._store: Store | None = None
        self._traces: dict[str, tuple[str, IO[bytes]]] = {}

    def run(self, script: Script) -> int:
        """Connect, log in, run the script, log out; the exit status.  Raises ImapshError, OSError for stdout."""
        self.script = script
        if self.options.report:
            from imapsh.shell import report

            self.tally.report = report.make(self.options.report, script.name)
        try:
            self._open(self.plan, FIRST)
            status = self._commands()
            for talk in self.talks.values():
                self._hang_up(talk)
            self.tally.end()
        except BaseException as error:
            if isinstance(error, ImapshError) and self.options.file and script.number:
                error.args = (f"{self.place}: {error}",)
            self.tally.end(_why(error))
            raise
        finally:
            for talk in self.talks.values():
                talk.client.close()
            self._show()
            for talk in self.talks.values():
                self.put(self.output.flush(self._label(talk), talk.viewer))
            self.out.flush()
            for _, file in self._traces.values():
                file.close()
        return status

    @property
    def place(self) -> str:
        """See Host."""
        return f"{self.script.name}:{self.script.number}"

    # -- from the greeting to the end

    def _open(self, plan: dial.Plan, name: str) -> None:
        if plan.demo and self._store is None:
            from imapsh.server.demo import demo_store

            self._store = demo_store()
        self._dial(plan, name)
        self.current = name
        self.talks[name].log_in()

    def _dial(self, plan: dial.Plan, name: str) -> None:
        """To the greeting, and again as often as `--retry` says."""
        trace = self._trace(name, plan.trace) if plan.trace and name == FIRST else None
        retries = Retries(plan)
        while True:
            session = None
            try:
                stream, followed = dial.dial(plan, self._store)
                self._show()  # while the names of connections are what they were
                session = dial.new_session(followed, trace)
                talk = self.talks[name] = BatchTalk(name, followed, session, stream)
                talk.greet(partial(self._event, talk), self._show, self._tick)
                return
            except ImapshError as error:
                seconds = retries.next(error, session)
                if seconds is None:
                    raise
                self.note(retries.said(error, seconds))
            time.sleep(seconds)

    def _commands(self) -> int:
        course = Course(self)
        while not self._leaving and (text := self.script.command()) is not None and course.goes_on(text):
            if text.strip():
                if not course.done(self._follow(self._line(text))):
                    break
                self._look_around()
        return course.end()

    def _line(self, text: str) -> Steps[str]:
        """A line of the script; `DONE` for a connection that was left idle ends that."""
        talk = self.live
        if talk is not None and talk.session.idling and text.strip().upper() == "DONE":
            exchange = talk.session.running[next(tag for tag, e in talk.session.running.items() if e.name == "IDLE")]
            talk.session.done()
            yield exchange
            return exchange.status
        return (yield from lines.take(self, text))

    def _look_around(self) -> None:
        """What the servers said meanwhile on the connections that are not the current one."""
        for talk in self.talks.values():
            if talk.name != self.current and talk.live and not talk.session.ending:
                talk.catch_up()

    def _hang_up(self, talk: BatchTalk) -> None:
        self._show()
        self._silent = True
        talk.log_out()
        self._show()
        self._silent = False

    # -- steps

    def _follow(self, steps: Steps[T]) -> T:
        """Run steps to their end, and give its result.  Raises what they let through."""
        with Walk(steps) as walk:
            for step in walk:
                try:
                    walk.answer = self._do(step)
                except KeyboardInterrupt:
                    walk.error = Interrupted("interrupted")
                except ImapshError as error:
                    walk.error = error
            return walk.result

    def _do(self, step: Step) -> Any:
        match step:
            case Typed(exchange):
                self._typed(exchange)
            case Exchange():
                self.conversation.client.run(step)
            case Ask(question, secret):
                return ask(question, secret=secret)
            case Line(text):
                return self._follow(lines.take(self, text))
            case Pause(seconds):
                self._pause(seconds)
            case Away(work):
                self._show()
                return work()
            case Octets(octets):
                return self._octets(octets)
            case Dial(plan, name):
                self._open(plan, name)
            case HangUp(name):
                self._hang_up(self.talks[name])
        return None

    def _typed(self, exchange: Exchange) -> None:
        if exchange.name == "IDLE" and self._idle(exchange):
            return
        self.conversation.client.run(exchange)

    # -- what Host asks for

    @property
    def attended(self) -> bool:
        """See Host."""
        return _is_terminal(sys.stdin)

    def match(self, text: str) -> Match:
        """See Host.  What is wrong with the line is said, and it is sent all the same."""
        found = match(text, self.session.context())
        for problem in found.errors:
            if problem.severity == "error" and problem.rule != "read-only":
                note(problem.message)
                break
        return found

    def password(self, user: str) -> Steps[str | None]:
        """See Host: from where the options say, or a person at the terminal."""
        talk = self.conversation
        plan = talk.plan
        if not (talk.session.secure or plan.demo or plan.address.is_local or plan.cleartext):
            raise LoginError(
                f"the password for {user} was not sent: the connection to {plan.where} is not encrypted; "
                "use imaps:// or STARTTLS, or --cleartext if you mean it"
            )
        yield ROOM
        return dial.password_source(plan, user)()

    def tell(self, pieces: Iterable[Fragment]) -> None:
        """See Host: on stderr where what stdout carries is for a program."""
        if self.target is None and (self._reporting or (self._exact and self.screen.format == "json")):
            self._show()
            self._meter.clear()
            _to_stderr(paint(pieces, None))
        else:
            super().tell(pieces)

    def show(self, text: str) -> None:
        """See Host."""
        self._show()
        self.out.write(text.encode("utf-8", "backslashreplace"))

    def note(self, text: str) -> None:
        """See Host: on stderr."""
        self._show()
        self._meter.clear()
        note(text)

    fault = note

    def set_trace(self, path: str) -> None:
        """See Host."""
        session = self.session
        old = self._traces.pop(self.current, None)
        session.set_trace(self._trace(self.current, path) if path else None)
        if old is not None:
            old[1].close()

    def _trace(self, name: str, path: str) -> Trace:
        trace, file = dial.open_trace(path)
        self._traces[name] = (path, file)
        return trace

    @property
    def trace_path(self) -> str:
        """See Host."""
        return self._traces[self.current][0] if self.current in self._traces else ""

    @property
    def last(self) -> Last | None:
        """See Host."""
        return self.talk.last if self.talk is not None else None

    def leave(self) -> None:
        """See Host."""
        self._leaving = True

    # -- events

    def _event(self, talk: BatchTalk, event: Event) -> None:
        self.count(talk, event)
        if isinstance(event, Received):
            self._received(talk, event)
        elif isinstance(event, Closed) and event.error is not None:
            event.error.args = (told(event),)
        elif isinstance(event, Sent):
            self._show()  # before what `last` holds of the command before is let go
        shown = talk.sifted(event)
        if shown is not None:
            talk.last.keep(shown)
            if not talk.witness(shown):
                self._unshown.append((talk, shown))
        elif isinstance(event, Completed):
            del talk.own[event.exchange]

    def _show(self) -> None:
        """Write what happened since; raises BrokenPipeError where nobody reads any more."""
        unshown, self._unshown = self._unshown, []
        if unshown:
            self._meter.clear()
        for talk, event in unshown:
            label = self._label(talk)
            if self._silent:
                pass
            elif self._exact:
                for octets in self.screen.octets(event, label, talk.viewer):
                    self.out.write(octets)
            else:
                self.out.write(self.screen.event(event, label, talk.viewer).encode("utf-8", "backslashreplace"))
        self.out.flush()
        self._tick()

    def _tick(self) -> None:
        """Show how far it has come, where somebody sees it."""
        if self._meter.seen:
            self._meter.show(self.moving, time.monotonic())

    def _label(self, talk: BatchTalk) -> str:
        return talk.name if len(self.talks) > 1 else ""

    def _received(self, talk: BatchTalk, event: Received) -> None:
        if event.asks == "authenticate" and event.exchange is not None and event.exchange.mechanism is None:
            answer = self.script.line()
            talk.session.answer(b"*" if answer is None else answer)
        elif event.response.kind == TAGGED and event.response.tag == self._raw[0]:
            self._raw = ("", event.response.name)

    # -- what waits for more than a tagged reply

    def _idle(self, exchange: Exchange) -> bool:
        """From IDLE to its DONE, which a line of the script brings, or the time-out.

        True: it was left running, for the next line turns to another connection.
        """
        talk = self.conversation
        session = talk.session
        while exchange.response is None and not session.idling:
            talk.client.pump()
        seconds = talk.plan.idle_timeout
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
            self._wait(self.script.descriptor if look else -1, left)
        session.done()
        return False

    def _wait(self, descriptor: int, seconds: float | None) -> None:
        """Until a server says something, or the script does, or the time is over."""
        import select

        talks = [talk for talk in self.talks.values() if not (talk.session.closed or talk.session.ending)]
        for talk in talks:
            talk.catch_up()
        if self.session.closed or self.session.ending:
            return
        self._show()
        watched = [one for one in (*(talk.client.stream.fileno() for talk in talks), descriptor) if one >= 0]
        readable, _, _ = select.select(watched, [], [], seconds)
        if descriptor in readable:
            self.script.read()

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self.live is None:
                time.sleep(left)
            else:
                self._wait(-1, left)

    def _octets(self, octets: bytes) -> str:
        """Send them, and wait for a reply with the tag they begin with, or for silence; the reply's status."""
        talk = self.conversation
        self._raw = (octets.split(b" ", 1)[0].decode("utf-8", "replace"), "")
        talk.session.raw(octets)
        while not self._raw[1] and talk.poll(talk.plan.idle_timeout or _QUIET):
            pass
        return self._raw[1]


def run(plan: dial.Plan, options: Options) -> int:
    """The batch that the options ask for; the exit status.  Raises ImapshError; OSError where stdout fails."""
    script = from_commands(options.command) if options.command else from_file(options.file or "-")
    with contextlib.ExitStack() as files:
        files.callback(script.close)
        out: BinaryIO = sys.stdout.buffer
        if options.report and _report_to_stdout(options.report):
            out = files.enter_context(open(os.devnull, "wb"))
        return Batch(plan, options, out, terminal=sys.stdout.isatty()).run(script)


def _report_to_stdout(option: str) -> bool:
    from imapsh.shell import report

    return report.target(option)[1] == report.STDOUT


def _why(error: BaseException) -> str:
    """What ended a run, in a sentence."""
    if isinstance(error, ImapshError):
        return str(error)
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "imapsh itself failed"


def _is_terminal(file: IO[str] | None) -> bool:
    return file is not None and file.isatty()


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _columns() -> int:
    return shutil.get_terminal_size().columns


def ask(question: str, *, secret: bool = False) -> str | None:
    """A person's answer at the terminal; None where nobody is there or will say."""
    if not _is_terminal(sys.stdin):
        return None
    try:
        if secret:
            from getpass import getpass

            return getpass(question)
        print(visible(question), end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().rstrip("\n") or None
    except EOFError:
        return None


def note(text: str) -> None:
    """A line on stderr, safe for a terminal."""
    print(f"imapsh: {visible(text)}", file=sys.stderr, flush=True)
