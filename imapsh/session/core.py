"""The session: octets in, events out; commands in, octets out.  No I/O, no clock but the one given.

A driver (`imapsh.client`) moves the octets:

    session.receive(data)                    b"" is the end of the stream
    for event in session.events(): ...       Sent, Received, Completed, Unsent, Upgrade, Closed
    while octets := session.to_send(): ...   write them

Call `events` and `to_send` after every `receive` and every command.

Theory of operation.  A session holds a part for each task, and programs and people use only the session:

    octets --> Inbox --responses--> Receiver --> events
                                     |    |
                             Knowledge    Ending         what is known; what is raised once it is over
                                     |
    octets <-- Outbox <--commands-- Sender --> events

No part knows the session.  Nothing is read before it is asked for: `events` takes one response at a time out of the
inbox, so a driver that stops taking events stops the work too.  At an Upgrade it stops until the driver has put TLS in.

After a BYE that nobody asked for, nothing more is sent (`ending`), but what still comes is read until the end of the
stream.  A driver waits for it FAREWELL seconds.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from operator import attrgetter

from imapsh import table
from imapsh.errors import ConnectionLost, ConnectionTimeout, ImapshError, StateError, UsageError
from imapsh.grammar.responses import Parser, Response
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.session import authentication, states
from imapsh.session.ending import Ending
from imapsh.session.events import Event, Happening, ReceivedRun
from imapsh.session.exchange import Exchange, OpenFile, Secret, Sendable, typed
from imapsh.session.inbox import Inbox, Keeper, Tracer
from imapsh.session.knowledge import Knowledge
from imapsh.session.receiving import Receiver
from imapsh.session.secrets import MASK, Secrets
from imapsh.session.sending import Sender
from imapsh.session.traffic import Traffic
from imapsh.table.model import LOGOUT, Context
from imapsh.wire.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from imapsh.findings import Finding
    from imapsh.sasl.mechanism import Mechanism
    from imapsh.session.mailbox import Mailbox
    from imapsh.session.transfer import Transfer
    from imapsh.session.waiting import Waiting
    from imapsh.typed.match import Match
    from imapsh.wire.reader import Opener

__all__ = ["FAREWELL", "RENEWAL", "Session", "Tracer"]

FAREWELL = 5.0
"""Seconds that a driver waits for the end of the stream after BYE (`Session.ending`)."""

_CR, _LF, _NUL = b"\r\n\0"  # numbers: `13 in line` is ten times as fast as `b"\r" in line`
_OCTETS = frozenset({bytes})
_ANNOUNCES = lazy(rb"\{\d+\+?\}\Z")

RENEWAL = 29 * 60.0
"""Seconds after which a client that idles ends IDLE and begins it anew.

