"""The session: octets in, events out; commands in, octets out.  No I/O, no clock but the one given.

A driver (`imapsh.client`) moves the octets:

    session.receive(data)                    b"" is the end of the stream
    for event in session.events(): ...       Sent, Received, Completed, Unsent, Upgrade, Closed
    while octets := session.to_send(): ...   write them

Call `events` and `to_send` after every `receive` and every command.  Commands are queued and sent when those before
allow it (RFC 9051 section 5.5); a `+` goes to the literal that waits, else to AUTHENTICATE, else to IDLE, else to
nobody.

After a BYE that nobody asked for nothing more is sent (`ending`), and what still comes is read: the end of the stream
closes.  A driver waits for it FAREWELL seconds.
"""

from __future__ import annotations

import time
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Protocol

from imapsh.errors import (
    ConnectionLost,
    ConnectionTimeout,
    GreetingError,
    ImapshError,
    LimitError,
    LoginError,
    ServerBye,
    StateError,
    TLSError,
    UsageError,
)
from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import CONTINUATION, GARBAGE, STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.values import Fetch, Garbage, StatusText
from imapsh.session import conduct, states
from imapsh.session.attribution import answered, says_whose
from imapsh.session.events import Closed, Completed, Event, Received, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.session.freetext import FreeText, Heard
from imapsh.session.numbering import NOTHING
from imapsh.session.secrets import MASK
from imapsh.session.sending import Sending
from imapsh.spec.model import AUTHENTICATED, LOGOUT, SELECTED
from imapsh.wire.frames import Frame
from imapsh.wire.limits import DEFAULT, Limits
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader, Opener

if TYPE_CHECKING:
    from imapsh.sasl.mechanism import Mechanism
    from imapsh.session.transfer import Transfer
    from imapsh.session.waiting import Waiting
    from imapsh.wire.deflate import Deflate

FAREWELL = 5.0
"""Seconds that a driver waits for the end of the stream after BYE (`Session.ending`)."""

RENEWAL = 29 * 60.0
"""Seconds after which who holds IDLE ends it and takes it up again, for servers log out who is silent for 30 minutes
(RFC 2177 section 3)."""


class Tracer(Protocol):
    """What keeps a trace: `imapsh.wire.trace.Trace`."""

    def received(self, piece: bytes, /) -> None:
        """Octets from the server, known secrets masked."""

    def sent(self, octets: bytes, /) -> None:
        """Octets to the server, secrets masked."""


