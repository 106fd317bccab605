"""The receiving half of a session: hands each response to its recipient, and makes it an event.

Theory of operation.  The state of the connection and the kind of a response decide where it goes:

    before the greeting                 the greeting
    a tagged reply to a running command ends that command
    `+`                                 to the literal that waits, else to AUTHENTICATE, else to IDLE, else to nobody
    anything else                       to the command that asked for it (`imapsh.session.attribution`), or unsolicited

Whatever it is, `Knowledge` takes it in first and says what is wrong with its time.  Then the event is reported, and
then the sender may go on.  Three replies change what is read next: the OK to STARTTLS pauses everything, the OK to
COMPRESS lets the inbox inflate what follows, which ends with the OK to UNAUTHENTICATE, and the OK to LOGOUT ends the
session.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection

from imapsh.errors import ConnectionLost, ImapshError, LimitError, LoginError, TLSError
from imapsh.grammar.responses import CONTINUATION, TAGGED, Response
from imapsh.grammar.values import Fetch
from imapsh.hints import TYPE_CHECKING
from imapsh.session import conduct, states
from imapsh.session.attribution import answered, says_whose
from imapsh.session.events import Closed, Completed, Happening, Received, ReceivedRun, Upgrade
from imapsh.table.model import LOGOUT

if TYPE_CHECKING:
    from imapsh.sasl.mechanism import Mechanism
    from imapsh.session.ending import Ending
    from imapsh.session.exchange import Exchange
    from imapsh.session.inbox import Inbox
    from imapsh.session.knowledge import Knowledge
    from imapsh.session.sending import Sender
    from imapsh.wire.limits import Limits


_new = tuple.__new__  # this takes half the time of Completed itself, or Received

#: Commands whose OK changes how octets are read, or ends the connection.
_SPECIAL = frozenset({"COMPRESS", "STARTTLS", "LOGOUT", states.LEAVES})


class Receiver:
    """The receiving half of a session: it takes responses out of the `inbox` and puts events for them into `events`.

    A command that brings more untagged responses than `limits` allow ends the connection, and so does a longer
    challenge of a mechanism.
    """

    def __init__(
        self,
        known: Knowledge,
        inbox: Inbox,
        sender: Sender,
        ending: Ending,
        events: deque[Happening],
        *,
        clock: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._known = known
        self._inbox = inbox
        self._sender = sender
        self._ending = ending
        self._events = events
        self._clock = clock
        self._limits = limits
        self._most = limits.responses
        self._requests = 0  # `+` while a command ran, which its literals may have asked for

    def advance(self) -> bool:
        """Take one more response, or the end; return whether anything came of it."""
        inbox = self._inbox
        try:
            shapes = inbox.shapes
            if shapes is not None and shapes.now is not None and not self._known.checks.strict and self._together():
                return True
            response = inbox.take()
        except (LimitError, ConnectionLost) as error:
            self.close(error)
            return True
        except Exception as error:  # noqa: BLE001 # of the program
            self.failed(error)
            return True
        if response is not None:
            self.take(response)
            return True
        if inbox.ended:
            self.close(self._ending.of_stream())
            return True
        return False

    def take(self, response: Response) -> None:
        """Hand on a response."""
        known = self._known
        exchange = next(iter(known.running.values()), None)
        if exchange is not None and exchange.first is None:
            exchange.first = self._clock()
        kind, tag = response.kind, response.tag or ""
        if response.frame.incomplete:
            self._events.append(Received(response, exchange, unsolicited=True))
        elif known.state == states.START:
            self._greet(response)
        elif kind is TAGGED and (replied := known.running.get(tag) or known.given_up.get(tag)) is not None:
            self._complete(replied, response)
        elif kind is CONTINUATION:
            if exchange is not None:
                exchange.received += response.frame.length
            self._continue(response)
        else:
            self._other(response, exchange)

    def close(self, error: ImapshError | None, *, injected: bool = False) -> None:
        """End the session.

        Octets that were received and not read yet are shown, as `injected` where TLS was due.  Commands in flight get
        no reply any more.
        """
        if self._ending.closed:
            return
        in_flight = tuple(self._known.running.values())
        rest = self._inbox.rest(injected=injected)
        if rest is not None:
            self._events.append(Received(rest, next(iter(in_flight), None), unsolicited=True))
        error, findings = self._ending.close(error, by_server=self._inbox.ended)
        self._known.ended()
        in_flight += self._sender.stop()
        self._inbox.set_trace(None)
        self._events.append(Closed(error, in_flight, findings))

    def fail(self, cause: Exception, what: str = "") -> None:
        """End the session by an error of code that it or its driver calls; `what` says what has happened."""
        if not self._ending.closed:
            lost = ConnectionLost(what or f"{type(cause).__name__}, the cause of this error, ended the connection")
            lost.__cause__ = cause
            self._ending.during(lost)
            self.close(lost)

    def failed(self, cause: Exception) -> None:
        """End the session, because octets that came could not be handed on.

        Raises the error, unless it is about a file: the event Closed tells of that.
        """
        if not isinstance(cause, OSError):
            self.fail(cause)
            raise cause
        self.fail(cause, f"a literal could not be kept in a file: {cause}")

    # -- the greeting and replies

    def _greet(self, response: Response) -> None:
        first = self._known.greeting is None
        self._known.greet(response)
        self._events.append(Received(response, greeting=first))
        self._sender.start_next()

    def _complete(self, exchange: Exchange, response: Response) -> None:
        okay = response.name == "OK"
        if okay and exchange.mechanism is not None and not self._proven(exchange, exchange.mechanism, response):
            return
        self._requests = 0
        exchange.response = response
        exchange.received += response.frame.length
        self._sender.completed(exchange)
        findings = self._known.completed(exchange, response)
        special = exchange.name in _SPECIAL
        if special and okay:
            self._recode(exchange)
        self._events.append(_new(Completed, (response, exchange, findings)))
        if special and exchange.name == "STARTTLS" and okay:
            self._pause(exchange)
        elif special and self._known.state == LOGOUT and exchange.name == "LOGOUT":
            self.close(None)
        if self._sender.queue.by_tag:
            self._sender.start_next()

    def _recode(self, exchange: Exchange) -> None:
        """Begin or end to inflate what follows."""
        if exchange.name == "COMPRESS" and self._inbox.compress():
            exchange.note("compressed from here on")
        if exchange.name == states.LEAVES and self._inbox.decompress():
            exchange.note("not compressed from here on")

    def _proven(self, exchange: Exchange, mechanism: Mechanism, response: Response) -> bool:
        """Return whether the server has done its part of the mechanism.

        If it has not, the connection is closed and its OK is disregarded.
        """
        try:
            mechanism.finish()
        except LoginError as error:
            self._events.append(Received(response, exchange))
            self.close(error)
            return False
        return True

    def _pause(self, exchange: Exchange) -> None:
        """Pause before TLS; octets that follow the OK came from somebody else (RFC 9051 section 6.2.1)."""
        self._sender.paused = True
        if self._inbox.buffered:
            error = TLSError("plaintext followed the STARTTLS OK (possible injection): connection closed")
            self.close(error, injected=True)
        else:
            self._events.append(Upgrade("tls", exchange))

    # -- while commands run

    def _continue(self, response: Response) -> None:
        waits = self._sender.outbox.waits
        exchange, asks, unsolicited, findings = self._known.continued(waits[0] if waits is not None else None)
        self._events.append(Received(response, exchange, unsolicited, asks, findings))
        self._requests += 1
        if self._requests > self._most > 0:
            self.close(LimitError("responses", self._most, self._requests))
        elif asks == "literal":
            if not self._known.ending:
                self._sender.permit()
        elif asks == "idle":
            self._sender.idles()
        elif asks == "authenticate" and exchange is not None and exchange.mechanism is not None:
            self._challenged(exchange, exchange.mechanism, self._inbox.challenge)

    def _challenged(self, exchange: Exchange, mechanism: Mechanism, challenge: str) -> None:
        """Answer a challenge.  End the connection for one that is too long, or that comes after the answer `*`."""
        try:
            self._limits.check("challenge", len(challenge))
            if mechanism.cancelled:
                raise LoginError(f"the server goes on with {mechanism.name} after it was cancelled: {mechanism.said}")
        except (LimitError, LoginError) as error:
            self.close(error)
        else:
            try:
                self._sender.respond(exchange, mechanism, challenge)
            except Exception as error:
                self.fail(error)
                raise

    def _together(self) -> bool:
        """Take the next FETCH responses if they are alike, as none has to be looked at; return whether there were any.

        They are reported at once if all that is to be known of them is in the rows, else each by itself.
        """
        known = self._known
        exchange = next(iter(known.running.values()), None)
        row = exchange.row if exchange is not None else None
        if exchange is None or row is None or known.raw.tags:
            return False
        if row.name == "IDLE" or "FETCH" not in row.responses:  # as `conduct.asked_for` has it: nobody asked for them
            return False
        run = self._inbox.together(self._most - exchange.untagged if self._most > 0 else None)
        if run is None:
            return False
        uids = known.together(run)
        if uids is None:
            for response in run.responses():
                self.take(response)
            return True
        if exchange.first is None:
            exchange.first = self._clock()
        exchange.untagged += len(run.found)
        exchange.received += len(run.octets)
        self._events.append(ReceivedRun(run, exchange, uids))
        return True

    def _other(self, response: Response, exchange: Exchange | None) -> None:
        """Report any other response.  FETCH comes by the hundred thousand, so every call here counts."""
        known = self._known
        askers: Collection[Exchange] = known.askers() if known.raw.tags else known.running.values()
        findings, change, uid, gone = known.take(response)
        asker = exchange if type(response.value) is Fetch else answered(response, known.running)
        unsolicited = not conduct.asked_for(response, askers)
        if asker is not None:
            exchange = asker
        elif says_whose(response.value) and not known.raw.tags:
            unsolicited = True
        if known.raw.tags and not (unsolicited or conduct.asked_for(response, known.running.values())):
            exchange = None  # what was sent in no command asked for it
        told = (response, exchange, unsolicited, "", findings, change, False, uid, gone)
        self._events.append(_new(Received, told))
        if exchange is not None:
            exchange.untagged += 1
            exchange.received += response.frame.length
            if change:
                exchange.note(change)
            if exchange.untagged > self._most > 0:
                self.close(LimitError("responses", self._most, exchange.untagged))
