"""One connection of a run, as the commands see it, whoever moves its octets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from imapsh.errors import StateError
from imapsh.session.core import Session
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange, Sendable
from imapsh.shell.viewer import Viewer

if TYPE_CHECKING:
    from imapsh.shell.dial import Plan
    from imapsh.transport.base import AsyncStream, Stream


class Own(NamedTuple):
    """A command of ours: what it is for, "" where that need not be said, and who takes the responses it brings."""

    why: str = ""
    take: Callable[[Received], None] | None = None


_UNSAID = Own()


class Conversation:
    """`name` is what `\\use` knows it by; `viewer` makes its views; `own`: commands of ours that have no reply yet."""

    def __init__(
        self, name: str, plan: Plan, session: Session, stream: Stream | AsyncStream, viewer: Viewer | None = None
    ) -> None:
        self.name = name
        self.plan = plan
        self.session = session
        self.stream = stream
        self.viewer = viewer or Viewer()
        self.own: dict[Exchange, Own] = {}

    @property
    def live(self) -> bool:
        """Whether the connection lives."""
        return not self.session.closed

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

    def takes(self, event: Event) -> bool:
        """Whether an event is about a command of ours and was given to who takes it."""
        if not isinstance(event, Received) or event.unsolicited or event.exchange not in self.own:
            return False
        take = self.own[event.exchange].take
        if take is not None:
            take(event)
        return True