class Session(Sending):
    """One connection's conversation.

    What it knows is `Knowledge`'s.  `secure`: the driver says that nobody can listen.  `opener` sends large literals
    elsewhere.  `ending`: BYE came and nobody had asked for it; only the end of the stream is still due.
    `strict`: what a program submits is sent only in a state in which the table allows it.
    """

    def __init__(
        self,
        *,
        limits: Limits = DEFAULT,
        opener: Opener | None = None,
        trace: Tracer | None = None,
        clock: Callable[[], float] = time.monotonic,
        secure: bool = False,
        read_only: bool = False,
        strict: bool = False,
    ) -> None:
        super().__init__(clock=clock, secure=secure, read_only=read_only, nesting=limits.nesting, strict=strict)
        self.greeting: Response | None = None
        self.received_octets = 0
        self.sent_octets = 0
        self.limits = limits
        self._trace: Tracer | None = None
        self._pusher = Pusher(FrameReader(limits=limits, opener=opener))
        self._free = FreeText(self.secrets, self.parser.readers, self._known_tags)
        self._traced = Heard(self.secrets, self.parser.readers, self._known_tags)
        self._challenge = ""
        self._deflate: Deflate | None = None
        self._ended = False
        self._bye: Response | None = None
        self._given_up: dict[str, Exchange] = {}
        self.set_trace(trace)

    # -- octets

    def receive(self, data: bytes) -> None:
        """Take in what the server sent; b"" is the end of the stream.  After Closed nothing is taken any more."""
        if self.closed:
            return
        self.received_octets += len(data)
        for exchange in self.running.values():
            if exchange.first is None:
                exchange.first = self._clock()
            break
        self._pusher.feed(data)
        self._ended = not data

    def events(self) -> Iterator[Event]:
        """What has happened, one by one.  Stops at an Upgrade until `upgraded` is called, and for good after Closed."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self.closed or self._paused or not self._advance():
                return

    def to_send(self) -> bytes:
        """The next octets to write, b"" when there are none now."""
        if self.closed or self.ending:
            return b""
        try:
            out = self._outbox.take()
        except ConnectionLost as error:
            self._close(error)
            return b""
        if out is None:
            return b""
        if self._trace is not None:
            self._trace.sent(out.shown)
        octets = out.octets if self._deflate is None else self._deflate.deflate(out.octets)
        self.sent_octets += len(octets)
        return octets

    def _crossed(self) -> int:
        return 0 if self._deflate is None else self.sent_octets + self.received_octets

    def set_trace(self, trace: Tracer | None) -> None:
        """From now on keep a trace, or none."""
        if self._trace is not None and (held := self._traced.rest()):
            self._trace.received(held)
        self._trace = trace
        self._pusher.on_piece = None if trace is None else self._piece

    @property
    def midway(self) -> bool:
        """Whether something has been said in part, by either side: what is silent now may be silent for ever."""
        return self._outbox.waiting or self._pusher.midway

    @property
    def waiting(self) -> Waiting | None:
        """What is waited for in the middle of it; None where nothing is.  Take all events before."""
        from imapsh.session import waiting

        part = self._pusher.unfinished
        if part is not None:
            return waiting.of_server(part, self.parser, self.running.values())
        ours = self._outbox.waits
        return ours and waiting.Waiting("+", ours[1], command=f"{ours[0].tag} {ours[0].name}")

    @property
    def transfer(self) -> Transfer | None:
        """The literal that is on its way; None where none is."""
        from imapsh.session.transfer import Transfer

        if (coming := self._pusher.literal) is not None:
            return Transfer(False, *coming)
        going = self._outbox.literal
        return going and Transfer(True, *going)

    def resync(self) -> bool:
        """Give up the literal or line that has come in part, and go on behind it; whether there was one.

        What came of a literal is read again as responses from where they are believable; the literal breaks the rule
        `literal` then.  Raises what ended the session (`over`).
        """
        if self.closed:
            raise self.over().with_traceback(None)
        frame = self._pusher.resync()
        if frame is not None:
            self._take(self._read(frame))
        return frame is not None

    def give_up(self, but: Collection[Exchange] = ()) -> tuple[Exchange, ...]:
        """Wait no more for the replies to commands that were sent whole; returns them.  Those behind them go on.

        A late reply completes its command all the same.  An IDLE that lasts stays, and so do those of `but`.
        """
        stays = {self._outbox.current, *but}
        given = [one for one in self.running.values() if one not in stays and not (self.idling and one.name == "IDLE")]
        self._given_up.update((one.tag, self.running.pop(one.tag)) for one in given)
        self._start_next()
        return tuple(given)

    def upgraded(self) -> None:
        """The driver has put TLS in: nothing learned before counts any more (RFC 9051 section 6.2.1)."""
        self._paused = False
        self.secure = True
        self.parser.utf8 = False
        self._set_capabilities(())
        self._start_next()

    def lost(self, error: ImapshError, *, here: bool = False) -> None:
        """The driver could not go on: reading, writing or TLS failed.  What was received before is read first.

        `here`: it was told to stop.  What is asked of the session later is a StateError then.
        """
        while not self.closed and self._advance():
            pass
        if isinstance(error, ConnectionTimeout) and not self.closed and (waiting := self.waiting) is not None:
            error.args = (f"{error} ({waiting})",)  # the same error: who raised it knows it by
        if here and not self.closed:
            self._over = StateError(f"{error}: connect again")
        self._close(error)

    # -- receiving

    def _piece(self, piece: bytes) -> None:
        self._traced.logged_in = self.state in (AUTHENTICATED, SELECTED)
        if self._trace is not None and (shown := self._traced.feed(piece, self._pusher.telling)):
            self._trace.received(shown)

    def _known_tags(self) -> Collection[str]:
        return {*self.running, *self._raw.tags, *self._given_up}

    def _in_use(self, tag: str) -> bool:
        return tag in self._given_up or super()._in_use(tag)

    def _advance(self) -> bool:
        """Read one more frame; whether anything came of it."""
        try:
            frame = self._pusher.take()
        except (LimitError, ConnectionLost) as error:
            self._close(error)
            return True
        if isinstance(frame, Frame):
            self._take(self._read(frame))
            return True
        if self._ended:
            self._close(self._eof())
            return True
        return False

    def _read(self, frame: Frame) -> Response:
        """Parse what came, and mask what is shown of it; what a logged-in user asks for is mail, and stays as it is."""
        greeting = self.state == states.START
        response = self.parser.parse(frame, greeting=greeting)
        if response.kind is CONTINUATION:
            self._challenge = _text(response)  # a mechanism reads what came
        logged_in = self.state in (AUTHENTICATED, SELECTED)
        if not self.secrets.known or (response.kind is UNTAGGED and logged_in):
            return response
        self._free.logged_in = logged_in
        return self._free.shown(response, self.parser, greeting=greeting)

    def _eof(self) -> ImapshError | None:
        if self._bye is not None and not self.ending:
            return None
        if self.state == states.START:
            how = "without a greeting" if self.greeting is None else "and never greeted as IMAP does"
            return GreetingError(f"the server closed the connection {how}")
        names = ", ".join(f"{exchange.tag} {exchange.name}" for exchange in self.running.values())
        during = f" while {names} was running" if names else ""
        return ConnectionLost(f"the server closed the connection without a word{during}: \\connect opens it again")

    def _close(self, error: ImapshError | None) -> None:
        """The end: what was received and not read yet is shown, and what is in flight gets no reply any more."""
        if self.closed:
            return
        self._show_rest()
        findings = (Finding("bye-silent", "no BYE came before the end"),) if self._silent() and self._ended else ()
        if self.state == states.START and type(error) is ConnectionLost:
            error = GreetingError(str(error))
        if self.ending and not isinstance(error, LimitError):
            error = self._farewell()
        if self._over is None and error is not None:
            self._over = error if isinstance(error, ConnectionLost) else ConnectionLost(str(error))
        self.closed = True
        self.state = LOGOUT
        self.idling = self._done_wanted = False
        in_flight = (*self.running.values(), *self.queue)
        self.running.clear()
        self.queue.clear()
        self._given_up.clear()
        self.set_trace(None)
        self._events.append(Closed(error, in_flight, findings))

    def _farewell(self) -> ImapshError:
        kind = GreetingError if self._bye is self.greeting else ServerBye
        return kind(f"the server said BYE: {_text(self._bye)}".removesuffix(": "))

    def _silent(self) -> bool:
        return self._bye is None and self.state not in (states.START, LOGOUT)

    def _show_rest(self) -> None:
        offset = self._pusher.reader.offset
        rest = self._pusher.rest()
        if rest:
            frame = Frame((self.secrets.mask_text(rest),), offset, incomplete=True)
            violation = Violation("line", len(rest), "the end came before these octets made a response")
            exchange = next(iter(self.running.values()), None)
            shown = Response(GARBAGE, "", Garbage(), frame, None, (violation,))
            self._events.append(Received(shown, exchange, unsolicited=True))

    def _take(self, response: Response) -> None:
        exchange = next(iter(self.running.values()), None)
        if exchange is not None and exchange.first is None:
            exchange.first = self._clock()
        kind = response.kind
        if response.frame.incomplete:
            self._events.append(Received(response, exchange, unsolicited=True))
        elif self.state == states.START:
            self._greet(response)
        elif kind == TAGGED and response.tag in self.running:
            self._complete(self.running.pop(response.tag), response)
        elif kind == TAGGED and response.tag in self._given_up:  # late
            self._complete(self._given_up.pop(response.tag), response)
        elif kind == CONTINUATION:
            if exchange is not None:
                exchange.received += response.frame.length
            self._continue(response)
        else:
            self._untagged(response, exchange)

    def _greet(self, response: Response) -> None:
        first = self.greeting is None
        if first:
            self.greeting = response
        if response.kind == STATUS and response.name in states.GREETINGS:
            self.state = states.GREETINGS[response.name]
            self._code(response)
            if response.name == "BYE":
                self._bye, self.ending = response, True
        self._events.append(Received(response, greeting=first))
        self._start_next()

    def _complete(self, exchange: Exchange, response: Response) -> None:
        exchange.response = response
        exchange.ended = self._clock()
        exchange.deflated += self._crossed()
        exchange.received += response.frame.length
        self._outbox.drop(exchange)
        if exchange.name == "IDLE" and not any(other.name == "IDLE" for other in self.running.values()):
            self.idling = self._done_wanted = False
        change = self._code(response)
        if change:
            exchange.note(change)
        if exchange.mechanism is not None and response.name == "OK" and not self._proven(exchange, exchange.mechanism):
            return
        if exchange.name == "COMPRESS" and response.name == "OK" and self._deflate is None:
            self._compress(exchange)
        self._move(exchange, response.name)
        self._events.append(Completed(response, exchange))
        if exchange.name == "STARTTLS" and response.name == "OK":
            self._pause(exchange)
        elif self.state == LOGOUT and exchange.name == "LOGOUT":
            self._close(None)
        self._start_next()

    def _proven(self, exchange: Exchange, mechanism: Mechanism) -> bool:
        """Whether the server has done its part of the mechanism.  One that has not is left, its OK disregarded."""
        try:
            mechanism.finish()
        except LoginError as error:
            response, exchange.response = exchange.response, None
            assert response is not None
            self.running[exchange.tag] = exchange
            self._events.append(Received(response, exchange))
            self._close(error)
            return False
        return True

    def _compress(self, exchange: Exchange) -> None:
        """Both directions are deflated from here on, what stands behind the OK already (RFC 4978 section 3)."""
        from imapsh.wire.deflate import Deflate, InflatingPusher

        self._deflate = Deflate()
        self._pusher = InflatingPusher(self._pusher, self._deflate)
        exchange.note("compressed from here on")

    def _pause(self, exchange: Exchange) -> None:
        """Before TLS: octets that stand behind the OK came from somebody else (RFC 9051 section 6.2.1)."""
        self._paused = True
        if self._pusher.buffered:
            self._close(TLSError("octets stood behind the OK to STARTTLS: somebody injects; the connection is closed"))
        else:
            self._events.append(Upgrade("tls", exchange))

    def _continue(self, response: Response) -> None:
        exchange = self._outbox.current
        if self._outbox.waiting:
            self._events.append(Received(response, exchange, asks="literal"))
            if not self.ending:
                self._outbox.permit()
            self._start_next()
            return
        for running in self.running.values():
            if running.name == "AUTHENTICATE":
                self._events.append(Received(response, running, asks="authenticate"))
                if running.mechanism is not None:
                    self._step(running, running.mechanism)
                return
            if running.name == "IDLE" and not self.idling:
                self._events.append(Received(response, running, asks="idle"))
                self.idling = True
                if self._done_wanted:
                    self.done()
                return
        first = next(iter(self.running.values()), None)
        known = (first is None or first.row is not None) and not (self._raw.tags or self._given_up)  # else nobody knows
        findings = (Finding("continuation-unasked", "'+' though nothing waits for it"),) if known else ()
        self._events.append(Received(response, first, known, "", findings))

    def _step(self, exchange: Exchange, mechanism: Mechanism) -> None:
        """One step of a mechanism, which cancels by LoginError; a challenge that is no base64 is handed on as it is."""
        text = self._challenge.strip().encode("utf-8", "surrogateescape")
        try:
            challenge = a2b_base64(text, strict_mode=True)
        except Error:
            challenge = text
        try:
            answer = b2a_base64(mechanism.step(challenge), newline=False)
        except (LoginError, UsageError) as error:
            mechanism.said = self.secrets.veil(str(error))
            self._say(b"*\r\n", b"*\r\n", exchange)
            return
        self.secrets.add_sasl(answer)
        exchange.answers += 1
        self._say(answer + b"\r\n", MASK + b"\r\n", exchange)

    def _untagged(self, response: Response, exchange: Exchange | None) -> None:
        findings: tuple[Finding, ...] = ()
        change = ""
        uid = None
        gone = NOTHING
        running: Collection[Exchange] = self.running.values()
        if self._raw.tags:
            running = [*running, self._raw.exchange]
        if response.kind == UNTAGGED:
            box = self._opening or self.mailbox
            value = response.value
            if type(value) is Fetch and box is not None and value.seq <= (box.exists or 0):
                uid = box.learn(value)  # the common one, of which there is nothing else to say
            else:
                asked = [*running, *self._given_up.values()]
                findings = conduct.untagged(response, self.state, box, asked, self.news_any_time)
                if box is not None:
                    uid, change, gone = box.untagged(response.name, value)
                change = change or self._data(response)
        elif response.kind == TAGGED and not self._raw.answered(response.tag or ""):
            findings = (Finding("tag-unknown", f"no command with the tag {response.tag} is running"),)
        elif response.kind == STATUS:
            change = self._code(response)
            if response.name == "BYE":
                self._take_bye(response)
        asker = exchange if type(response.value) is Fetch else answered(response, self.running)
        unsolicited = not conduct.asked_for(response, running)
        if asker is not None:
            exchange = asker
        elif says_whose(response.value) and not self._raw.tags:
            unsolicited = True
        if self._raw.tags and not (unsolicited or conduct.asked_for(response, self.running.values())):
            exchange = None  # what was sent in no command asked for it
        told = (response, exchange, unsolicited, "", findings, change, False, uid, gone)
        self._events.append(tuple.__new__(Received, told))  # in half the time of Received's own
        if exchange is not None:
            exchange.untagged += 1
            exchange.received += self._pusher.reader.offset - response.frame.offset
            if change:
                exchange.note(change)
            if exchange.untagged > self.limits.responses > 0:
                self._close(LimitError("responses", self.limits.responses, exchange.untagged))

    def _take_bye(self, response: Response) -> None:
        self._bye = self._bye or response
        if not any(exchange.name == "LOGOUT" for exchange in self.running.values()):
            self.ending = True
            self.state = LOGOUT
            self.left, self.mailbox = self.mailbox or self.left, None


def _text(response: Response | None) -> str:
    value = response.value if response is not None else None
    return value.text if isinstance(value, StatusText) else ""
