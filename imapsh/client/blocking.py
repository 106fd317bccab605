"""The blocking driver: moves a session's octets over a blocking stream.  No threads, no asyncio.

Batch uses it, and programs that want one thing after another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress

from imapsh.errors import ConnectionTimeout, ImapshError
from imapsh.hints import TYPE_CHECKING
from imapsh.session.core import FAREWELL, Session
from imapsh.session.events import Closed, Event, ReceivedRun, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.session.opening import Step
from imapsh.transport.base import CHUNK

if TYPE_CHECKING:
    from imapsh.transport.base import Stream
    from imapsh.transport.tls import TLSOptions


class BlockingClient:
    """A driver that moves the octets of a session over a blocking stream, one call after another.

    `on_event` sees every event once, in order, before the call that caused it returns.  If `on_run` is given, it sees
    the events of a run, at once, in its place.  `tls` and `server_name` are for
    STARTTLS.

    An error that `on_event` raises is raised by the call.  The connection stays as it is, and the next call goes on
    with the events that are left.  An error of an opener, of its sink, or of a file that is sent is raised by the call,
    too; after it the connection is over, because the next octets would be in the middle of a literal.

    The end of the connection is reported as the event Closed, and then raised: ConnectionLost and its kinds
    (ConnectionTimeout, ServerBye, LimitError), TLSError, or GreetingError for a peer that leaves before it has greeted.
    The stream is closed then.
    """

    def __init__(
        self,
        stream: Stream,
        session: Session,
        on_event: Callable[[Event], None] = lambda event: None,
        *,
        on_run: Callable[[ReceivedRun], None] | None = None,
        tls: TLSOptions | None = None,
        server_name: str = "",
    ) -> None:
        self.stream = stream
        self.session = session
        self.on_event = on_event
        self._on_run = on_run or self._each
        self._tls = tls
        self._server_name = server_name
        self._run: Iterator[Event] = iter(())  # what is left of a run, if `on_event` has raised an error

    def greet(self) -> None:
        """Wait for the greeting.  Raises what ended the connection, and GreetingError if the greeting is BYE.

        `imapsh.session.opening.check_greeting` decides whether another greeting is one of IMAP.
        """
        while self.session.greeting is None or self.session.ending:
            self.pump()

    def run(self, exchange: Exchange) -> Exchange:
        """Wait for the tagged reply, and for TLS if it is STARTTLS.  Raises what ended the connection.

        A LOGOUT that the server answers only with BYE returns without a reply.  Raises StateError if the command was
        not sent, because it waited for others that changed the state (`Session(strict=True)`).
        """
        self.flush()
        while exchange.response is None and not (exchange.name == "LOGOUT" and self.session.closed):
            if exchange.error is not None:
                raise exchange.error
            self.pump()
        return exchange

    def follow(self, steps: Generator[Step, None, None]) -> None:
        """Run a generator of steps (`imapsh.session.opening`) to its end.  Raises what that and `run` raise."""
        for step in steps:
            if isinstance(step, Exchange):
                self.run(step)

    def pump(self) -> Event | None:
        """Send the octets that are due, read once, or what comes of a literal, and handle what came.

        Return the last event.  Raises what ended the connection.
        """
        self.flush()
        if self.session.closed:
            raise self.session.over().with_traceback(None)
        self._read()
        return self.flush()

    def flush(self) -> Event | None:
        """Write what is due, and handle the events that are there.  Raises what ended the connection.

        Octets go first: the server works while the events are shown.
        """
        try:
            return self._flush()
        except Exception:
            self._hang_up()
            raise

    def _read(self) -> None:
        """Read once, or what comes of a literal."""
        try:
            octets = self.stream.read(CHUNK)
            while self._receive(octets):
                self.on_literal()
                octets = self.stream.read(CHUNK)
        except ImapshError as error:
            if self.session.closed:
                raise
            self.session.lost(error)

    def _receive(self, octets: bytes) -> bool:
        try:
            return self.session.receive(octets)
        except Exception:  # of a sink
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        """Close the stream if the session is over."""
        if self.session.closed:
            self.stream.close()

    def _flush(self) -> Event | None:
        last: Event | None = None
        while True:
            octets = self.session.to_send()
            if octets:
                self._write(octets)
            told = self._tell()
            last = told or last
            if not self.session.sends or (told is None and not octets):
                return last

    def on_literal(self) -> None:
        """Take note that some more of a large literal came."""

    def close(self) -> None:
        """End the connection without BYE."""
        self.stream.close()

    def _tell(self) -> Event | None:
        last: Event | None = None
        for left in self._run:
            self.on_event(left)
        for event in self.session.happenings():
            if isinstance(event, ReceivedRun):
                self._on_run(event)
                last = event.one(-1)
                continue
            last = event
            try:
                self.on_event(event)
            except BaseException:
                with suppress(ImapshError):
                    self._handle(event)
                raise
            self._handle(event)
        if self.session.ending:
            self.stream.settimeout(FAREWELL)
        return last

    def _each(self, run: ReceivedRun) -> None:
        self._run = run.each()
        for event in self._run:
            self.on_event(event)

    def _handle(self, event: Event) -> None:
        if isinstance(event, Upgrade):
            self._upgrade()
        elif isinstance(event, Closed):
            self.stream.close()
            if event.error is not None:
                raise event.error

    def _upgrade(self) -> None:
        if self._tls is None:
            from imapsh.transport.tls import TLSOptions

            self._tls = TLSOptions()
        try:
            self.stream.start_tls(self._tls, self._server_name)
        except ImapshError as error:
            self.session.lost(error)
        except Exception as error:  # of `TLSOptions.key_password`
            self.session.fail(error)
            raise
        else:
            self.session.upgraded()

    def _write(self, octets: bytes) -> None:
        try:
            self.stream.write(octets)
        except ConnectionTimeout as error:
            self.session.lost(error)
        except ImapshError as error:
            self._last_words()
            self.session.lost(error)

    def _last_words(self) -> None:
        """Read what the server said before it stopped listening, because it may say why."""
        self.stream.settimeout(FAREWELL)
        try:
            while data := self.stream.read(CHUNK):
                self.session.receive(data)
        except ImapshError:
            pass  # the fault of writing came first, and is reported
