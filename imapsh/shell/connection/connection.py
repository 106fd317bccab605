"""One connection of a run, as the commands see it, whoever moves its octets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from imapsh.errors import ImapshError, StateError
from imapsh.grammar.responses import STATUS
from imapsh.grammar.values import StatusText
from imapsh.hints import TYPE_CHECKING
from imapsh.session import clear
from imapsh.session.core import Session
from imapsh.session.discreet import discreet
from imapsh.session.events import Closed, Completed, Event, Received, ReceivedRun, Sent
from imapsh.session.exchange import Exchange, Sendable
from imapsh.shell.connection.own import Own
from imapsh.shell.record.opening import LOGINS, first_argument
from imapsh.shell.record.recorder import Recorder
from imapsh.shell.record.rows import Rows, Taker
from imapsh.table.model import AUTHENTICATED, SELECTED

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.session.opening import Opening
    from imapsh.shell.connection.dial import Plan
    from imapsh.shell.connection.watch import Watch
    from imapsh.shell.record.journal import Place
    from imapsh.shell.record.last import Last
    from imapsh.shell.record.results import Results
    from imapsh.shell.screen.display import Display
    from imapsh.shell.screen.targets import Target
    from imapsh.transport.base import AsyncStream, Stream
    from imapsh.wire.reader import Opener, Sink


_UNSAID = Own()

_SELECTING = ("SELECT", "EXAMINE")
_TELLING = frozenset({*LOGINS, "UNAUTHENTICATE", *_SELECTING})  # commands whose replies say of users and mailboxes

#: Is told of each event when it has been shown; `own`: a command of ours brought it.
Listener = Callable[["Connection", Event, bool], None]


class Connection:
    r"""One connection of a run, with its record and its display.

    `name` is what `\use` knows it by.  `user` is who is logged in, as far as is known, "" for nobody; `acting` is the
    other user for whom that one acts, "" for none.  `record` is what
    the connection has taught, and `display` shows its events.

    `own` holds the commands of ours that have no reply yet.  `diverted` holds the commands whose output goes elsewhere,
    and `given_up` those whose reply nothing waits for any more.  `question` is a hand-typed AUTHENTICATE whose `+` is
    to be answered, and `answering` one whose answer the person is being asked for.  `begun` is what `\raw` sent of a
    command whose end it has not sent.  `entered` is true if somebody was logged in, and `opening` as long as imapsh
    logs in by itself.  `due` is the mailbox that was selected on a connection before this one, and is still to be
    selected again.  `rows` are the responses that wait to be taken in together.
    """

    def __init__(
        self,
        name: str,
        plan: Plan,
        session: Session,
        stream: Stream | AsyncStream,
        record: Recorder,
        display: Display,
    ) -> None:
        self.name = name
        self.plan = plan
        self.session = session
        self.stream = stream
        self.record = record
        self.display = display
        self.own: dict[Exchange, Own] = {}
        self.diverted: dict[Exchange, Target] = {}
        self.given_up: set[Exchange] = set()
        self.question: Exchange | None = None
        self.answering: Exchange | None = None
        self.begun = b""
        self.user = ""
        self.acting = ""
        self.entered = False
        self.opening = True
        self.due: Mailbox | None = None
        self.first: Received | None = None
        self.listeners: list[Listener] = []
        self.rows = Rows((self.own, self.diverted), record.begin_rows, self._take_rows)
        self._kick: Callable[[], None] = lambda: None
        self.watch: Watch
        session.guard = clear.guard(session, self._wanted)
        session.opener = _Opener(self, session.opener)

    def _wanted(self) -> Opening:
        """Return the opening that the plan describes now; the plan may change."""
        from imapsh.shell.connection.dial import opening

        return opening(self.plan)

    def moved_by(self, kick: Callable[[], None], watch: Watch) -> None:
        """Use `kick` from now on to report events and send octets, and `watch` to get news between commands."""
        self._kick = kick
        self.watch = watch

    # -- what is known

    @property
    def live(self) -> bool:
        """Return whether the connection is open."""
        return not self.session.closed

    @property
    def last(self) -> Last:
        """The last exchange."""
        return self.record.last

    @property
    def results(self) -> Results:
        """Return the results of its commands."""
        return self.record.results

    @property
    def label(self) -> str:
        """Return `user@host`, shortened; `user@host (by admin)` if the admin logged in and acts for the user."""
        user = self.acting or self.user
        label = self.plan._replace(user=user, address=self.plan.address._replace(user=user)).label
        return f"{label} (by {self.user or 'another'})" if self.acting else label

    @property
    def box(self) -> str:
        """The name of the selected mailbox, or ""."""
        return self.session.mailbox.name if self.session.mailbox is not None else ""

    @property
    def tls(self) -> str:
        """Return the version of TLS, or a few words if there is no TLS."""
        local = self.plan.demo or self.plan.address.is_local
        return self.stream.info.tls or ("local" if local else "no TLS")

    @property
    def busy(self) -> str:
        """The commands that run and wait, except the one that watches; or ""."""
        return self.running(self.watch.exchange)

    def running(self, *without: Exchange | None) -> str:
        """Return the commands that run and wait, except these, in words; or ""."""
        parts = [
            f"{one.tag} {one.name} is still running" for one in self.session.running.values() if one not in without
        ]
        parts += [f"{one.tag} {one.name} waits" for one in self.session.queue if one not in without]
        return ", ".join(parts)

    def place(self, mailbox: str | None = None, uidvalidity: int = 0) -> Place:
        """Return a mailbox of this connection as the journal names it; without a name, the selected one."""
        from imapsh.shell.record.journal import Place

        box = self.session.mailbox
        if mailbox is None and box is not None:
            mailbox, uidvalidity = box.name, box.uidvalidity or 0
        command = self.plan.address.command
        server = " ".join(command) if command and not self.plan.demo else self.plan.where
        return Place(self.name, server, self.acting or self.user, mailbox or "", uidvalidity)

    @property
    def summary(self) -> str:
        """Return a line with the user, the server, the state and the running commands."""
        if not self.live:
            return f"{self.label} not connected"
        box = f" {self.box}" if self.box else ""
        what = "watching" if self.watch.watching else "idle" if self.idle is not None else self.busy
        return f"{self.label}{box} {self.session.state}{f', {what}' * bool(what)}"

    def opened(self) -> None:
        """Note that the opening is over; if it needed no login (PREAUTH), the user is the plan's, as far as we know."""
        if self.session.state not in (AUTHENTICATED, SELECTED):
            return
        if self.plan.user and not self.entered:
            self.note(
                "the server greets with PREAUTH, so it has chosen the user; it was not asked to log in "
                f"{self.plan.user}"
            )
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

    # -- commands

    def quietly(self, name: str, fragments: Iterable[Sendable] = (), own: Own = _UNSAID) -> Exchange:
        """Submit a command of ours, whose responses are not shown.  Yield it to wait for its reply (`steps`).

        Raises what `Session.command` does.
        """
        if self.session.closed:
            raise StateError("not connected: \\connect opens a connection")
        exchange = self.session.command(name, fragments)
        self.own[exchange] = own
        return exchange

    def kick(self) -> None:
        """Report the session's events and send what is due, after something was asked of the session itself."""
        self._kick()

    def resync(self) -> bool:
        """Give up what has come in part, and go on after it (`Session.resync`).  Return whether there was any.

        Everything that comes of it is shown, whatever was left running.
        """
        self.display.muted.clear()
        found = self.session.resync()
        self.kick()
        return found

    def give_up(self) -> tuple[Exchange, ...]:
        """Stop waiting for the replies to commands (`Session.give_up`), and return these.

        Those of ours are given up only if they alone keep others waiting.  A late reply is shown.
        """
        session = self.session
        given = session.give_up(self.own)
        if not given and session.queue:
            given = session.give_up()
        for exchange in given:
            self.diverted.pop(exchange, None)
            self.given_up.add(exchange)
        self.kick()
        return given

    def mute(self, exchange: Exchange) -> None:
        """Stop showing a command that is left running."""
        self.display.mute(exchange)

    def note(self, text: str) -> None:
        """Show a line beside the conversation."""
        self.display.note(text)

    # -- events

    def take(self, event: Event) -> None:
        """Take in an event of the session: record it, show it where it is to be seen, and tell the listeners.

        This order is the same for every driver.
        """
        if type(event) is Received:
            shown = discreet(event.response)
            event = event if shown is event.response else event._replace(response=shown)
            if self.rows.take(event):
                return
        elif self.rows.waiting:
            self.rows.end()
        if type(event) is not Sent:
            self.record.learn(event)
        if type(event) is Received:
            self.first = self.first or event
            if event.asks:
                self._asked(event)
        elif isinstance(event, Completed) and event.exchange is self.question:
            self.question = None
        elif isinstance(event, Closed) and event.error is not None:
            event.error.args = (told(event, event.error),)
        own = bool(self.own) and not isinstance(event, Closed) and event.exchange in self.own
        self._show(event)
        if isinstance(event, Completed):
            self._replied(event, own)
        for listener in self.listeners:
            listener(self, event, own)

    def take_run(self, run: ReceivedRun) -> None:
        """Take in FETCH responses that are alike: at once if they are only recorded and shown, else one by one."""
        self.rows.end()
        if run.exchange in self.own or run.exchange in self.diverted:
            for event in run.each():
                self.take(event)
            return
        try:
            self.record.keep_run(run)
        except OSError as error:
            self._not_kept(error)
        self.display.run(run)

    def settle(self) -> None:
        """Take in the rows that wait, because a slice of events is over."""
        if self.rows.waiting:
            self.rows.end()

    def _take_rows(self, record: Taker, rows: Sequence[Received], octets: bytes | None) -> None:
        try:
            record(rows, octets)
        except OSError as error:
            self._not_kept(error)
        self.display.rows(rows, octets)

    def _asked(self, event: Received) -> None:
        """Take in a `+`."""
        if event.asks == "authenticate" and event.exchange is self.session.asks_answer():
            self.question = event.exchange

    def _show(self, event: Event) -> None:
        shown = self._sifted(event) if self.own else event
        if shown is not None:
            if type(shown) is Completed and shown.exchange.name in _TELLING:
                self._told(shown.exchange)
            try:
                self.record.keep(shown, on=bool(self.display.muted))
            except OSError as error:
                self._not_kept(error)
            self.display.show(shown, aside=bool(self.diverted) and self._diverted(shown))
        elif isinstance(event, Completed) and (why := self.own.pop(event.exchange).why):
            self.display.asked(event.exchange, why)

    def _told(self, exchange: Exchange) -> None:
        """Take note of what the reply to a command of the person's says of users and mailboxes."""
        name, okay = exchange.name, exchange.status == "OK"
        if okay and name in LOGINS:
            self._logged_in(exchange)
        elif okay and name == "UNAUTHENTICATE":
            self.user = self.acting = ""  # who logs in next is not known, by \raw for instance
        elif name in _SELECTING:
            self.due = None

    def _logged_in(self, exchange: Exchange) -> None:
        """Take note of who is logged in now, and for whom that user acts."""
        self.entered = True
        if exchange.name == "PROXYAUTH":
            self.acting = first_argument(exchange)
            return
        self.user = who(exchange)
        self.acting = exchange.mechanism.authorize if exchange.mechanism is not None else ""
        if self.plan.authorize and not self.acting:
            by_hand = exchange.name == "AUTHENTICATE" and exchange.mechanism is None
            self.note(
                f"for whom this login acts was in your own response, which may not have named {self.plan.authorize}"
                if by_hand
                else f"this login acts for nobody: {exchange.name} did not name {self.plan.authorize}; "
                "AUTHENTICATE with a mechanism such as PLAIN does"
            )
        if self.plan.proxyauth and not self.opening:
            self.note(f"this login acts for nobody until you type PROXYAUTH {self.plan.proxyauth}")

    def _not_kept(self, error: OSError) -> None:
        from tempfile import gettempdir

        self.last.give_up()
        self.display.fault(f"\\last cannot keep this exchange in {gettempdir()}: {error.strerror}")

    def _sifted(self, event: Event) -> Event | None:
        """Return the event if it is to be shown.

        Return None if it is of a command of ours, whose taker is then given it.
        """
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
        return None

    def _diverted(self, event: Event) -> bool:
        """Return whether an event went to the target of its command's output, so that it is not shown here."""
        if isinstance(event, Closed) or event.exchange is None:
            return False
        if isinstance(event, Received) and (event.unsolicited or event.greeting):
            return False
        completed = isinstance(event, Completed)
        target = self.diverted.pop(event.exchange, None) if completed else self.diverted.get(event.exchange)
        if target is None:
            return False
        self.record.viewer.remember(event)
        return target.take(event)

    def _replied(self, event: Completed, own: bool) -> None:
        """Take note that a command has its reply; unless it is our `own`, this was shown."""
        exchange = event.exchange
        if exchange in self.given_up:
            self.given_up.remove(exchange)
            self.note(f"this is the late reply to {exchange.tag} {exchange.name}, which was given up")
        if event.response.name == "NO" and not own:
            utf8 = self.session.context().takes_utf8
            if meant := self.record.known.meant(exchange, utf8=utf8):
                self.note(meant)
        if exchange is self.watch.exchange:
            self.watch.completed(exchange)


