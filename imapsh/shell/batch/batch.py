r"""Commands without a terminal: `-c`, `-f`, or stdin.

Stops at the first NO or BAD unless told to go on.  stdout gets the conversation, everything else goes to stderr.  IDLE
lasts until a `DONE` line or `--timeout`; what a hand-typed AUTHENTICATE is asked is answered by the lines behind it.
At the end the session says LOGOUT by itself; that is in the trace, and shown only where it was a command.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any, BinaryIO

from imapsh.errors import ImapshError, Interrupted
from imapsh.grammar.responses import TAGGED
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.shell import dial, lines, stdio
from imapsh.shell.batch.connections import BatchConnections
from imapsh.shell.batch.course import Course
from imapsh.shell.batch.script import Script, from_commands, from_file
from imapsh.shell.batch.talk import BatchTalk
from imapsh.shell.host import FIRST
from imapsh.shell.steps import ROOM, Ask, Away, Dial, HangUp, Line, Octets, Pause, Step, Steps, T, Typed, Walk
from imapsh.spec.match import Match, match

if TYPE_CHECKING:
    from imapsh.shell.options import Options

_TURNS = (b"\\use ", b"\\connect -n ")  # lines that turn to another connection, and leave IDLE running
_QUIET = 1.0  # seconds without a word after which \raw is over


class Batch(BatchConnections):
    """One run of a script."""

    def __init__(self, plan: dial.Plan, options: Options, out: BinaryIO, *, terminal: bool) -> None:
        super().__init__(options, out, terminal=terminal)
        self.plan = plan
        self._leaving = False
        self._raw: tuple[str, str] = ("", "")  # the tag that \raw sent, and its reply

    def run(self, script: Script) -> int:
        """Connect, log in, run the script, log out; the exit status.  Raises ImapshError, OSError for stdout."""
        self.script = script
        if self.options.report:
            from imapsh.shell.expecting import report

            self.tally.report = report.make(self.options.report, script.name)
        try:
            if self.plan.trace:
                self.tracing(FIRST).begin(self.plan.trace)
            self.open(self.plan, FIRST)
            status = self._commands()
            for talk in self.talks.values():
                self.hang_up(talk)
            self.tally.end()
        except BaseException as error:
            if isinstance(error, ImapshError):
                at = f"{self.place}: " if self.options.file and script.number else ""
                error.args = (at + self.masked(str(error)),)
            self.tally.end(_why(error))
            raise
        finally:
            self.close()
        return status

    @property
    def place(self) -> str:
        """See Host."""
        return f"{self.script.name}:{self.script.number}"

    @property
    def for_program(self) -> bool:
        """See BatchConnections: a report is, too."""
        return super().for_program or _reports_to_stdout(self.options)

    def _commands(self) -> int:
        course = Course(self)
        asked = False
        while not self._leaving and (text := self.script.command()) is not None and course.goes_on(text):
            if text.strip():
                asked = self._asks(text, asked)
                if not course.done(self._follow(self._line(text))):
                    break
                self._look_around()
        return course.end()

    def _asks(self, text: str, before: bool) -> bool:
        """Whether the lines behind this one may answer an AUTHENTICATE; one that nobody asked for is secret, too."""
        row = None if lines.is_ours(self, text) else match(text).command
        if before and row is None and not lines.is_ours(self, text):
            self.hide(text.strip())
            return True
        return row is not None and row.name == "AUTHENTICATE"

    def _line(self, text: str) -> Steps[str]:
        """A line of the script; `DONE` for a connection that was left idle ends that."""
        talk = self.live
        if talk is not None and talk.idle is not None and text.strip().upper() == "DONE":
            exchange = talk.idle
            talk.session.done()
            yield exchange
            return exchange.status
        return (yield from lines.take(self, text))

    def _look_around(self) -> None:
        """What the servers said meanwhile on the connections that are not the current one."""
        for talk in self.talks.values():
            if talk.name != self.current and talk.live and not talk.session.ending:
                talk.catch_up()

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
                return stdio.ask(question, secret=secret)
            case Line(text):
                return self._follow(lines.take(self, text))
            case Pause(seconds):
                self._pause(seconds)
            case Away(work):
                self.show_due()
                return work()
            case Octets(octets, shown):
                return self._octets(octets, shown)
            case Dial(plan, name):
                self.open(plan, name)
            case HangUp(name):
                self.hang_up(self.talks[name])
        return None

    def _typed(self, exchange: Exchange) -> None:
        if exchange.name == "IDLE" and self._idle(exchange):
            return
        self.conversation.client.run(exchange)

    # -- what Host asks for

    @property
    def attended(self) -> bool:
        """See Host."""
        return stdio.is_terminal(sys.stdin)

    def match(self, text: str) -> Match:
        """See Host.  What is wrong with the line is said, and it is sent all the same."""
        found = match(text, self.session.context())
        for problem in found.errors:
            if problem.severity == "error" and problem.rule != "read-only":
                stdio.note(self.masked(problem.message))
                break
        return found

    def password(self, user: str) -> Steps[str | None]:
        """See Host: from where the options say, or a person at the terminal."""
        yield ROOM
        return dial.password_source(self.conversation.plan, user)()

    def leave(self) -> None:
        """See Host."""
        self._leaving = True

    def received(self, talk: BatchTalk, event: Received) -> None:
        """See BatchConnections: lines of the script answer what an AUTHENTICATE is asked, and \\raw has its reply."""
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
        self.show_due()
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

    def _octets(self, octets: bytes, shown: bytes | None) -> str:
        """Send them, and wait for a reply with the tag they begin with, or for silence; the reply's status."""
        talk = self.conversation
        self._raw = (octets.split(b" ", 1)[0].decode("utf-8", "replace"), "")
        talk.session.raw(octets, shown)
        while not self._raw[1] and talk.poll(talk.plan.idle_timeout or _QUIET):
            pass
        return self._raw[1]


def run(plan: dial.Plan, options: Options) -> int:
    """The batch that the options ask for; the exit status.  Raises ImapshError; OSError where stdout fails."""
    script = from_commands(options.command) if options.command else from_file(options.file or "-")
    with contextlib.ExitStack() as files:
        files.callback(script.close)
        out: BinaryIO = sys.stdout.buffer
        if _reports_to_stdout(options):
            out = files.enter_context(open(os.devnull, "wb"))
        return Batch(plan, options, out, terminal=sys.stdout.isatty()).run(script)


def _reports_to_stdout(options: Options) -> bool:
    if not options.report:
        return False
    from imapsh.shell.expecting import report

    return report.target(options.report)[1] == report.STDOUT


def _why(error: BaseException) -> str:
    """What ended a run, in a sentence."""
    if isinstance(error, ImapshError):
        return str(error)
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "imapsh itself failed"
