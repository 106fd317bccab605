"""One connection of a run, as the commands see it, whoever moves its octets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from imapsh.errors import StateError
from imapsh.grammar.responses import STATUS
from imapsh.grammar.values import StatusText
from imapsh.session import clear
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.session.exchange import Exchange, Sendable
from imapsh.shell.addressing import addressee, answers
from imapsh.shell.viewer import Viewer
from imapsh.spec.model import AUTHENTICATED, SELECTED

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.session.opening import Opening
    from imapsh.shell.carrying.results import Results
    from imapsh.shell.carrying.targets import Target
    from imapsh.shell.dial import Plan
    from imapsh.transport.base import AsyncStream, Stream


class Own(NamedTuple):
    """A command of ours: what it is for, "" where that need not be said, and who takes the responses it brings.

    `news`: they are news, and shown as what comes unasked is, but for what only keeps the connection alive.
    """

    why: str = ""
    take: Callable[[Received], None] | None = None
    news: bool = False


_UNSAID = Own()

LOGINS = ("LOGIN", "AUTHENTICATE")


class Conversation:
    """`name` is what `\\use` knows it by; `user`: who is logged in, as far as is known, "" for nobody.

    `own`: commands of ours that have no reply yet; `viewer` makes its views; `results`: what its commands found;
    `diverted`: those whose output goes elsewhere.  `entered`: somebody was logged in.  `due`: the mailbox that was
    selected on a connection before this one, and is still to be selected again.
    """

    def __init__(
        self, name: str, plan: Plan, session: Session, stream: Stream | AsyncStream, viewer: Viewer | None = None
    ) -> None:
        self.name = name
        self.plan = plan
        self.session = session
        self.stream = stream
        self.viewer = viewer or Viewer()
        self.own: dict[Exchange, Own] = {}
        self.user = ""
        self.diverted: dict[Exchange, Target] = {}
        self.entered = False
        self.due: Mailbox | None = None
        self.begun = b""  # what \\raw sent of a command whose end it has not sent
        session.guard = clear.guard(session, self._wanted)

    def _wanted(self) -> Opening:
        """Where it leads; the plan may change."""
        from imapsh.shell.dial import opening

        return opening(self.plan)

    @cached_property
    def results(self) -> Results:
        """What its commands found and told."""
        from imapsh.shell.carrying.results import Results

        return Results(self.session)

    @property
    def live(self) -> bool:
        """Whether the connection lives."""
        return not self.session.closed

    @property
    def label(self) -> str:
        """`user@host`, short."""
        return self.plan._replace(user=self.user, address=self.plan.address._replace(user=self.user)).label

    def opened(self) -> None:
        """The opening is over; who needed no login for it (PREAUTH) is who the plan says."""
        if self.session.state in (AUTHENTICATED, SELECTED):
            self.entered = True
            self.user = self.user or self.plan.user

    @property
    def selected(self) -> Mailbox | None:
        """The mailbox that is selected, or was in the end, or is still `due`."""
        return self.session.mailbox or self.session.left or self.due

    @property
    def idle(self) -> Exchange | None:
        """The IDLE that the person typed, between its `+` and its DONE."""
        if not self.session.idling:
            return None
        idle = next((one for one in self.session.running.values() if one.name == "IDLE"), None)
        return idle if idle not in self.own else None

    def quietly(self, name: str, fragments: Iterable[Sendable] = (), own: Own = _UNSAID) -> Exchange:
        """Submit a command of ours: what it brings is not shown.  Yield it to wait for its reply (`steps`).

        Raises what `Session.command` does.
        """
        if self.session.closed:
            raise StateError("not connected: \\connect opens a connection")
        exchange = self.session.command(name, fragments)
        self.own[exchange] = own
        return exchange

    def kick(self) -> None:
        """Have told what came of it, and sent what is due, when something was asked of the session itself."""
        raise NotImplementedError

    def resync(self) -> bool:
        """Give up what has come in part, and go on behind it (`Session.resync`); whether there was anything."""
        found = self.session.resync()
        self.kick()
        return found

    def sifted(self, event: Event) -> Event | None:
        """The event where it is to be shown, None where it is of a command of ours; who takes it was given it.

        Where several commands run, a response goes to the one that it answers.
        """
        if type(event) is Received and len(self.session.running) > 1:
            event = self._addressed(event)
        if not self.own:
            return event
        exchange = None if isinstance(event, Closed) else event.exchange
        own = None if exchange is None else self.own.get(exchange)
        if own is None:
            return event
        if not isinstance(event, Received):
            return None
        if event.unsolicited or (own.news and not event.asks):
            return None if own.news and _keeps_alive(event) else event._replace(unsolicited=True)
        if own.take is not None:
            own.take(event)
        assert exchange is not None
        utf8 = self.session.parser.utf8
        return None if answers(exchange, event.response.value, utf8=utf8) else event._replace(unsolicited=True)

    def _addressed(self, event: Received) -> Received:
        running = self.session.running.values()
        exchange = addressee(event.response, running, utf8=self.session.parser.utf8)
        return event if exchange is None else event._replace(exchange=exchange)

    def witness(self, event: Event) -> bool:
        """Take in an event of a command that is not ours; whether it went where the person sent the output, and is not
        to be shown on the screen."""
        if type(event) is Received and event.greeting:
            return False  # it tells of no mailbox
        self.results.learn(event)
        if type(event) is Received and not self.diverted:
            return False
        if isinstance(event, Completed):
            if event.exchange.status == "OK" and event.exchange.name in LOGINS:
                self.user = who(event.exchange)
                self.entered = True
            if event.exchange.name in ("SELECT", "EXAMINE"):
                self.due = None
            target = self.diverted.pop(event.exchange, None)
        elif isinstance(event, Closed) or (isinstance(event, Received) and event.unsolicited):
            return False
        else:
            target = self.diverted.get(event.exchange) if event.exchange is not None else None
        if target is None:
            return False
        self.viewer.remember(event)
        return target.take(event)


def who(exchange: Exchange) -> str:
    """Whom a LOGIN or AUTHENTICATE logged in, "" where that is not known."""
    if exchange.mechanism is not None:
        return exchange.mechanism.user
    if exchange.name != "LOGIN":
        return ""
    from imapsh.spec.match import match

    found = match(exchange.shown.text().rstrip("\r\n"))
    value = found.slots[0].value if found.slots else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _keeps_alive(event: Received) -> bool:
    """Whether it is an OK that says nothing, as `* OK Still here`."""
    value = event.response.value
    plain = event.response.kind is STATUS and event.response.name == "OK" and isinstance(value, StatusText)
    return plain and value.code is None and not (event.response.violations or event.findings)


def told(event: Closed) -> str:
    """What ended a connection, with the commands that had no reply yet."""
    text = str(event.error)
    unsaid = [name for one in event.in_flight if (name := f"{one.tag} {one.name}") not in text]
    return f"{text} (without a reply: {', '.join(unsaid)}; not sent again)" if unsaid else text
