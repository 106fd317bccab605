"""The session: octets in, events out; commands in, octets out.  No I/O, no clock but the one given.

A driver (`imapsh.client`) moves the octets:

    session.receive(data)                    b"" is the end of the stream
    for event in session.events(): ...       Sent, Received, Completed, Upgrade, Closed
    while octets := session.to_send(): ...   write them

Call `events` and `to_send` after every `receive` and every command.  Commands are queued and sent when those before allow
it (RFC 9051 section 5.5); a `+` goes to the literal that waits, else to AUTHENTICATE, else to IDLE, else to nobody.
"""

from __future__ import annotations

import time
from binascii import Error, a2b_base64, b2a_base64
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from imapsh import spec
from imapsh.errors import ConnectionLost, ImapshError, LimitError, ServerBye, StateError, TLSError, UsageError
from imapsh.findings import Finding
from imapsh.grammar.responses import CONTINUATION, STATUS, TAGGED, UNTAGGED, Parser, Readers, Response
from imapsh.grammar.values import Capabilities, StatusText
from imapsh.session import conduct, states
from imapsh.session.events import Closed, Completed, Event, Received, Sent, Upgrade
from imapsh.session.exchange import Exchange, OpenFile, Sendable, typed
from imapsh.session.mailbox import Mailbox
from imapsh.session.outbox import Outbox, plus_allowed
from imapsh.session.secrets import MASK, Secrets
from imapsh.spec.match import Match, match
from imapsh.spec.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED, Context
from imapsh.wire.frames import Frame
from imapsh.wire.limits import DEFAULT, Limits
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader, Opener


class Tracer(Protocol):
    """What keeps a trace: `imapsh.wire.trace.Trace`."""

    def received(self, piece: bytes, /) -> None:
        """Octets from the server, known secrets masked."""

    def sent(self, octets: bytes, /) -> None:
        """Octets to the server, secrets masked."""


