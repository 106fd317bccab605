"""The sending half of a session: commands are made, queued and sent when those before allow it."""

from __future__ import annotations

from binascii import b2a_base64
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imapsh import spec
from imapsh.errors import ImapshError, StateError, UsageError
from imapsh.session import states
from imapsh.session.events import Event, Sent, Unsent
from imapsh.session.exchange import Exchange, OpenFile, Secret, Sendable, secrets_in, typed
from imapsh.session.knowledge import Knowledge
from imapsh.session.literals import plus_allowed
from imapsh.session.mailbox import name_in, opened
from imapsh.session.outbox import Outbox
from imapsh.session.pipeline import may_start
from imapsh.session.rawtags import RawTags
from imapsh.session.secrets import MASK, Secrets
from imapsh.session.tags import Tags
from imapsh.spec.model import LOGOUT, NOT_AUTHENTICATED
from imapsh.wire.frames import Frame

if TYPE_CHECKING:
    from imapsh.sasl.mechanism import Mechanism
    from imapsh.spec.match import Match


class Sending(Knowledge):
    """`running`: commands on their way, by tag; `queue`: those that wait; `idling`: between IDLE's `+` and DONE.

    `secure`: nobody can listen.  `ending`: BYE came unasked, only the end of the stream is still due.  `strict`: what a
    program submits is sent only in a state in which the table allows it; what is typed (`line`) always is.  `guard` is
    asked of each typed line before anything is sent, and raises what it refuses it with (`imapsh.session.clear`).
    """

    def __init__(
        self, *, clock: Callable[[], float], secure: bool, read_only: bool, nesting: int, strict: bool = False
    ) -> None:
        super().__init__(read_only=read_only, nesting=nesting)
        self.secrets = Secrets()
        self.secure = secure
        self.strict = strict
        self.guard: Callable[[Match], object] = lambda found: None
        self.running: dict[str, Exchange] = {}
        self.queue: deque[Exchange] = deque()
        self.idling = False
        self.closed = False
        self._over: ImapshError | None = None  # what is raised for whatever is asked of a session that has ended
        self._clock = clock
        self._outbox = Outbox(self.secrets.mask)
        self._events: deque[Event] = deque()
        self._done_wanted = False
        self._paused = False
        self.ending = False
        self._tags = Tags()
        self._raw = RawTags()

    # -- whether there is anybody to talk to

    @property
    def is_open(self) -> bool:
        """Whether commands can be sent: the connection has not ended, and no BYE came."""
        return not self.closed and self.state != LOGOUT

    def require_open(self) -> None:
        """Raises what ended the session: ConnectionLost or its kinds, StateError after LOGOUT or an end of our own."""
        if not self.is_open:
            raise self.over().with_traceback(None)

    def over(self) -> ImapshError:
        """The error to raise for whatever is asked of a session that has ended."""
        if self._over is None:
            return self._farewell() if self.ending else StateError("the session is over after LOGOUT: connect again")
        return self._over

    def _farewell(self) -> ImapshError:
        """What a BYE that nobody asked for is."""
        raise NotImplementedError

    def require(self, name: str) -> None:
        """Raises StateError if a command is not allowed in the state of now, and what `require_open` raises.

        Nothing is raised while a command has no reply that may change the state: `strict` looks again before sending.
        """
        self.require_open()
        if any(other.name in states.CHANGERS for other in (*self.running.values(), *self.queue)):
            return
        if (error := self._forbids(name)) is not None:
            raise error

    def _forbids(self, name: str) -> StateError | None:
        row = spec.command(name)
        if name == "STARTTLS" and self.secure and self.state == NOT_AUTHENTICATED:
            return StateError("STARTTLS is not allowed: TLS is on already")
        if row is None or self.state in (states.START, *row.states):
            return None
        from imapsh.spec.advice import forbidden

        return StateError(f"{forbidden(row, self.state)}; nothing was sent")

    # -- commands

    def new_tag(self) -> str:
        """A tag that no command in flight has."""
        return self._tags.new(self._in_use)

    def _in_use(self, tag: str) -> bool:
        return tag in self.running or any(exchange.tag == tag for exchange in self.queue)

    def line(self, text: str, *, open_file: OpenFile | None = None, matched: Match | None = None) -> Exchange:
        """Submit a typed line, with its literals inside, as it stands; a tag is put in front where it has none.

        Raises UsageError, and sends nothing, for what cannot be a command: a line break outside a literal, a tag that
        is in use, a file that cannot be read; and what `guard` raises.
        """
        if matched is None:
            from imapsh.spec.match import match

            matched = match(text, self.context())
        self.guard(matched)
        tag = matched.tag if matched.tag is not None else self.new_tag()
        exchange = Exchange(tag, self._name(matched), typed(matched, tag, open_file))
        return self.submit(exchange)

    def _name(self, matched: Match) -> str:
        """The command's name as it is shown and counted: one that is none may be a known secret."""
        octets = matched.name.encode("utf-8", "surrogateescape")
        if matched.command is None and self.secrets.mask(octets) != octets:
            return MASK.decode("ascii")
        return matched.name.upper()

    def command(self, name: str, fragments: Iterable[Sendable] = ()) -> Exchange:
        """Submit a command made by a program: its name, and its arguments as fragments (`grammar.writer.Writer`).

        Raises UsageError, and sends nothing, for CR, LF or NUL outside a literal; what `require` raises, if `strict`.
        """
        listed = list(fragments)
        for text in (name.encode("utf-8", "surrogateescape"), *listed):
            octets = text.octets if isinstance(text, Secret) else text
            if isinstance(octets, bytes) and (b"\r" in octets or b"\n" in octets or b"\0" in octets):
                raise UsageError("CR, LF and NUL cannot stand in a command line: give them in a literal")
        if self.strict:
            self.require(name.upper())
        tag = self.new_tag()
        head = f"{tag} {name}{' ' if listed else ''}".encode("utf-8", "surrogateescape")
        return self._submit_strictly(Exchange(tag, name.upper(), [head, *listed]))

    def authenticate(self, mechanism: Mechanism) -> Exchange:
        """Submit AUTHENTICATE with a mechanism of `imapsh.sasl`; its initial response goes along where SASL-IR is.

        Raises LoginError, and sends nothing, where the mechanism has no response to begin with; what `require` raises,
        if `strict`.
        """
        if self.strict:
            self.require("AUTHENTICATE")
        self.secrets.public.update(mechanism.public)
        tag = self.new_tag()
        fragments: list[Sendable] = [f"{tag} AUTHENTICATE {mechanism.name}".encode("ascii")]
        mechanism.veil = self.secrets.veil
        for secret in mechanism.secrets:
            self.secrets.add(secret)
        if mechanism.initial and {"SASL-IR", "IMAP4REV2"} & self.capabilities:
            first = b2a_base64(mechanism.step(b""), newline=False)
            fragments += [b" ", Secret(first or b"=")]
        exchange = Exchange(tag, "AUTHENTICATE", fragments)
        exchange.mechanism = mechanism
        return self._submit_strictly(exchange)

    def _submit_strictly(self, exchange: Exchange) -> Exchange:
        if self.strict and exchange.row is not None:
            exchange.states = exchange.row.states
        return self.submit(exchange)

    def submit(self, exchange: Exchange) -> Exchange:
        """Queue an exchange; IDLE is ended first.  Raises what `require_open` raises, UsageError for a tag in use."""
        self.require_open()
        if self._in_use(exchange.tag):
            raise UsageError(f"the tag {exchange.tag} is in use: give another, or none")
        for secret in secrets_in(exchange.fragments):
            sasl = exchange.name == "AUTHENTICATE" or exchange.row is None  # what is no command may be an answer
            known = self.secrets.add_sasl if sasl else self.secrets.add
            known(secret)
        exchange.shown = self._masked_command(exchange)
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
        """Answer the `+` of a hand-typed AUTHENTICATE.  The line is secret whole, but for `*`, which cancels.

        Raises UsageError for more than a line, StateError where no AUTHENTICATE is running, and what `require_open`
        raises.
        """
        if b"\r" in text or b"\n" in text:
            raise UsageError("an answer is one line")
        self.require_open()
        exchange = self.asks_answer()
        if exchange is None:
            raise StateError("no AUTHENTICATE is running: nothing was sent")
        if exchange.answers or not exchange.shown.raw.upper().endswith(b" LOGIN\r\n"):  # there a user name comes first
            self.secrets.add_sasl(text)
        exchange.answers += 1
        self._say(text + b"\r\n", (text if text == b"*" else MASK) + b"\r\n", exchange)

    def raw(self, octets: bytes, shown: bytes | None = None) -> None:
        """Send octets as they are, in no command; the caller answers for them.  Raises what `require_open` raises.

        `shown`: the same without what is secret in them; known secrets are masked in any case.
        """
        self.require_open()
        self._raw.sent(octets)
        self._say(octets, self.secrets.mask(octets if shown is None else shown))

    def asks_answer(self) -> Exchange | None:
        """The hand-typed AUTHENTICATE that runs, if any."""
        return next((e for e in self.running.values() if e.name == "AUTHENTICATE" and e.mechanism is None), None)

    # -- sending

    def _say(self, octets: bytes, shown: bytes, exchange: Exchange | None = None) -> None:
        self._outbox.send(octets, shown)
        exchange = exchange or next(reversed(self.running.values()), None)
        if exchange is not None:
            exchange.sent += len(octets)
        self._events.append(Sent(Frame((shown,)), exchange))

    def _masked_command(self, exchange: Exchange) -> Frame:
        """The client's line without known secrets; a password that is the name of a command does not hide that."""
        frame = exchange.shown
        if not self.secrets.known:
            return frame
        first, *others = (self.secrets.mask(part) if isinstance(part, bytes) else part for part in frame.parts)
        head = f"{exchange.tag} {exchange.name}".encode("utf-8", "surrogateescape")
        line = frame.parts[0]
        if exchange.row is not None and isinstance(line, bytes) and line[: len(head)].upper() == head.upper():
            first = line[: len(head)] + self.secrets.mask(line[len(head) :])
        return Frame((first, *others), frame.offset, frame.violations, frame.incomplete)

    def _crossed(self) -> int:
        """Octets that crossed the wire so far, where they are deflated; else 0."""
        return 0

    def _start_next(self) -> None:
        while self.queue and not self._outbox.busy and not self._paused and self.state not in (states.START, LOGOUT):
            exchange = self.queue[0]
            if exchange.name == "STATUS" and exchange.mailbox is None:
                exchange.mailbox = name_in(exchange, self.parser.utf8)
            if not may_start(exchange, self.running.values()):
                return
            self.queue.popleft()
            if exchange.states and (error := self._forbids(exchange.name)) is not None:
                exchange.error = error
                self._events.append(Unsent(exchange, error))
                continue
            self.running[exchange.tag] = exchange
            exchange.started = self._clock()
            exchange.deflated = -self._crossed()
            if exchange.name in ("SELECT", "EXAMINE"):
                self._opening = opened(exchange, self.parser.utf8)
            if exchange.name in states.FORGET_CAPABILITIES:
                self._fresh_capabilities = False
            if exchange.name == "IDLE" and self.queue:
                self._done_wanted = True
            if exchange.settle(plus_allowed(self.capabilities, self.rev2)):
                exchange.shown = self._masked_command(exchange)
            self._events.append(Sent(exchange.shown, exchange))
            self._outbox.start(exchange)
