"""Records one connection: the latest octets, the last exchange, what commands found, names and messages, views."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from imapsh.session.events import Completed, Event, Received, Sent
from imapsh.session.exchange import Exchange
from imapsh.session.recent import Recent
from imapsh.shell.record.known import Known
from imapsh.shell.record.last import Last
from imapsh.shell.record.rows import Taker
from imapsh.shell.screen.viewer import Viewer
from imapsh.wire.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.shell.record.results import Results

_RENAMES = ("CREATE", "DELETE", "RENAME")  # mailbox names are asked for anew after them
LOGINS = ("LOGIN", "AUTHENTICATE")


class Recorder:
    r"""Records the events of one connection.

    `recent` holds the latest octets, for `\export`; `last` is the last exchange, for `\last`; `known` is what
    completion offers; `viewer` is what views refer to.
    """

    def __init__(self, session: Session, limits: Limits = DEFAULT) -> None:
        self._session = session
        self.recent = Recent(limits.recent)
        session.set_keeper(self.recent)
        self.last = Last(session.parser, most=limits.kept)
        self.known = Known.of(session)
        self.viewer = Viewer()

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
            self._completed(event.exchange)

    def keep(self, event: Event, *, on: bool) -> None:
        """Keep what the person's commands bring; with `on`, what is sent does not begin a new exchange.

        Raises OSError if the disk is full.
        """
        if not (type(event) is Received and event.greeting):  # a greeting tells of no mailbox
            self.results.learn(event)
        joins = type(event) is Sent and event.exchange is not None and event.exchange is self.results.joining
        self.last.keep(event, on=on or joins)

    def begin_rows(self, exchange: Exchange) -> Taker:
        """Return a taker of FETCH responses of one command that differ in their values and UIDs alone.

        What is known of the session now holds for all of them.  It raises OSError if the disk is full.
        """
        messages, found, utf8 = self.known.messages, self.results.begin(exchange), self._session.parser.utf8

        def take(rows: Sequence[Received]) -> None:
            for row in rows:
                messages.learn(row.response.value, row.uid)
            if found is not None:
                for row in rows:
                    found.mark(row.response.value.seq)
            self.last.keep_rows(rows, utf8)

        return take

    def _completed(self, exchange: Exchange) -> None:
        if exchange.status != "OK":
            return
        if exchange.name in LOGINS:
            self.known.names.clear()
        elif exchange.name in _RENAMES:
            self.known.names.stale = True
