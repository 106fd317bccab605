"""What a FETCH brings, taken in many at a time: to ask all of the prompt at each line takes longer than the line.

Rows are FETCH responses that were asked for, one after another and with nothing to say of them.  They wait until
anything else happens or a slice of events is over (`imapsh.client.connection`), which is before the loop gets its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.values import Fetch
from imapsh.session.events import Event, Received

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.carrying.results import Found
    from imapsh.shell.seen import Messages
    from imapsh.shell.talk import Talk

#: unsolicited, asks, findings, change and greeting of a row
_PLAIN = (False, "", (), "", False)


class Rows:
    """Those of one connection that wait.  What is known of the session when the first comes holds for all."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._events: list[Received] = []
        self._exchange: Exchange | None = None
        self._messages: Messages
        self._found: Found | None = None
        self._utf8 = False

    def take(self, event: Event) -> bool:
        """Whether this is a row; what waits, and it is not one of, is taken in before."""
        if type(event) is Received and type(event.response.value) is Fetch and event[2:7] == _PLAIN:
            if event.exchange is self._exchange is not None or self._begin(event):
                self._events.append(event)
                return True
        elif self._events:
            self.end()
        return False

    def _begin(self, event: Received) -> bool:
        self.end()
        talk, exchange = self._talk, event.exchange
        if exchange is None or exchange in talk.own or exchange in talk.diverted:
            return False
        self._exchange = exchange
        self._messages = talk.known.messages
        self._found = talk.results.begin(exchange)
        self._utf8 = talk.session.parser.utf8
        return True

    def end(self) -> None:
        """Take in what waits."""
        events, self._events, self._exchange = self._events, [], None
        if not events:
            return
        for event in events:
            self._messages.learn(event.response.value, event.uid)
        if self._found is not None:
            for event in events:
                self._found.mark(event.response.value.seq)
        self._talk.stage.show_rows(events, self._utf8)
