"""A connection of a batch: greeted, read as far as there is something, logged out of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh.client.blocking import BlockingClient
from imapsh.errors import ConnectionTimeout, GreetingError, ImapshError
from imapsh.session.events import Event, Received
from imapsh.session.opening import check_greeting
from imapsh.shell import dial
from imapsh.shell.conversation import Conversation
from imapsh.shell.last import Last
from imapsh.spec.model import LOGOUT

if TYPE_CHECKING:
    from imapsh.grammar.responses import Response
    from imapsh.session.core import Session
    from imapsh.transport.base import Stream

_CHUNK = 1 << 16
_FAREWELL = 2.0  # seconds that the closing LOGOUT may take
_AT_ONCE = 0.001  # seconds: what is there already


class Client(BlockingClient):
    """Before it waits, all there is to send is sent, and then all there is to show is shown."""

    show: Callable[[], None]
    tick: Callable[[], None]

    def pump(self) -> Event | None:
        """See BlockingClient."""
        self.flush()
        self.show()
        return super().pump()

    def _write(self, octets: bytes) -> None:
        super()._write(octets)
        self.tick()


class BatchTalk(Conversation):
    """`client` moves the octets; `last` is the last exchange."""

    client: Client
    stream: Stream

    def __init__(self, name: str, plan: dial.Plan, session: Session, stream: Stream) -> None:
        super().__init__(name, plan, session, stream)
        self.last = Last(session.parser)

    @property
    def summary(self) -> str:
        """Where, and the state."""
        return f"{self.label} {self.session.state if self.live else 'not connected'}"

    def greet(self, on_event: Callable[[Event], None], show: Callable[[], None], tick: Callable[[], None]) -> None:
        """Wait for the greeting; `tick` is called behind each piece that was sent.  Raises what ends it."""
        plan, session = self.plan, self.session
        first: list[Response] = []

        def happened(event: Event) -> None:
            if not first and isinstance(event, Received):
                first.append(event.response)
            on_event(event)

        self.client = Client(self.stream, session, happened, tls=plan.tls, server_name=plan.address.server_name)
        self.client.show = show
        self.client.tick = tick
        try:
            self.client.greet()
        except ConnectionTimeout:
            also = "" if session.secure else "; if it speaks TLS from the first octet, use imaps://"
            raise ConnectionTimeout(
                f"no greeting came from {plan.where} within {plan.connect_timeout:g} s{also}"
            ) from None
        except GreetingError:
            # octets that are no line tell more of what they are than that they are none
            check_greeting(session.greeting or next(iter(first), None), plan.where)
            raise
        self.client.on_event = on_event
        self.stream.settimeout(plan.idle_timeout)

    def log_in(self) -> None:
        """From the greeting to the login, and the URL's mailbox.  Raises what ends it."""
        self.client.follow(dial.opening_steps(self.session, self.plan, stream=self.stream))
        self.opened()

    def kick(self) -> None:
        """See Conversation."""
        self.client.flush()

    def poll(self, seconds: float) -> bool:
        """Read once, if something comes within `seconds`; whether something came.  Raises ConnectionLost."""
        client = self.client
        client.flush()
        client.show()
        client.stream.settimeout(seconds)
        try:
            data = client.stream.read(_CHUNK)
        except ConnectionTimeout:
            return False
        finally:
            client.stream.settimeout(self.plan.idle_timeout)
        self.session.receive(data)
        client.flush()
        return True

    def catch_up(self) -> None:
        """Read what is here already; TLS may hold octets that select knows nothing of."""
        while self.poll(_AT_ONCE):
            pass

    def log_out(self) -> None:
        """LOGOUT, where it was not said yet, and the end; the server's answer matters no more."""
        if not (self.session.closed or self.session.state == LOGOUT):
            self.client.stream.settimeout(_FAREWELL)
            try:
                self.client.run(self.session.command("LOGOUT"))
            except ImapshError:
                pass
        self.client.close()
