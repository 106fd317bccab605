"""One connection to the server, sans-I/O: octets in by `receive_data`, octets out by `data_to_send`.

Theory of operation.  A frame is one command.  `typed.match` reads it; if it finds a fault, the answer is BAD.
Otherwise the command's row says in which states it is allowed, and the table `HANDLERS` which function does it.  A
handler sends its responses and returns the text of the OK, or raises Refused (NO) or Bad; or it returns a Continue
(AUTHENTICATE, IDLE), and is given the next line.  What others did to the selected mailbox is reported before the tagged
reply, and at once during IDLE; EXPUNGE is sent only if the row allows it.  No octets make it raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imapsh import table
from imapsh.errors import ConnectionLost, LimitError
from imapsh.grammar.values import Code, StatusText
from imapsh.server.client import Client
from imapsh.server.commands import CAPABILITIES, ENABLING, HANDLERS, REFUSES
from imapsh.server.intake import LITERAL, LITERAL_BEFORE_LOGIN, LITERALS, Intake
from imapsh.server.reply import Arguments, Bad, Continue, Reply
from imapsh.server.store import Refused, Store
from imapsh.table.model import LOGOUT, Context
from imapsh.typed.match import match as read_command
from imapsh.wire.deflate import Deflate
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.limits import Limits
from imapsh.wire.reader import Octets

if TYPE_CHECKING:
    from imapsh.typed.match import Match

_FLAGGED = ("FETCH", "UIDFETCH")  # responses that report changed flags

BAD_COMMANDS = 50  #: BAD commands in a row before the server hangs up


class ServerSession:
    """The server's end of one connection.

    `tls` is true if the driver can do STARTTLS: when `wants_tls` becomes True, the driver sends the octets that wait,
    does the handshake and calls `tls_started`.  `login_disabled` refuses passwords until TLS is on.  `on_output` is
    called when octets wait that no `receive_data` of this session caused (IDLE).
    """

    def __init__(
        self,
        store: Store,
        *,
        tls: bool = False,
        login_disabled: bool = False,
        on_output: Callable[[], None] | None = None,
    ) -> None:
        self.client = Client(store, self._changed, extensions=CAPABILITIES, tls=tls, login_disabled=login_disabled)
        self.closed = False
        self._on_output = on_output
        self._then: Callable[[bytes], Reply] | None = None
        self._running: table.Command | None = None
        self._idling = False
        self._bad = 0
        self._intake = Intake()
        self._deflate: Deflate | None = None
        self._coded = b""  # octets that wait to be sent, in the form that held before the last switch
        ready = StatusText(Code("CAPABILITY", self.client.capabilities()), "imapsh demo server ready")
        self.client.send("OK", ready)

    # -- octets

    def receive_data(self, data: bytes) -> None:
        """Take octets from the client; never raises, whatever they are.  b"" does nothing: the end is `eof`."""
        if self.closed or not data:
            return
        try:
            for clear in self._inflated(data):
                self._take(clear)
        except LimitError as error:
            self.bye(f"a line may have {error.allowed} octets")
        except ConnectionLost:
            self.bye("what came is not deflated, and COMPRESS is on")

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        """Yield the octets in the clear, in pieces of a bounded size."""
        deflate = self._deflate
        if deflate is None:
            yield data
            return
        while clear := deflate.inflate(data):
            yield clear
            data = b""

    def _take(self, data: bytes) -> None:
        self._intake.feed(data)
        while not self.closed and not self.wants_tls and (found := self._intake.take()) is not None:
            if isinstance(found, Octets):
                self._announced(found)
            else:
                self._frame(found)
            if self.client.compressing is not (self._deflate is not None):
                self._switch()

    def _switch(self) -> None:
        """Begin or end the compression after an OK (RFC 4978 section 3; RFC 8437 section 4.1).

        What was sent ahead of the OK is dropped: it came in the wrong form.
        """
        self._coded += self._outgoing()
        self._deflate = Deflate(Limits(inflated=0)) if self.client.compressing else None
        self._intake.drop()

    def _outgoing(self) -> bytes:
        data = self.client.take()
        return self._deflate.deflate(data) if self._deflate is not None and data else data

    def data_to_send(self) -> bytes:
        """Take the octets that wait to be sent."""
        coded, self._coded = self._coded, b""
        return coded + self._outgoing()

    def eof(self) -> None:
        """Take in that the client is gone."""
        self.client.unselect()
        self.client.notify(None)
        self.closed = True

    def tls_started(self) -> None:
        """Take in that the handshake that `wants_tls` asked for is done.

        Octets in the clear after STARTTLS are dropped.
        """
        self._intake.drop()
        self.client.tls_started()

    @property
    def state(self) -> str:
        """Return one of the four states (RFC 9051 section 3)."""
        return LOGOUT if self.closed else self.client.state

    @property
    def idling(self) -> bool:
        """Return whether IDLE is going on, so that news may be sent at any time."""
        return self._idling and not self.closed

    @property
    def wants_tls(self) -> bool:
        """Return whether the driver is to do the handshake, once it has sent the octets that wait."""
        return self.client.wants_tls

    def bye(self, text: str) -> None:
        """Hang up, and say why."""
        self.client.send("BYE", StatusText(None, text))
        self.eof()

    # -- one frame

    def _announced(self, request: Octets) -> None:
        """Answer an announced literal: `+`, or a refusal before it is sent (RFC 9051 section 4.3)."""
        if self._intake.too_many:
            self.bye(f"a command may have {LITERALS} literals")
        elif not request.synchronizing:
            return
        elif self._intake.too_big:
            self._intake.refuse()
            self._refuse_big()
        else:
            self.client.send("+", StatusText(None, f"send {request.octets} octets"))

    def _refuse_big(self) -> None:
        self.client.tag, self._running = self._tag_of(self._intake.first_line), None
        text = f"the literals of this command may have {self._intake.allowed} octets together"
        self._finish("NO", StatusText(Code("TOOBIG"), text))

    def _frame(self, frame: Frame) -> None:
        if self._then is not None:
            self._answer_with(self._then, frame.raw.rstrip(b"\r\n"))
            return
        if any(isinstance(part, Spilled) for part in frame.parts):
            self._refuse_big()
            return
        self.client.tag, self._running = "", None
        literals = [part for part in frame.literals if isinstance(part, bytes)]
        self._command(_text(frame), literals)

    def _command(self, text: str, literals: list[bytes]) -> None:
        match = read_command(text, self._context(), payloads=literals)
        self.client.tag = self._tag_of(text.encode("utf-8", "replace"))
        fault = self._fault(match)
        if fault is not None:
            self._refuse_bad(fault)
            return
        assert match.command is not None
        self._running = match.command
        self._answer_with(lambda _: self._do(match), b"")

    def _do(self, match: Match) -> Reply:
        assert match.command is not None
        arguments = Arguments(match, self.client.utf8)
        for piece in arguments.every():
            if (enable := ENABLING.get((piece.kind, piece.name))) is not None:
                enable(self.client)
        handler: Callable[[Client, Arguments], Reply] = HANDLERS[match.command.name]
        return handler(self.client, arguments)

    def _context(self) -> Context:
        return Context(
            self.state,
            frozenset(self.client.capabilities()),
            self.client.rev2,
            self.client.utf8,
            False,
            True,
            enabled=frozenset(self.client.enabled),
        )

    def _fault(self, match: Match) -> StatusText | None:
        """Return why the line cannot be done, or None if it can."""
        row = match.command
        for problem in match.errors:
            offered = self.client.account is None or (row is not None and row.name in REFUSES)
            if problem.severity == "error" or (problem.rule == "not-offered" and not offered):
                code = Code("UIDREQUIRED") if problem.rule == "uid-required" else None
                return StatusText(code, f"{problem.message} (at character {problem.offset + 1})")
        if row is None or row.name not in HANDLERS:
            return StatusText(None, "unknown command")
        if not match.complete:
            return StatusText(None, f"{row.name} is incomplete")
        if self.state not in row.states:
            return StatusText(None, f"{row.name} is not allowed in the {self.state} state")
        return None

    @staticmethod
    def _tag_of(line: bytes) -> str:
        """Return the tag as far as there is one: astring characters except `+` (RFC 9051 section 9)."""
        word = line.split(b" ")[0].rstrip(b"\r\n")
        good = 0 < len(word) <= 200 and all(0x21 <= octet < 0x7F and octet not in b'(){%*"\\+' for octet in word)
        return word.decode("ascii") if good else ""

    def _answer_with(self, handler: Callable[[bytes], Reply], line: bytes) -> None:
        self._then, self._idling = None, False
        self.client.acting = True
        try:
            reply = handler(line)
        except Refused as refused:
            self._bad = 0
            self._finish("NO", StatusText(Code(refused.code, refused.arg) if refused.code else None, str(refused)))
        except (Bad, ValueError) as bad:
            self._refuse_bad(StatusText(None, str(bad)))
        else:
            self._intake.allowed = LITERAL if self.client.account is not None else LITERAL_BEFORE_LOGIN
            if isinstance(reply, Continue):
                self.client.send("+", StatusText(None, reply.text))
                self._then = reply.then
                self._idling = reply.idles
                self.client.acting = False
                if reply.idles:
                    self._tell(expunge=True)
                self._intake.take_line()
                return
            self._bad = 0
            self._finish("OK", reply)

    def _refuse_bad(self, why: StatusText) -> None:
        self._bad += 1
        if self._bad > BAD_COMMANDS:
            self.bye("too many unknown commands")
            return
        self._finish("BAD", why)

    def _finish(self, name: str, reply: StatusText) -> None:
        """Send news of the mailbox, then the tagged reply, which is untagged if the line had no tag."""
        row, self._running, self._then = self._running, None, None
        self.client.acting = False
        expunges = row is not None and row.asks == "EXPUNGE"  # the client is always told what it has expunged itself
        self._tell(expunge=row is not None and row.expunges, everything=expunges)
        self.client.send(name, reply._replace(text=_visible(reply.text)), self.client.tag or None)
        if self.client.closing:
            self.eof()

    # -- news

    def _changed(self) -> None:
        """Take in that somebody else has changed something.

        With NOTIFY it is sent at any time (RFC 5465 section 3.1).
        """
        notified = self.client.notified
        if self.client.acting or not (self._idling or notified is not None):
            return
        selected = self.client.selected
        above = selected.announced if selected is not None else 0
        self._tell(expunge=self._idling or (notified is not None and not notified.delayed))
        for name, value in notified.arrived(above) if notified is not None else ():
            self.client.send(name, value)
        if self._on_output is not None:
            self._on_output()

    def _tell(self, *, expunge: bool, everything: bool = False) -> None:
        notified, selected = self.client.notified, self.client.selected
        for name, value in notified.news() if notified is not None else ():
            self.client.send(name, value)
        told = notified is None or everything or bool(notified.selected)
        if selected is not None and not told:
            selected.overhear()
        for name, value in selected.news(expunge=expunge, rev2=self.client.rev2) if selected and told else ():
            if notified is None or everything or name not in _FLAGGED or "FlagChange" in notified.selected:
                self.client.send(name, value)


def _text(frame: Frame) -> str:
    """Return the line pieces without their line ends, as UTF-8 if they are that, otherwise as Latin-1."""
    pieces = b"".join(part.rstrip(b"\r\n") for part in frame.parts[::2] if isinstance(part, bytes))
    try:
        return pieces.decode("utf-8")
    except UnicodeDecodeError:
        return pieces.decode("latin-1")


def _visible(text: str) -> str:
    """Return text for a reply, in which a client's odd characters are escaped."""
    return text if text.isascii() and text.isprintable() else ascii(text)[1:-1]