class _Opener:
    """Opens the sinks of a connection's literals; `opener` is the session's own, which opens most.

    Literals of up to `kept` octets are kept in memory, and the reader does not ask about them.  Responses with literals
    come one by one, because the record keeps the octets of a run as they are only if each response is one line.
    """

    together = False

    def __init__(self, connection: Connection, opener: Opener | None) -> None:
        from imapsh.shell.connection.dial import SPOOL

        self._connection = connection
        self._opener = opener
        self._large = SPOOL
        self.kept = SPOOL if opener is None else min(SPOOL, getattr(opener, "kept", -1))

    def __call__(self, octets: int, line: bytes) -> Sink | None:
        """Return the sink for a literal.  A large one of a command whose output goes to a file may come there."""
        diverted, running = self._connection.diverted, self._connection.session.running
        if octets > self._large and diverted and len(running) == 1:
            target = diverted.get(next(iter(running.values())))
            if target is not None and (sink := target.sink()) is not None:
                return sink
        return self._opener(octets, line) if self._opener is not None else None


def who(exchange: Exchange) -> str:
    """Return the user that a LOGIN or AUTHENTICATE logged in, or "" if that is not known."""
    if exchange.mechanism is not None:
        return exchange.mechanism.user
    return first_argument(exchange) if exchange.name == "LOGIN" else ""


def _keeps_alive(event: Received) -> bool:
    """Return whether it is an OK that says nothing, such as `* OK Still here`."""
    value = event.response.value
    plain = event.response.kind is STATUS and event.response.name == "OK" and isinstance(value, StatusText)
    return plain and value.code is None and not (event.response.violations or event.findings)


def told(event: Closed, error: ImapshError) -> str:
    """Return what ended a connection, and the commands that had no reply yet."""
    from imapsh.shell.settings.reasons import in_options

    text = in_options(error)
    unsaid = [name for one in event.in_flight if (name := f"{one.tag} {one.name}") not in text]
    return f"{text} (no reply to {', '.join(unsaid)}; not sent again)" if unsaid else text
