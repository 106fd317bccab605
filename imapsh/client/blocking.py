"""The blocking driver: moves a session's octets over a blocking stream.  No threads, no asyncio.

Batch uses it, and programs that want one thing after another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionTimeout, ImapshError
from imapsh.session.core import Session
from imapsh.session.events import Closed, Event, Received, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.session.opening import Step

if TYPE_CHECKING:
    from imapsh.transport.base import Stream
    from imapsh.transport.tls import TLSOptions

_CHUNK = 1 << 16


class BlockingClient:
    """`on_event` sees every event once, in order, before the call that caused it returns."""

    def __init__(
        self,
        stream: Stream,
        session: Session,
        on_event: Callable[[Event], None] = lambda event: None,
        *,
        tls: TLSOptions | None = None,
        server_name: str = "",
    ) -> None:
        self.stream = stream
        self.session = session
        self.on_event = on_event
        self._tls = tls
        self._server_name = server_name

    def greet(self) -> None:
        """Wait for the greeting.  Raises what `run` raises."""
        while self.session.greeting is None:
            self.pump()

    def run(self, exchange: Exchange) -> Exchange:
        """Until its tagged reply.  Raises the error that ended the connection: ConnectionLost and its kinds, TLSError."""
        self.flush()
        while exchange.response is None:
            self.pump()
        self.flush()
        return exchange

    def follow(self, steps: Generator[Step, None, None]) -> None:
        """Run a generator of steps (`imapsh.session.opening`) to its end."""
        for step in steps:
            if isinstance(step, Exchange):
                self.run(step)

    def pump(self) -> Event | None:
        """Send what is due, read once, handle what came; returns the last event.  Raises as `run`."""
        self.flush()
        if self.session.closed:
            raise ConnectionTimeout("the session is over: connect again")
        try:
            data = self.stream.read(_CHUNK)
        except ImapshError as error:
            self.session.lost(error)
            self.flush()
            raise
        self.session.receive(data)
        return self.flush()

    def flush(self) -> Event | None:
        """Handle the events that are there and write what they cause.  Raises what ended the connection."""
        last: Event | None = None
        while True:
            for event in self.session.events():
                last = event
                self.on_event(event)
                self._handle(event)
            octets = self.session.to_send()
            if not octets:
                return last
            try:
                self.stream.write(octets)
            except ImapshError as error:
                self.session.lost(error)

    def close(self) -> None:
        """End the connection without a word."""
        self.stream.close()

    def _handle(self, event: Event) -> None:
        if isinstance(event, Upgrade):
            self._upgrade()
        elif isinstance(event, Closed):
            self.stream.close()
            if event.error is not None and self.session.greeting is not None:
                raise event.error
            if self.session.greeting is None:
                raise event.error or ConnectionTimeout("no greeting came")
        elif isinstance(event, Received) and event.greeting:
            return

    def _upgrade(self) -> None:
        if self._tls is None:
            from imapsh.transport.tls import TLSOptions

            self._tls = TLSOptions()
        try:
            self.stream.start_tls(self._tls, self._server_name)
        except ImapshError as error:
            self.session.lost(error)
            raise
        self.session.upgraded()
