"""The sending half of a session: commands wait in a queue, and are sent when those before allow it.

Theory of operation.  A command is in one of four places:

    queue      submitted, and not one octet has gone out; it may still be taken back
    outbox     its line is going out; at most one command is here, because a literal may wait for `+`
    running    (`Knowledge.running`) its first octets went out and its tagged reply has not come;
               the command in the outbox is among these
    done       its tagged reply has come

`start_next` moves commands from the queue to the outbox, in order, as long as all of these hold: the greeting has come,
no TLS handshake is due (`paused`), the outbox is free, and `imapsh.session.pipeline` finds no ambiguity with what runs.
A command of a program (`Exchange.states`) is then looked at once more: if the state forbids it now, it is reported as
Unsent instead.  A command that nothing is before takes its turn without the queue.  Whatever may let the next command
go calls `start_next`: a submitted command, a permitted literal, a tagged reply, the greeting, the end of a TLS
handshake.  Each command is reported as Sent before its octets are taken.

IDLE ends with DONE, which is not a command.  It may go out only after IDLE's `+`, so a DONE that is asked for earlier
is kept (`_done_wanted`), also while IDLE is in the queue.  It is asked for whenever another command is submitted or
waits for the end of IDLE.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from imapsh import table
from imapsh.errors import StateError, UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.session import authentication, states
from imapsh.session.events import Sent, Unsent
from imapsh.session.exchange import secrets_in
from imapsh.session.literals import plus_allowed
from imapsh.session.outbox import Outbox
from imapsh.session.pipeline import may_start
from imapsh.session.queue import Queue
from imapsh.session.secrets import MASK
from imapsh.session.tags import Tags
from imapsh.table.model import LOGOUT, NOT_AUTHENTICATED
from imapsh.wire.frames import Frame
from imapsh.wire.limits import DEFAULT

if TYPE_CHECKING:
    from imapsh.sasl.mechanism import Mechanism
    from imapsh.session.events import Event
    from imapsh.session.exchange import Exchange
    from imapsh.session.knowledge import Knowledge
    from imapsh.session.secrets import Secrets
    from imapsh.session.traffic import Traffic

_new = tuple.__new__  # this takes half the time of Sent itself
_NOT_TALKING = (states.START, LOGOUT)


class Sender:
    """The sending half of a session: it sends commands as `known` allows it, and feeds `known` what is sent.

    `queue` holds the commands that wait.  At most `most` commands run at a time; 0 is no limit.  `paused` is true
    while TLS begins.  `new_tag` returns a tag that no command in flight has.  `tell` is given the events Sent and
    Unsent.  `clock` gives seconds; `traffic` counts the octets that cross the wire.
    """

    def __init__(
        self,
        known: Knowledge,
        secrets: Secrets,
        tell: Callable[[Event], None],
        *,
        clock: Callable[[], float],
        traffic: Traffic,
        most: int = DEFAULT.pipelined,
    ) -> None:
        self.queue = Queue()
        self.outbox = Outbox(secrets.mask, secrets.uncut)
        self.paused = False
        self._known = known
        self._secrets = secrets
        self._tell = tell
        self._clock = clock
        self._traffic = traffic
        self._most = most
        self._taken = known.running, known.given_up, self.queue.by_tag  # by the tags that are in use
        self.new_tag = partial(Tags().new, *self._taken)
        self._done_wanted = False
        self._looked: tuple[Exchange, int] | None = None  # what was masked last, and the secrets that were known then

    # -- what may be sent

    def check(self, name: str) -> None:
        """Raise StateError if a command is not allowed in the present state.

        Nothing is raised while a command is on its way that may change the state: the state is looked at before
        sending.
        """
        if self.queue.changers:
            return
        for other in self._known.running.values():
            if other.name in states.CHANGERS:
                return
        if (error := self._forbids(name)) is not None:
            raise error

    def _forbids(self, name: str) -> StateError | None:
        row, known = table.command(name), self._known
        if name == states.SECURES and known.secure and known.state == NOT_AUTHENTICATED:
            return StateError("STARTTLS is not allowed: TLS is already on")
        if row is None or known.state in row.states or known.state == states.START:
            return None
        from imapsh.typed.advice import forbidden

        return StateError(f"{forbidden(row, known.state)}; nothing was sent")

    # -- commands

    def submit(self, exchange: Exchange) -> None:
        """Queue a command; IDLE is ended first.  Raises UsageError for a tag in use."""
        tag, secrets, (running, given_up, queued) = exchange.tag, self._secrets, self._taken
        if tag in running or tag in given_up or tag in queued:
            raise UsageError(f"the tag {tag} is in use: give another tag, or leave it out")
        if not exchange.plain:
            self._learn(exchange)
            self._looked = exchange, len(secrets.known)
        line = exchange.shown.parts[0]
        if secrets.known and (not exchange.plain or secrets.mask(line) is not line):  # type: ignore[arg-type] # octets
            exchange.shown = self._masked(exchange)
        if not (running or queued) and self._free:
            self._take_turn(exchange)
            return
        self.queue.add(exchange)
        if self._idle():
            self.done()
        self.start_next()

    def _learn(self, exchange: Exchange) -> None:
        """Take in the secrets of a command, which are masked from now on."""
        for secret in secrets_in(exchange.fragments):
            # octets that are not a command may be an answer
            sasl = exchange.name == "AUTHENTICATE" or exchange.row is None
            add = self._secrets.add_sasl if sasl else self._secrets.add
            add(secret)

    def cancel(self, exchange: Exchange) -> bool:
        """Take a command back that was not sent yet, and return True; False if it was sent."""
        removed = self.queue.remove(exchange)
        if removed:
            self._not_sent(exchange)
        return removed

    def _not_sent(self, exchange: Exchange) -> None:
        """Forget a DONE that was asked for, if its IDLE will not be sent."""
        if exchange.name == "IDLE" and not self._idle():
            self._done_wanted = self._done_wanted and self._idle_waits()

    def start_next(self) -> None:
        """Send the commands whose turn it is."""
        known = self._known
        while self.queue.by_tag and self._free:
            exchange = self.queue.first
            self._name_mailbox(exchange)
            if not may_start(exchange, known.running.values(), self._most):
                return
            self.queue.remove(exchange)
            self._take_turn(exchange)

    def _take_turn(self, exchange: Exchange) -> None:
        """Send a command, unless the state forbids it now."""
        known, name = self._known, exchange.name
        doubtful = exchange.states and (known.state not in exchange.states or name == states.SECURES)
        if doubtful and (error := self._forbids(name)) is not None:
            exchange.error = error
            self._not_sent(exchange)
            self._tell(Unsent(exchange, error))
            return
        if name == "STATUS":
            self._name_mailbox(exchange)
        known.sent(exchange)
        exchange.started = self._clock()
        if self._traffic.deflate is not None:
            exchange.deflated = -self._traffic.compressed
        if name == "IDLE" and self.queue:
            self._done_wanted = True
        if not exchange.plain:
            self._settle(exchange)
        self._looked = None
        self._tell(_new(Sent, (exchange.shown, exchange)))
        self.outbox.start(exchange)

    def _settle(self, exchange: Exchange) -> None:
        """Decide how the literals of a command are announced."""
        known = self._known
        before = exchange.shown if self._looked == (exchange, len(self._secrets.known)) else None
        if exchange.settle(plus_allowed(known.capabilities, known.rev2)):
            exchange.shown = self._masked(exchange, before)

    @property
    def _free(self) -> bool:
        """Return whether a command may begin to be sent."""
        return self.outbox.current is None and not self.paused and self._known.state not in _NOT_TALKING

    def _name_mailbox(self, exchange: Exchange) -> None:
        """Note the mailbox of a STATUS, before which others with the same one are waited for."""
        if exchange.name == "STATUS" and exchange.mailbox is None:
            from imapsh.session.mailbox import name_in

            exchange.mailbox = name_in(exchange, self._known.parser.utf8)

    def completed(self, exchange: Exchange) -> None:
        """Stop sending a command that has its tagged reply; its times and octets are final then."""
        exchange.ended = self._clock()
        if self._traffic.deflate is not None:
            exchange.deflated += self._traffic.compressed
        if self.outbox.current is exchange:
            self.outbox.drop(exchange)
        if exchange.name == "IDLE":
            others = (other.name for other in self._known.running.values() if other is not exchange)
            self._done_wanted = self._done_wanted and "IDLE" in others

    def stop(self) -> tuple[Exchange, ...]:
        """Forget what is queued and return it, because the connection has ended."""
        self._done_wanted = False
        return self.queue.clear()

    # -- octets that are not a command

    def say(self, octets: bytes, shown: bytes, exchange: Exchange | None = None) -> None:
        """Send octets at once, for `exchange` or the last command that runs; `shown` is what may be seen of them."""
        self.outbox.send(octets, shown)
        exchange = exchange or next(reversed(self._known.running.values()), None)
        if exchange is not None:
            exchange.sent += len(octets)
        self._tell(Sent(Frame((shown,)), exchange))

    def answer(self, exchange: Exchange, text: bytes) -> None:
        """Answer the `+` of an AUTHENTICATE.  The whole line is secret, unless it is `*`, which cancels."""
        exchange.answers += 1
        self.say(text + b"\r\n", (text if text == authentication.CANCEL else MASK) + b"\r\n", exchange)

    def respond(self, exchange: Exchange, mechanism: Mechanism, challenge: str) -> None:
        """Answer the challenge of a `+` as the mechanism does."""
        self.answer(exchange, authentication.answer(mechanism, challenge, self._secrets))

    def done(self) -> None:
        """End IDLE: DONE goes out after its `+`, and not at all after NO or BAD (RFC 9051 section 6.3.13)."""
        if self._known.idling:
            self._known.done()
            self.say(b"DONE\r\n", b"DONE\r\n")
        elif self._idle() or self._idle_waits():
            self._done_wanted = True

    def idles(self) -> None:
        """Take in that IDLE has its `+`: a DONE that was asked for goes out."""
        if self._done_wanted:
            self.done()

    def _idle(self) -> bool:
        running = self._known.running
        return bool(running) and any(exchange.name == "IDLE" for exchange in running.values())

    def _idle_waits(self) -> bool:
        return any(exchange.name == "IDLE" for exchange in self.queue)

    def permit(self) -> None:
        """Take in that `+` came for the literal that waits."""
        self.outbox.permit()
        self.start_next()

    def _masked(self, exchange: Exchange, before: Frame | None = None) -> Frame:
        """Return the client's line without known secrets.

        A password that is the name of a command does not hide that name.  The literals of `before` are masked already:
        a message is long, and looking for secrets in it takes longer than sending it.
        """
        frame = exchange.shown
        mask = self._secrets.mask
        line = frame.parts[0]
        parts = list(frame.parts)
        if before is not None:
            parts[1::2] = before.parts[1::2]
        looked = 1 if before is None else 2
        parts[::looked] = [mask(part) if isinstance(part, bytes) else part for part in parts[::looked]]
        first, *others = parts
        head = f"{exchange.tag} {exchange.name}".encode("utf-8", "surrogateescape")
        if exchange.row is not None and isinstance(line, bytes) and line[: len(head)].upper() == head.upper():
            first = line[: len(head)] + mask(line[len(head) :])
        return Frame((first, *others), frame.offset, frame.violations, frame.incomplete)
