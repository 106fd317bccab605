"""Takes in responses of a listing many at a time, because asking every part of the shell at each line takes longer.

Rows are FETCH, LIST or LSUB responses that were asked for, one after another and with nothing to say of them.  They
wait until anything else happens or a slice of events is over (`Connection.settle`), which is before a driver waits.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from imapsh.grammar.values import Fetch, MailboxList
from imapsh.hints import TYPE_CHECKING
from imapsh.session.events import Event, Received

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange

#: Records rows of one command and one kind, and their octets if each is one line (`octets_of`).
Taker = Callable[[Sequence[Received], bytes | None], None]

_KINDS = frozenset({Fetch, MailboxList})  # of the values of rows

#: unsolicited, asks, findings, change and greeting of a row
_PLAIN = (False, "", (), "", False)


class Rows:
    """The rows of one connection that wait; responses to the commands of `apart` are no rows.

    `waiting` holds them.  `begin` is called with the command and the type of the value when the first row comes, and
    returns what records the rows: what is known of the session then holds for all of them.  `take` is given that, the
    rows and their octets.
    """

    def __init__(
        self,
        apart: tuple[Container[Exchange], ...],
        begin: Callable[[Exchange, type], Taker],
        take: Callable[[Taker, Sequence[Received], bytes | None], None],
    ) -> None:
        self._apart = apart
        self._starts = begin
        self._takes = take
        self.waiting: list[Received] = []
        self._exchange: Exchange | None = None
        self._kind: type = Fetch
        self._taker: Taker

    def take(self, event: Event) -> bool:
        """Return whether the event is a row.  If it is not, the waiting rows are taken in first."""
        if type(event) is Received and (kind := type(event.response.value)) in _KINDS and event[2:7] == _PLAIN:
            if (event.exchange is self._exchange is not None and kind is self._kind) or self._begin(event, kind):
                self.waiting.append(event)
                return True
        elif self.waiting:
            self.end()
        return False

    def _begin(self, event: Received, kind: type) -> bool:
        if self.waiting:
            self.end()
        exchange = event.exchange
        if exchange is None:
            return False
        for apart in self._apart:
            if exchange in apart:
                return False
        self._exchange, self._kind = exchange, kind
        self._taker = self._starts(exchange, kind)
        return True

    def end(self) -> None:
        """Take in the rows that wait."""
        events, self.waiting, self._exchange = self.waiting, [], None
        if events:
            self._takes(self._taker, events, octets_of(events))


def octets_of(rows: Sequence[Received]) -> bytes | None:
    """Return the octets of rows that are one line each, without a fault, and follow one another; None for others."""
    if len(rows[0].response.frame.parts) > 1:
        return None
    frames = [row.response.frame for row in rows]
    lines = [frame.raw for frame in frames if len(frame.parts) == 1 and not frame.violations]
    if len(lines) < len(rows) or any(row.response.violations for row in rows):
        return None
    octets = b"".join(lines)
    return octets if frames[-1].offset + len(lines[-1]) - frames[0].offset == len(octets) else None