class Session:
    """One connection's conversation.

    `state` is one of `imapsh.spec.model`'s, or `states.START` before the greeting.  `capabilities`: upper case, empty
    where not known; `capability_names` as the server wrote them.  `mailbox`: the selected one.  `secure`: the driver
    says that nobody can listen.  `opener` sends large literals elsewhere.
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
    ) -> None:
        self.secrets = Secrets()
        self.state = states.START
        self.secure = secure
        self.read_only = read_only
        self.capabilities: frozenset[str] = frozenset()
        self.capability_names: tuple[str, ...] = ()
        self.enabled: frozenset[str] = frozenset()
        self.mailbox: Mailbox | None = None
        self.running: dict[str, Exchange] = {}
        self.queue: deque[Exchange] = deque()
        self.idling = False
        self.closed = False
        self.greeting: Response | None = None
        self.received_octets = 0
        self.sent_octets = 0
        self.limits = limits
        self._trace = trace
        self._clock = clock
        readers = Readers(spec.readers("response"), spec.readers("code"), spec.readers("fetch-item"))
        self.parser = Parser(readers, nesting=limits.nesting)
        self._pusher = Pusher(FrameReader(limits=limits, opener=opener), self._piece)
        self._outbox = Outbox(self._plus, self.secrets.mask)
        self._events: deque[Event] = deque()
        self._opening: Mailbox | None = None
        self._fresh_capabilities = False
        self._done_wanted = False
        self._paused = False
        self._bye: Response | None = None
        self._counter = 0

    # -- octets

    def receive(self, data: bytes) -> None:
        """Take in what the server sent; b"" is the end of the stream."""
        self.received_octets += len(data)
        self._pusher.feed(data)
        self._ended = not data

    _ended = False

    def events(self) -> Iterator[Event]:
        """What has happened, one by one.  Stops at an Upgrade until `upgraded` is called, and for good after Closed."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self.closed or self._paused or not self._advance():
                return

    def to_send(self) -> bytes:
        """The next octets to write, b"" when there are none now."""
        if self.closed:
            return b""
        out = self._outbox.take()
        if out is None:
            return b""
        self.sent_octets += len(out.octets)
        if self._trace is not None:
            self._trace.sent(out.shown)
        return out.octets

    def upgraded(self) -> None:
        """The driver has put TLS in: nothing learned before counts any more (RFC 9051 section 6.2.1)."""
        self._paused = False
        self.secure = True
        self._set_capabilities(())

    def lost(self, error: ImapshError) -> None:
        """The driver could not go on: reading, writing or TLS failed."""
        self._close(error)

    # -- commands

    def context(self) -> Context:
        """What `spec.match` needs to know of this session."""
        state = NOT_AUTHENTICATED if self.state == states.START else self.state
        return Context(state, self.capabilities, self.rev2, self.parser.utf8, self.read_only)

    @property
    def rev2(self) -> bool:
        """IMAP4rev2 holds: it was enabled, or is all the server knows (RFC 9051 section 6.3.1, appendix E)."""
        alone = "IMAP4REV2" in self.capabilities and "IMAP4REV1" not in self.capabilities
        return "IMAP4REV2" in self.enabled or alone

    def new_tag(self) -> str:
        """A tag that no command in flight has."""
        while True:
            self._counter += 1
            tag = f"A{self._counter}"
            if tag not in self.running and all(exchange.tag != tag for exchange in self.queue):
                return tag

    def line(self, text: str, *, open_file: OpenFile | None = None, matched: Match | None = None) -> Exchange:
        """Submit a typed line, with its literals inside, as it stands; a tag is put in front where it has none.

        Raises UsageError, and sends nothing, for what cannot be a command: a line break outside a literal, a tag that is
        in use, a file that cannot be read.
        """
        found = matched or match(text, self.context())
        tag = found.tag if found.tag is not None else self.new_tag()
        exchange = Exchange(tag, found.name.upper(), typed(found, tag, open_file))
        self._keep_secrets(found)
        return self.submit(exchange)

    def command(self, name: str, fragments: Iterable[Sendable] = ()) -> Exchange:
        """Submit a command made by a program: its name, and its arguments as fragments (`grammar.writer.Writer`)."""
        tag = self.new_tag()
        listed = list(fragments)
        head = f"{tag} {name}{' ' if listed else ''}".encode("ascii")
        return self.submit(Exchange(tag, name, [head, *listed]))

    def authenticate(self, mechanism: Any) -> Exchange:
        """Submit AUTHENTICATE with a mechanism of `imapsh.sasl`; its initial response goes along where SASL-IR allows."""
        from imapsh.session.exchange import Secret

        tag = self.new_tag()
        fragments: list[Sendable] = [f"{tag} AUTHENTICATE {mechanism.name}".encode("ascii")]
        ahead = mechanism.initial and bool({"SASL-IR", "IMAP4REV2"} & self.capabilities)
        if ahead:
            first = mechanism.step(b"")
            fragments += [b" ", Secret(b2a_base64(first, newline=False) or b"=")]
        exchange = Exchange(tag, "AUTHENTICATE", fragments)
        exchange.mechanism = mechanism
        return self.submit(exchange)

    def submit(self, exchange: Exchange) -> Exchange:
        """Queue an exchange.  While IDLE runs, it is ended first.  Raises StateError after the end, or for a tag in use."""
        if self.closed or self.state == LOGOUT:
            raise StateError("the session is over: connect again")
        if exchange.tag in self.running or any(other.tag == exchange.tag for other in self.queue):
            raise UsageError(f"the tag {exchange.tag} is in use: give another, or none")
        self.queue.append(exchange)
        if any(other.name == "IDLE" for other in self.running.values()):
            self.done()
        self._start_next()
        return exchange

    def cancel(self, exchange: Exchange) -> bool:
        """Take a command back that was not sent yet.  False: it was."""
        if exchange in self.queue:
            self.queue.remove(exchange)
            return True
        return False

    def done(self) -> None:
        """End IDLE: DONE goes out after its `+`, and not at all after NO or BAD (RFC 9051 section 6.3.13)."""
        if self.idling:
            self.idling = False
            self._say(b"DONE\r\n", b"DONE\r\n")
        elif any(exchange.name == "IDLE" for exchange in self.running.values()):
            self._done_wanted = True

    def answer(self, text: bytes) -> None:
        """Answer the `+` of a hand-typed AUTHENTICATE.  The line is secret whole, but for `*`, which cancels."""
        if b"\r" in text or b"\n" in text:
            raise UsageError("an answer is one line")
        self.secrets.add(text)
        self._say(text + b"\r\n", (text if text == b"*" else MASK) + b"\r\n")

    def raw(self, octets: bytes) -> None:
        """Send octets as they are, in no command.  Who does this answers for it."""
        if self.closed:
            raise StateError("the session is over: connect again")
        self._say(octets, self.secrets.mask(octets))

    def asks_answer(self) -> Exchange | None:
        """The hand-typed AUTHENTICATE that runs, if any."""
        return next((e for e in self.running.values() if e.name == "AUTHENTICATE" and e.mechanism is None), None)

    # -- sending

    def _say(self, octets: bytes, shown: bytes) -> None:
        self._outbox.send(octets, shown)
        exchange = next(reversed(self.running.values()), None)
        if exchange is not None:
            exchange.sent += len(octets)
        self._events.append(Sent(Frame((shown,)), exchange))

    def _keep_secrets(self, found: Match) -> None:
        user = next((piece.value for piece in found.slots if piece.kind == "userid"), None)
        public = user.encode("utf-8", "surrogateescape") if isinstance(user, str) else b""
        for start, stop in found.secrets:
            text = found.text[start:stop]
            if text.startswith('"') and text.endswith('"'):
                text = text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
            self.secrets.add(text.encode("utf-8", "surrogateescape"), public=public)

    def _plus(self, octets: int, binary: bool) -> bool:
        return plus_allowed(self.capabilities, self.rev2)(octets, binary)

    def _start_next(self) -> None:
        while self.queue and not self._outbox.busy and not self._paused and self.state != states.START:
            exchange = self.queue[0]
            if not self._may_start(exchange):
                return
            self.queue.popleft()
            self.running[exchange.tag] = exchange
            exchange.started = self._clock()
            exchange.received = -self.received_octets
            if exchange.name in ("SELECT", "EXAMINE"):
                self._opening = Mailbox(_mailbox_of(exchange, self.parser.utf8), exchange.name == "EXAMINE")
            if exchange.name in states.FORGET_CAPABILITIES:
                self._fresh_capabilities = False
            self._events.append(Sent(exchange.shown, exchange))
            self._outbox.start(exchange)

    def _may_start(self, exchange: Exchange) -> bool:
        """Whether no ambiguity can come of sending it beside what runs (RFC 9051 section 5.5)."""
        if not self.running:
            return True
        row = exchange.row
        if row is None or row.barrier:
            return False
        for other in self.running.values():
            if other.row is None or other.row.barrier:
                return False
            if row.numbers and other.row.expunges:
                return False
            if other.row.numbers and row.expunges and row.changes:
                return False
        return True

    # -- receiving

    def _piece(self, piece: bytes) -> None:
        if self._trace is not None:
            self._trace.received(self.secrets.mask(piece))

    def _advance(self) -> bool:
        """Read one more frame; whether anything came of it."""
        try:
            frame = self._pusher.take()
        except LimitError as error:
            rest = self._pusher.rest()
            if rest:
                self._events.append(Received(self.parser.parse(Frame((rest,), incomplete=True))))
            self._close(error)
            return True
        if isinstance(frame, Frame):
            self._take(self.parser.parse(frame, greeting=self.state == states.START))
            return True
        if self._ended:
            self._close(self._eof())
            return True
        return False

    def _eof(self) -> ImapshError | None:
        if self.state == LOGOUT and self._bye is not None:
            return None
        names = ", ".join(f"{exchange.tag} {exchange.name}" for exchange in self.running.values())
        during = f" while {names} was running" if names else ""
        if self.state == states.START:
            return ConnectionLost("the server closed the connection without a greeting")
        return ConnectionLost(f"the server closed the connection without a word{during}: \\connect opens it again")

    def _close(self, error: ImapshError | None) -> None:
        if self.closed:
            return
        self.closed = True
        self.state = LOGOUT
        self.idling = False
        in_flight = (*self.running.values(), *self.queue)
        self.running.clear()
        self.queue.clear()
        self._events.append(Closed(error, in_flight))

    def _take(self, response: Response) -> None:
        exchange = next(iter(self.running.values()), None)
        if exchange is not None and exchange.first is None:
            exchange.first = self._clock()
        if self.state == states.START:
            self._greet(response)
        elif response.kind == TAGGED and response.tag in self.running:
            self._complete(self.running.pop(response.tag), response)
        elif response.kind == CONTINUATION:
            self._continue(response)
        else:
            self._untagged(response, exchange)

    def _greet(self, response: Response) -> None:
        self.greeting = response
        if response.kind == STATUS and response.name in states.GREETINGS:
            self.state = states.GREETINGS[response.name]
            self._code(response)
            if response.name == "BYE":
                self._bye = response
        self._events.append(Received(response, greeting=True))
        self._start_next()

    def _complete(self, exchange: Exchange, response: Response) -> None:
        exchange.response = response
        exchange.ended = self._clock()
        exchange.received += self.received_octets
        self._outbox.drop(exchange)
        if exchange.name == "IDLE":
            self.idling = self._done_wanted = False
        change = self._code(response)
        if change:
            exchange.changes.append(change)
        self._move(exchange, response.name)
        self._events.append(Completed(response, exchange))
        if exchange.name == "STARTTLS" and response.name == "OK":
            self._pause(exchange)
        elif self.state == LOGOUT and exchange.name == "LOGOUT":
            self._close(None)
        self._start_next()

    def _pause(self, exchange: Exchange) -> None:
        """Before TLS: octets that stand behind the OK came from somebody else (RFC 9051 section 6.2.1)."""
        self._paused = True
        rest = self._pusher.rest()
        if rest:
            self._events.append(Received(self.parser.parse(Frame((rest,), incomplete=True)), exchange))
            self._close(TLSError(f"{len(rest)} octets stood behind the OK to STARTTLS: somebody injects; closed"))
        else:
            self._events.append(Upgrade("tls", exchange))

    def _move(self, exchange: Exchange, status: str) -> None:
        """What the tagged reply does to the state."""
        name = exchange.name
        if status == "OK" and name in states.FORGET_CAPABILITIES and not self._fresh_capabilities:
            self._set_capabilities(())
        state = states.REPLIES.get((name, status))
        if name in ("SELECT", "EXAMINE"):
            opened, self._opening = self._opening, None
            if status == "OK":
                self.mailbox = opened
            elif state is not None:
                self.mailbox = None
        if state is None:
            return
        if state != self.state:
            exchange.changes.append(f"{self.state} -> {state}")
        self.state = state
        if state != SELECTED:
            self.mailbox = None

    def _continue(self, response: Response) -> None:
        exchange = self._outbox.current
        if self._outbox.waiting:
            self._events.append(Received(response, exchange, asks="literal"))
            self._outbox.permit()
            self._start_next()
            return
        for running in self.running.values():
            if running.name == "AUTHENTICATE":
                self._events.append(Received(response, running, asks="authenticate"))
                if running.mechanism is not None:
                    self._step(running, response)
                return
            if running.name == "IDLE" and not self.idling:
                self._events.append(Received(response, running, asks="idle"))
                self.idling = True
                if self._done_wanted:
                    self.done()
                return
        finding = Finding("continuation-unasked", "'+' though nothing waits for it")
        self._events.append(Received(response, next(iter(self.running.values()), None), True, "", (finding,)))

    def _step(self, exchange: Exchange, response: Response) -> None:
        """One step of a mechanism; a challenge that is no base64 cancels it."""
        value = response.value
        try:
            challenge = a2b_base64(value.text.strip().encode("ascii")) if isinstance(value, StatusText) else b""
            answer = exchange.mechanism.step(challenge)
        except (Error, UnicodeEncodeError, UsageError):
            self._say(b"*\r\n", b"*\r\n")
            return
        self._say(b2a_base64(answer, newline=True).replace(b"\n", b"\r\n"), MASK + b"\r\n")

    def _untagged(self, response: Response, exchange: Exchange | None) -> None:
        findings: tuple[Finding, ...] = ()
        change = ""
        if response.kind == TAGGED:
            findings = (Finding("tag-unknown", f"no command with the tag {response.tag} is running"),)
        elif response.kind == STATUS:
            change = self._code(response)
            if response.name == "BYE":
                self._take_bye(response)
        elif response.kind == UNTAGGED:
            box = self._opening or self.mailbox
            findings = conduct.untagged(response, self.state, box, self.running.values())
            change = self._data(response, box)
        unsolicited = not any(_brings(running, response) for running in self.running.values())
        if exchange is not None:
            exchange.untagged += 1
            if change:
                exchange.changes.append(change)
        self._events.append(Received(response, exchange, unsolicited, "", findings, change))
        if self._bye is not None and not any(e.name == "LOGOUT" for e in self.running.values()):
            self._close(ServerBye(f"the server said BYE: {_text(self._bye)}"))
        elif exchange is not None and self.limits.responses and exchange.untagged > self.limits.responses:
            self._close(LimitError("responses", self.limits.responses, exchange.untagged))

    def _take_bye(self, response: Response) -> None:
        if self._bye is None:
            self._bye = response

    def _data(self, response: Response, box: Mailbox | None) -> str:
        value = response.value
        if response.name == "CAPABILITY" and isinstance(value, Capabilities):
            return self._set_capabilities(value.names)
        if response.name == "ENABLED" and isinstance(value, Capabilities):
            self.enabled |= {name.upper() for name in value.names}
            return "enabled " + " ".join(value.names) if value.names else ""
        return box.untagged(response.name, value) if box is not None else ""

    def _code(self, response: Response) -> str:
        value = response.value
        code = value.code if isinstance(value, StatusText) else None
        if code is None:
            return ""
        if code.name == "CAPABILITY" and isinstance(code.arg, tuple):
            return self._set_capabilities(code.arg)
        if code.name == "CLOSED":
            self.mailbox = None
            self.state = AUTHENTICATED if self.state == SELECTED else self.state
            return ""
        box = self._opening or self.mailbox
        return box.code(code) if box is not None else ""

    def _set_capabilities(self, names: tuple[str, ...]) -> str:
        old = self.capabilities
        self.capability_names = names
        self.capabilities = frozenset(name.upper() for name in names)
        self._fresh_capabilities = True
        if not old or not names or old == self.capabilities:
            return ""
        came = " ".join(f"+{name}" for name in names if name.upper() not in old)
        went = " ".join(f"-{name}" for name in sorted(old - self.capabilities))
        return "capabilities " + " ".join(filter(None, (came, went)))


def _text(response: Response) -> str:
    value = response.value
    return value.text if isinstance(value, StatusText) else ""


def _brings(exchange: Exchange, response: Response) -> bool:
    """Whether a response is one that this command asked for."""
    if response.kind == STATUS and response.name in ("OK", "NO", "BAD"):
        return exchange.name != "IDLE"
    row = exchange.row
    return row is None or (exchange.name != "IDLE" and response.name in row.responses)


def _mailbox_of(exchange: Exchange, utf8: bool) -> str:
    """The mailbox name of a SELECT or EXAMINE that is being sent."""
    from imapsh.grammar import mutf7

    text = exchange.shown.text().rstrip("\r\n")
    payloads = [part for part in exchange.shown.literals if isinstance(part, bytes)]
    found = match(text, Context(tagged=True), payloads)
    name = next((piece.value for piece in found.slots if piece.kind == "mailbox"), "")
    if isinstance(name, bytes):
        name = name.decode("utf-8", "surrogateescape")
    elif isinstance(name, str):
        name = name.encode("latin-1", "surrogateescape").decode("utf-8", "surrogateescape") if not name.isascii() else name
    name = str(name)
    return "INBOX" if name.upper() == "INBOX" else name if utf8 else mutf7.decode_leniently(name)[0]
