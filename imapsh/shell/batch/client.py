"""Moves the octets of a batch's connections.  Before it waits, everything is sent and shown."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.client.blocking import BlockingClient
from imapsh.errors import ConnectionTimeout
from imapsh.hints import TYPE_CHECKING, cast
from imapsh.session.events import Event
from imapsh.transport.base import CHUNK

if TYPE_CHECKING:
    from imapsh.shell.connection.connection import Connection
    from imapsh.transport.base import Stream

_AT_ONCE = 0.001  # seconds: what is there already


class BatchClient(BlockingClient):
    """Moves the octets of one connection of a batch.

    `show` writes what is due to be shown; `tick` shows how far something long has come, None if nobody sees it.
    `patience` is the number of seconds that the server may be silent, or None for ever.
    """

    def __init__(self, connection: Connection, show: Callable[[], None], tick: Callable[[], None] | None) -> None:
        plan = connection.plan
        stream = cast("Stream", connection.stream)
        super().__init__(
            stream,
            connection.session,
            connection.take,
            on_run=connection.take_run,
            tls=plan.tls,
            server_name=plan.address.server_name,
        )
        self.connection = connection
        self._rows = connection.rows
        self.patience: float | None = plan.connect_timeout
        self._show = show
        self._tick = tick

    def greeted(self, seconds: float | None) -> None:
        """Let the server be silent for so many seconds from now on; None means for ever."""
        self.patience = seconds
        self.stream.settimeout(seconds)

    def kick(self) -> None:
        """Report the session's events, and send what is due."""
        self.flush()

    def pump(self) -> Event | None:
        """See BlockingClient."""
        self.flush()
        self._show()
        return super().pump()

    def poll(self, seconds: float) -> bool:
        """Send what is due, and read once, or what comes of a literal, if something comes within `seconds`.

        Return whether it came.  Raises ConnectionLost.
        """
        self.flush()
        return self.read(seconds)

    def read(self, seconds: float) -> bool:
        """Do the same if nothing is due to be sent, as after `flush`."""
        self._show()
        self.stream.settimeout(seconds)
        try:
            while self.session.receive(self.stream.read(CHUNK)):
                self.on_literal()
        except ConnectionTimeout:
            return False
        finally:
            self.stream.settimeout(self.patience)
        self.flush()
        return True

    def on_literal(self) -> None:
        """Show how far it has come."""
        if self._tick is not None:
            self._tick()

    def catch_up(self) -> None:
        """Read what is here already.  TLS may hold octets that select knows nothing of."""
        while self.poll(_AT_ONCE):
            pass

    def _tell(self) -> Event | None:
        try:
            return super()._tell()
        finally:
            if self._rows.waiting:
                self._rows.end()  # a slice of events is over

    def _write(self, octets: bytes) -> None:
        super()._write(octets)
        if self._tick is not None:
            self._tick()