Servers log out a client that is silent for 30 minutes (RFC 2177 section 3).
"""


class Session:
    """The conversation of one connection.

    `known` is what is known of the connection.  `secure` is set by the driver if nobody can listen.  If `read_only` is
    set, what may change mail is refused to a person (`context`).  `opener` sends large literals elsewhere.

    If `strict` is set, a command that a program submits is sent only in a state in which the table allows it; a typed
    one (`line`) always is.  `guard` is asked about each typed line before anything is sent, and raises the error to
    refuse it with (`imapsh.session.clear`).  `running` holds the commands that have no reply yet, by tag; `queue` holds
    those that wait.  `sends` is empty if there are no octets for `to_send`.
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
        self.limits = limits
        self.read_only = read_only
        self.strict = strict
        self.guard: Callable[[Match], object] = lambda found: None
        self.secrets = Secrets()
        self.known = Knowledge(nesting=limits.nesting, secure=secure)
        self.running = self.known.running
        self._events: deque[Happening] = deque()
        self._traffic = Traffic()
        self._inbox = Inbox(self.known, self.secrets, self._traffic, limits=limits, opener=opener)
        self._sender = Sender(
            self.known, self.secrets, self._events.append, clock=clock, traffic=self._traffic, most=limits.pipelined
        )
        self.queue = self._sender.queue.commands
        self.sends: Collection[object] = self._sender.outbox.ready
        self._ending = Ending(self.known)
        self._receiver = Receiver(
            self.known, self._inbox, self._sender, self._ending, self._events, clock=clock, limits=limits
        )
        self._clock = clock
        self.set_trace(trace)

    # -- what is known

    @property
    def state(self) -> str:
        """The state: one of `imapsh.table.model`'s, or `states.START` before the greeting."""
        return self.known.state

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities in upper case; empty if they are not known."""
        return self.known.capabilities

    @property
    def capability_names(self) -> tuple[str, ...]:
        """The capabilities as the server wrote them."""
        return self.known.capability_names

    @property
    def enabled(self) -> frozenset[str]:
        """The extensions that ENABLE turned on, in upper case."""
        return self.known.enabled

    @property
    def mailbox(self) -> Mailbox | None:
        """The selected mailbox."""
        return self.known.mailbox

    @property
    def left(self) -> Mailbox | None:
        """The mailbox that was selected when BYE or LOGOUT ended the session."""
        return self.known.left

    @property
    def greeting(self) -> Response | None:
        """The server's first response."""
        return self.known.greeting

    @property
    def parser(self) -> Parser:
        """The parser that reads responses according to the extensions that were enabled."""
        return self.known.parser

    @property
    def rev2(self) -> bool:
        """Return whether IMAP4rev2 holds (RFC 9051 section 6.3.1, appendix E)."""
        return self.known.rev2

    @property
    def idling(self) -> bool:
        """Return whether IDLE has its `+`, and no DONE was sent."""
        return self.known.idling

    @property
    def secure(self) -> bool:
        """Return whether nobody can listen on the connection."""
        return self.known.secure

    @secure.setter
    def secure(self, secure: bool) -> None:
        self.known.secure = secure

    @property
    def ending(self) -> bool:
        """Return whether BYE came and nobody had asked for it: only the end of the stream is still due."""
        return self.known.ending

    def context(self) -> Context:
        """Return what `typed.match` needs to know of this session."""
        return self.known.context(read_only=self.read_only)

    # -- octets

    @property
    def received_octets(self) -> int:
        """The number of octets that came over the wire."""
        return self._traffic.received

    @property
    def sent_octets(self) -> int:
        """The number of octets that went over the wire."""
        return self._traffic.sent

    def receive(self, data: bytes) -> bool:
        """Take in what the server sent; b"" is the end of the stream.  After Closed nothing more is taken.

        Return True if all of it is of a literal of which more is to come: then nothing has happened.
        """
        if self._ending.closed:
            return False
        for exchange in self.running.values():
            if exchange.first is None:
                exchange.first = self._clock()
            break
        try:
            return self._inbox.feed(data)
        except Exception as error:  # noqa: BLE001 # of a sink
            self._receiver.failed(error)
            return False

    def events(self) -> Iterator[Event]:
        """Yield what has happened, one event after another.

        Stops at an Upgrade until `upgraded` is called, and for good after Closed.
        """
        for event in self.happenings():
            if isinstance(event, ReceivedRun):
                yield from event.each()
            else:
                yield event

    def happenings(self) -> Iterator[Happening]:
        """Yield what has happened, as `events` does, but the responses of a run at once (`ReceivedRun`)."""
        events, ending, sender, inbox = self._events, self._ending, self._sender, self._inbox
        advance = self._receiver.advance
        while True:
            while events:
                yield events.popleft()
            if inbox.dry or ending.closed or sender.paused or not advance():
                return

    def to_send(self) -> bytes:
        """Return the next octets to write, or b"" if there are none now."""
        if self._ending.closed or self.known.ending:
            return b""
        trace, keeper, traffic = self._inbox.trace, self._inbox.keeper, self._traffic
        try:
            out = self._sender.outbox.take(self._seen, watched=trace is not None or keeper is not None)
        except ConnectionLost as error:
            self._receiver.close(error)
            return b""
        except Exception as error:
            self.fail(error)
            raise
        if out is None:
            return b""
        octets, shown, literal = out
        if trace is not None:
            trace.sent(shown or b"")
        if keeper is not None and shown:
            keeper.sent(shown, literal=literal)
        if traffic.deflate is not None:
            octets = traffic.deflate.deflate(octets)
        traffic.sent += len(octets)
        return octets

    def _seen(self, octets: int) -> bool:
        """Return whether the next octets of a literal go to a trace, or are kept."""
        keeper = self._inbox.keeper
        return self._inbox.trace is not None or (keeper is not None and not keeper.passed(octets))

    @property
    def opener(self) -> Opener | None:
        """What says where large literals go, from the next one on."""
        return self._inbox.reader.opener

    @opener.setter
    def opener(self, opener: Opener | None) -> None:
        self._inbox.reader.opener = opener

    def set_trace(self, trace: Tracer | None) -> None:
        """Keep a trace from now on, or none."""
        self._inbox.set_trace(trace)

    def set_keeper(self, keeper: Keeper) -> None:
        """Have the latest octets of both sides kept from now on; those received are not masked."""
        self._inbox.set_keeper(keeper)

    @property
    def midway(self) -> bool:
        """Return whether either side is in the middle of something.

        If it is silent now, it may stay silent for ever.
        """
        return self._sender.outbox.waiting or self._inbox.midway

    @property
    def waiting(self) -> Waiting | None:
        """Return what the session is blocked on half-way, or None.  Drain `events()` first."""
        from imapsh.session import waiting

        part = self._inbox.unfinished
        if part is not None:
            return waiting.of_server(part, self.parser, self.running.values())
        ours = self._sender.outbox.waits
        return ours and waiting.Waiting("+", ours[1], command=f"{ours[0].tag} {ours[0].name}")

    @property
    def transfer(self) -> Transfer | None:
        """The literal that is on its way, or None."""
        from imapsh.session.transfer import Transfer

        if (coming := self._inbox.literal) is not None:
            return Transfer(False, *coming)
        going = self._sender.outbox.literal
        return going and Transfer(True, *going)

    def resync(self) -> bool:
        """Give up the literal or line that has come in part, and go on after it.  Return whether there was one.

        The octets of a literal are read again as responses from where they are believable; the literal breaks the rule
        `literal` then.  Raises what ended the session (`over`).
        """
        if self.closed:
            raise self.over().with_traceback(None)
        response = self._inbox.resync()
        if response is not None:
            self._receiver.take(response)
        return response is not None

    def give_up(self, but: Collection[Exchange] = ()) -> tuple[Exchange, ...]:
        """Stop waiting for the replies to commands that were sent whole, and return these; the queue goes on.

        A late reply completes its command all the same.  An IDLE that lasts stays, and so do the commands of `but`.
        """
        given = self.known.give_up({self._sender.outbox.current, *but})
        self._sender.start_next()
        return given

    def upgraded(self) -> None:
        """Go on after the driver has put TLS in.

        Nothing that was learned before counts any more (RFC 9051 section 6.2.1).
        """
        self.known.secured()
        self._sender.paused = False
        self._sender.start_next()

    # -- the end

    closed: bool = property(  # type: ignore[assignment] # drivers ask again and again, and this needs no call of Python
        attrgetter("_ending.closed"), doc="Return whether the connection has ended."
    )

    @property
    def is_open(self) -> bool:
        """Return whether commands can be sent: the connection has not ended, and no BYE came."""
        return self._ending.is_open

    @property
    def end_findings(self) -> tuple[Finding, ...]:
        """Return the findings about how the connection ended."""
        return self._ending.findings

    @property
    def error(self) -> ImapshError | None:
        """The error that ended the connection: None while `is_open` is true, and after LOGOUT."""
        return self._ending.cause

    def require_open(self) -> None:
        """Raise what ended the session, if anything did.

        It is ConnectionLost or one of its kinds, or StateError after LOGOUT or an end of our own.
        """
        self._ending.require_open()

    def over(self) -> ImapshError:
        """Return the error to raise for whatever is asked of a session that has ended."""
        return self._ending.error()

    def lost(self, error: ImapshError, *, here: bool = False) -> None:
        """End the session because the driver could not go on: reading, writing or TLS failed.

        Octets that were received before are read first.  `here` is true if the driver was asked to stop; then later
        requests to the session raise StateError.
        """
        try:
            while not self.closed and self._receiver.advance():
                pass
        except Exception:  # noqa: BLE001 # of an opener: it has ended the session, and is the cause of its error
            pass
        if isinstance(error, ConnectionTimeout) and not self.closed and (waiting := self.waiting) is not None:
            error.args = (f"{error} ({waiting})",)  # the same error, because its raiser knows it by identity
        if here:
            self._ending.wanted(error)
        elif not self.closed:
            self._ending.during(error)
        self._receiver.close(error)

    def fail(self, error: Exception) -> None:
        """End the session, because code that it or its driver calls has raised this error.

        What follows raises ConnectionLost, whose cause it is.  Octets that were received before are not read, because
        the literal in which they would begin is not known.

        The session does so itself if `opener`, a sink, a mechanism or a file that is sent raises an error: `receive`,
        `events` and `to_send` raise that, and then the event Closed is left.  An OSError of an opener or a sink is not
        raised: Closed tells of it.
        """
        self._receiver.fail(error)

    # -- commands

    def new_tag(self) -> str:
        """Return a tag that no command in flight has."""
        return self._sender.new_tag()

    def require(self, name: str) -> None:
        """Raise StateError if a command is not allowed in the present state, and what `require_open` raises.

        Nothing is raised while a command has no reply that may change the state: `strict` looks again before sending.
        """
        state = self.known.state
        if state == LOGOUT:  # as it is after the end, too
            self._ending.require_open()
        row = table.command(name)
        if row is not None and (state not in row.states or name == states.SECURES):
            self._sender.check(name)

    def line(self, text: str, *, open_file: OpenFile | None = None, matched: Match | None = None) -> Exchange:
        """Submit a typed line, with its literals inside, as it is; a tag is put in front if it has none.

        Raises UsageError, and sends nothing, for what cannot be a command: a line break outside a literal, a tag that
        is in use, a file that cannot be read, a lone surrogate; and what `guard` raises.
        """
        if not isinstance(text, str):
            raise UsageError(f"a command line is text, not a {type(text).__name__}")
        try:
            text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            code = ord(text[error.start])
            raise UsageError(f"U+{code:04X} cannot be sent: it is a lone surrogate, and no character") from error
        if matched is None:
            from imapsh.typed.match import match

            matched = match(text, self.known.context(read_only=self.read_only))
        self.guard(matched)
        tag = matched.tag if matched.tag is not None else self._sender.new_tag()
        return self.submit(Exchange(tag, self._name(matched), typed(matched, tag, open_file)))

    def _name(self, matched: Match) -> str:
        """Return the command's name as it is shown and counted; an unknown name may be a known secret."""
        octets = matched.name.encode("utf-8", "surrogateescape")
        if matched.command is None and self.secrets.mask(octets) != octets:
            return MASK.decode("ascii")
        return matched.name.upper()

    def command(self, name: str, fragments: Iterable[Sendable] = ()) -> Exchange:
        """Submit a command made by a program: its name, and its arguments as fragments (`grammar.writer.Writer`).

        Raises UsageError, and sends nothing, for CR, LF or NUL outside a literal, and for a line that ends as if a
        literal followed; what `require` raises, if `strict`.
        """
        said, listed = name.encode("utf-8", "surrogateescape"), list(fragments)
        last = listed[-1] if listed else b""
        if _OCTETS.issuperset(map(type, listed)):
            if listed:
                last = b"".join(listed)  # type: ignore[arg-type] # they are octets
                said = b"%b %b" % (said, last)
            listed = []
        else:
            said += b" "
        if _CR in said or _LF in said or _NUL in said or (listed and any(map(_breaks, listed))):
            raise UsageError("CR, LF and NUL cannot be part of a command line: send them in a literal")
        if isinstance(last, bytes) and last.endswith(b"}") and _ANNOUNCES.search(last):
            raise UsageError(f"a command cannot end in {last[-60:].decode('latin-1')}, which announces a literal")
        upper = name.upper()
        if self.strict:
            self.require(upper)
        tag = self._sender.new_tag()
        return self._submit_checked(Exchange(tag, upper, [b"%b %b" % (tag.encode("ascii"), said), *listed]))

    def authenticate(self, mechanism: Mechanism) -> Exchange:
        """Submit AUTHENTICATE with a mechanism of `imapsh.sasl`.

        Its initial response goes along if the server has SASL-IR.  Raises LoginError, and sends nothing, if the
        mechanism has no response to begin with; and what `require` raises, if `strict`.
        """
        if self.strict:
            self.require("AUTHENTICATE")
        return self._submit_checked(authentication.begin(mechanism, self.new_tag(), self.capabilities, self.secrets))

    def _submit_checked(self, exchange: Exchange) -> Exchange:
        if not self.strict:
            return self.submit(exchange)
        if exchange.row is not None:
            exchange.states = exchange.row.states
        self._sender.submit(exchange)  # `require` has looked whether it is open
        return exchange

    def submit(self, exchange: Exchange) -> Exchange:
        """Queue an exchange; IDLE is ended first.  Raises what `require_open` raises, UsageError for a tag in use."""
        self._ending.require_open()
        self._sender.submit(exchange)
        return exchange

    def cancel(self, exchange: Exchange) -> bool:
        """Take a command back that was not sent yet, and return True; False if it was sent."""
        return self._sender.cancel(exchange)

    def done(self) -> None:
        """End IDLE: DONE goes out after its `+`, and not at all after NO or BAD (RFC 9051 section 6.3.13)."""
        self._sender.done()

    def answer(self, text: bytes) -> None:
        """Answer the `+` of a hand-typed AUTHENTICATE.  The whole line is secret, unless it is `*`, which cancels.

        Raises UsageError for more than a line, StateError if no AUTHENTICATE is running, and what `require_open`
        raises.
        """
        if _CR in text or _LF in text:
            raise UsageError("an answer must be one line")
        self.require_open()
        exchange = self.asks_answer()
        if exchange is None:
            raise StateError("AUTHENTICATE is not running: nothing was sent")
        if exchange.answers or not exchange.shown.raw.upper().endswith(b" LOGIN\r\n"):  # there a user name comes first
            self.secrets.add_sasl(text)
        self._sender.answer(exchange, text)

    def raw(self, octets: bytes, shown: bytes | None = None) -> None:
        """Send octets as they are, in no command; the caller answers for them.  Raises what `require_open` raises.

        `shown` holds the same octets without their secrets; known secrets are masked in any case.
        """
        self.require_open()
        self.known.raw.sent(octets)
        self.known.checks.disturbed()
        self._sender.say(octets, self.secrets.mask(octets if shown is None else shown))

    def asks_answer(self) -> Exchange | None:
        """Return the hand-typed AUTHENTICATE that runs, or None."""
        return next((e for e in self.running.values() if e.name == "AUTHENTICATE" and e.mechanism is None), None)


def _breaks(fragment: Sendable) -> bool:
    """Return whether octets that are not in a literal would end the line, or cannot be sent."""
    octets = fragment.octets if isinstance(fragment, Secret) else fragment
    return isinstance(octets, bytes) and (_CR in octets or _LF in octets or _NUL in octets)
