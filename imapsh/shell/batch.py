r"""Commands without a terminal: `-c`, `-f`, or stdin.

Stops at the first NO or BAD unless told to go on.  stdout gets the conversation, everything else goes to stderr.  IDLE
lasts until a `DONE` line or `--timeout`; what a hand-typed AUTHENTICATE is asked is answered by the lines behind it.
At the end the session says LOGOUT by itself; that is in the trace, and shown only where it was a command.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, BinaryIO

from imapsh.client.blocking import BlockingClient
from imapsh.errors import ConnectionTimeout, GreetingError, ImapshError, LoginError, UsageError
from imapsh.grammar.responses import TAGGED
from imapsh.session.events import Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.session.opening import check_greeting
from imapsh.shell import dial, files
from imapsh.shell.output import Writer, make_output, release
from imapsh.shell.password import append_password
from imapsh.shell.script import Script, from_commands, from_file
from imapsh.spec.match import Match, match
from imapsh.spec.model import LOGOUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from imapsh.shell.options import Options
    from imapsh.shell.output import Output
    from imapsh.transport.base import Stream
    from imapsh.wire.trace import Trace

CODES = {"OK": 0, "NO": 1, "BAD": 3}  #: exit statuses of tagged replies

_CHUNK = 1 << 16
_FAREWELL = 2.0  # seconds that the closing LOGOUT may take
_QUIET = 1.0  # seconds without a word after which \raw is over
_AT_ONCE = 0.001  # seconds: what is there already


class Client(BlockingClient):
    """Before it waits, all there is to send is sent, and then all there is to show is shown."""

    show: Callable[[], None]

    def pump(self) -> Event | None:
        """See BlockingClient."""
        self.flush()
        self.show()
        return super().pump()


class Batch:
    """One run over one connection."""

    def __init__(self, plan: dial.Plan, options: Options, out: BinaryIO, *, terminal: bool) -> None:
        self.plan = plan
        self.keep_going = options.keep_going
        self.output: Output = make_output(options, terminal)
        self.out = Writer(out)
        self._exact = not terminal
        self._unshown: list[Event] = []
        self._silent = False
        self._raw: tuple[str, str] = ("", "")  # the tag that \raw sent, and its reply

    def run(self, script: Script, trace: Trace | None = None) -> int:
        """Connect, log in, run the script, log out; the exit status.  Raises ImapshError, OSError for stdout."""
        stream, self.plan = dial.dial(self.plan)
        self.script = script
        self.session = dial.new_session(self.plan, trace)
        self.client = Client(
            stream, self.session, self._event, tls=self.plan.tls, server_name=self.plan.address.server_name
        )
        self.client.show = self._show
        try:
            self._greet(stream)
            self.client.follow(dial.opening_steps(self.session, self.plan, stream=self.client.stream))
            status = self._commands()
            self._farewell()
        finally:
            stream.close()
            self._show()
        return status

    # -- from the greeting to the end

    def _greet(self, stream: Stream) -> None:
        where = self.plan.where
        try:
            self.client.greet()
        except ConnectionTimeout:
            also = "" if self.session.secure else "; if it speaks TLS from the first octet, use imaps://"
            raise ConnectionTimeout(
                f"no greeting came from {where} within {self.plan.connect_timeout:g} s{also}"
            ) from None
        except GreetingError:
            # octets that are no line tell more of what they are than that they are none
            received = (event.response for event in self._unshown if isinstance(event, Received))
            check_greeting(self.session.greeting or next(received, None), where)
            raise
        stream.settimeout(self.plan.idle_timeout)

    def _commands(self) -> int:
        worst = 0
        while (text := self.script.command()) is not None:
            if text.strip():
                code = self._raw_octets(text) if text.startswith("\\") else self._command(text)
                worst = max(worst, code)
                if code and not self.keep_going:
                    break
        return worst

    def _command(self, text: str) -> int:
        found = match(text, self.session.context())
        self._check(found)
        for problem in found.errors:
            if problem.severity == "error" and problem.rule != "read-only":
                note(problem.message)
                break
        user = _login_without_password(found)
        if user:
            found = match(append_password(text, self._password(user)), self.session.context())
        exchange = self.session.line(found.text, open_file=files.open_file, matched=found)
        if exchange.name == "IDLE":
            self._idle(exchange)
        self.client.run(exchange)
        return CODES.get(exchange.status, 0)

    def _check(self, found: Match) -> None:
        command = found.command
        if self.plan.read_only and command is not None and command.changes:
            raise UsageError(f"{command.name} changes mail or mailboxes, and --read-only is on: it was not sent")

    def _password(self, user: str) -> str:
        plan = self.plan
        if not (self.session.secure or plan.demo or plan.address.is_local or plan.cleartext):
            raise LoginError(
                f"the password for {user} was not sent: the connection to {plan.where} is not encrypted; "
                "use imaps:// or STARTTLS, or --cleartext if you mean it"
            )
        return dial.password_source(plan, user)()

    def _farewell(self) -> None:
        """LOGOUT, where it was not a command of the script; the server's answer matters no more."""
        if self.session.closed or self.session.state == LOGOUT:
            return
        self._show()
        self._silent = True
        self.client.stream.settimeout(_FAREWELL)
        try:
            self.client.run(self.session.command("LOGOUT"))
        except ImapshError:
            pass

    # -- events

    def _event(self, event: Event) -> None:
        self._unshown.append(event)
        if isinstance(event, Received):
            self._received(event)

    def _show(self) -> None:
        """Write what happened since; raises BrokenPipeError where nobody reads any more."""
        unshown, self._unshown = self._unshown, []
        for event in unshown:
            if self._silent:
                pass
            elif self._exact:
                for octets in self.output.octets(event):
                    self.out.write(octets)
            else:
                self.out.write(self.output.event(event).encode("utf-8", "backslashreplace"))
            if isinstance(event, Received | Completed):
                release(event.response.frame)
        self.out.flush()

    def _received(self, event: Received) -> None:
        if event.asks == "authenticate" and event.exchange is not None and event.exchange.mechanism is None:
            answer = self.script.line()
            self.session.answer(b"*" if answer is None else answer)
        elif event.response.kind == TAGGED and event.response.tag == self._raw[0]:
            self._raw = ("", event.response.name)

    # -- what waits for more than a tagged reply

    def _idle(self, exchange: Exchange) -> None:
        """From IDLE to its DONE, which a line of the script brings, or the time-out."""
        while exchange.response is None and not self.session.idling:
            self.client.pump()
        seconds = self.plan.idle_timeout
        deadline = None if seconds is None else time.monotonic() + seconds
        look = True  # a line that is not DONE is for later
        while exchange.response is None and not self.session.ending:
            line = self.script.ready_line() if look else None
            if line is not None:
                look = False
                if line.strip().upper() == b"DONE":
                    self.script.line()
                    break
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                break
            self._wait(self.script.descriptor if look else -1, left)
        self.session.done()

    def _wait(self, descriptor: int, seconds: float | None) -> None:
        """Until the server says something, or the script does, or the time is over."""
        import select

        while self._poll(_AT_ONCE):
            pass  # TLS may hold octets that select knows nothing of
        if self.session.closed or self.session.ending:
            return
        self._show()
        watched = [one for one in (self.client.stream.fileno(), descriptor) if one >= 0]
        readable, _, _ = select.select(watched, [], [], seconds)
        if descriptor in readable:
            self.script.read()

    def _poll(self, seconds: float) -> bool:
        """Read once, if something comes within `seconds`; whether something came.  Raises ConnectionLost."""
        stream = self.client.stream
        self.client.flush()
        self._show()
        stream.settimeout(seconds)
        try:
            data = stream.read(_CHUNK)
        except ConnectionTimeout:
            return False
        finally:
            stream.settimeout(self.plan.idle_timeout)
        self.session.receive(data)
        self.client.flush()
        return True

    def _raw_octets(self, text: str) -> int:
        name, _, argument = text.partition(" ")
        if name != "\\raw":
            raise UsageError(f"{name} is for the prompt: a batch knows IMAP commands and \\raw")
        if self.plan.read_only:
            raise UsageError("--read-only cannot tell what \\raw would change: it was not sent")
        octets = files.unescape(argument)
        self._raw = (octets.split(b" ", 1)[0].decode("utf-8", "replace"), "")
        self.session.raw(octets)
        while not self._raw[1] and self._poll(self.plan.idle_timeout or _QUIET):
            pass
        return CODES.get(self._raw[1], 0)


def run(plan: dial.Plan, options: Options) -> int:
    """The batch that the options ask for; the exit status.  Raises ImapshError; OSError where stdout fails."""
    script = from_commands(options.command) if options.command else from_file(options.file or "-")
    trace, file = dial.open_trace(plan.trace) if plan.trace else (None, None)
    try:
        batch = Batch(plan, options, sys.stdout.buffer, terminal=sys.stdout.isatty())
        return batch.run(script, trace)
    finally:
        script.close()
        if file is not None:
            file.close()


def note(text: str) -> None:
    """A line on stderr, safe for a terminal."""
    from imapsh.render.visible import visible

    print(f"imapsh: {visible(text)}", file=sys.stderr, flush=True)


def _login_without_password(found: Match) -> str:
    """The user of a `LOGIN user` that lacks its password, else ""."""
    command = found.command
    if command is None or command.name != "LOGIN" or found.complete or len(found.slots) != 1:
        return ""
    value = found.slots[0].value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
