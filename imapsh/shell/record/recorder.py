"""Records one connection: the latest octets, the last exchange, what commands found, names and messages, views."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

from imapsh.grammar.values import Fetch
from imapsh.hints import TYPE_CHECKING
from imapsh.session.events import Closed, Completed, Event, Received, ReceivedRun, Sent
from imapsh.session.exchange import Exchange
from imapsh.session.recent import Recent
from imapsh.shell.record.known import Known
from imapsh.shell.record.last import Last, read_again
from imapsh.shell.record.opening import LOGINS, OpeningRecord
from imapsh.shell.record.rows import Taker
from imapsh.shell.screen.viewer import Viewer
from imapsh.wire.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.shell.record.results import Results

_RENAMES = ("CREATE", "DELETE", "RENAME")  # mailbox names are asked for anew after them


class Recorder:
    r"""Records the events of one connection.

    `recent` holds the latest octets, for `\export`; `last` is the last exchange, for `\last`; `known` is what
    completion offers; `viewer` is what views refer to; `opening` is how the connection was opened.  Without a prompt,
    nothing `completes`: then nobody asks about messages, and `known` does not keep them.
    """

    def __init__(self, session: Session, limits: Limits = DEFAULT, *, completes: bool = True) -> None:
        self._session = session
        self.recent = Recent(limits.recent)
        session.set_keeper(self.recent)
        self.last = Last(session.parser, most=limits.kept)
        self.known = Known.of(session, completes=completes)
        self.viewer = Viewer()
        self.opening = OpeningRecord(session)

    @cached_property
    def results(self) -> Results:
        """Return the results of the commands, for `$` and `${...}`."""
        from imapsh.shell.record.results import Results

        return Results(self._session)

    def learn(self, event: Event) -> None:
        """Take in an event, even one of a command of ours."""
        if type(event) is Received:
            self.known.learn(event)
        elif isinstance(event, Completed):
            exchange = event.exchange
            if self._session.known.mailbox is None:
                self.opening.completed(exchange)
            if exchange.name in LOGINS:
                if exchange.status == "OK":
                    self.known.names.clear()
            elif exchange.name in _RENAMES and exchange.status == "OK":
                self.known.names.stale = True
        elif isinstance(event, Closed):
            self.opening.ended(event.in_flight)

    def keep(self, event: Event, *, on: bool) -> None:
        """Keep what the person's commands bring; with `on`, what is sent does not begin a new exchange.

        Raises OSError if the disk is full.
        """
        if type(event) is Sent:
            joins = event.exchange is not None and event.exchange is self.results.joining
            self.last.keep(event, on=on or joins)
            return
        if not (type(event) is Received and event.greeting):  # a greeting tells of no mailbox
            self.results.learn(event)
        self.last.add(event)

    def begin_rows(self, exchange: Exchange, kind: type) -> Taker:
        """Return a taker of responses of one command, whose values of this type and UIDs alone differ.

        What is known of the session now holds for all of them.  It raises OSError if the disk is full.
        """
        if kind is not Fetch:
            return self._of_mailboxes()
        messages = self.known.messages if self.known.completes else None
        found, utf8 = self.results.begin(exchange), self._session.known.parser.utf8

        def take(rows: Sequence[Received], octets: bytes | None) -> None:
            if messages is not None:
                for row in rows:
                    messages.learn(row.response.value, row.uid)
            if found is not None:
                for row in rows:
                    found.mark(row.response.value.seq)
            self.last.keep_rows(rows, utf8, octets)

        return take

    def _of_mailboxes(self) -> Taker:
        known, parser = self.known, self._session.parser
        utf8 = parser.utf8

        def take(rows: Sequence[Received], octets: bytes | None) -> None:
            if known.completes or octets is None:
                for row in rows:
                    known.names.learn(row.response)
            else:
                known.names.owe(octets, partial(read_again, parser, utf8))
            self.last.keep_rows(rows, utf8, octets)

        return take

    def keep_run(self, run: ReceivedRun) -> None:
        """Take in FETCH responses that are alike.  Raises OSError if the disk is full."""
        if self.known.completes:
            self.known.messages.learn_run(run)
        if (found := self.results.begin(run.exchange)) is not None:
            found.mark_all(run.run.numbers)
        self.last.keep_run(run, self._session.parser.utf8)
