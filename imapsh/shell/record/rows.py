"""Takes in FETCH responses many at a time, because asking every part of the shell at each line takes longer.

Rows are FETCH responses that were asked for, one after another and with nothing to say of them.  They wait until
anything else happens or a slice of events is over (`Connection.settle`), which is before a driver waits.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING

from imapsh.grammar.values import Fetch
from imapsh.session.events import Event, Received

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange

#: Takes the rows of one command.
Taker = Callable[[Sequence[Received]], None]

#: unsolicited, asks, findings, change and greeting of a row
_PLAIN = (False, "", (), "", False)


class Rows:
    """The rows of one connection that wait; responses to the commands of `apart` are no rows.

    `begin` is called with the command when its first row comes, and returns what takes the rows: what is known of the
    session then holds for all of them.
    """

    def __init__(self, apart: tuple[Container[Exchange], ...], begin: Callable[[Exchange], Taker]) -> None:
        self._apart = apart
        self._starts = begin
        self._events: list[Received] = []
        self._exchange: Exchange | None = None
        self._taker: Taker

    def take(self, event: Event) -> bool:
        """Return whether the event is a row.  If it is not, the waiting rows are taken in first."""
        if type(event) is Received and type(event.response.value) is Fetch and event[2:7] == _PLAIN:
            if event.exchange is self._exchange is not None or self._begin(event.exchange):
                self._events.append(event)
                return True
        elif self._events:
            self.end()
        return False

    def _begin(self, exchange: Exchange | None) -> bool:
        self.end()
        if exchange is None or any(exchange in apart for apart in self._apart):
            return False
        self._exchange = exchange
        self._taker = self._starts(exchange)
        return True

    def end(self) -> None:
        """Take in the rows that wait."""
        events, self._events, self._exchange = self._events, [], None
        if events:
            self._taker(events)
