"""The part that moves a shell: the prompt, a batch, or a test.

It is for types alone; `steps` has what a line asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from imapsh.session.exchange import Exchange
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.dial import Plan
from imapsh.shell.screen.display import Sink
from imapsh.transport.base import AsyncStream, Stream

T = TypeVar("T")


class Driver(Protocol):
    """The primitives that run a shell.  Each raises Interrupted for Ctrl-C, and the error that ended a connection."""

    @property
    def interactive(self) -> bool:
        """Return whether a person sits at a prompt."""

    @property
    def sink(self) -> Sink:
        """Return the sink that output goes to."""

    @property
    def attended(self) -> bool:
        """Return whether a person can be asked."""

    @property
    def told_aside(self) -> bool:
        """Return whether a program reads the output, so that notes must go elsewhere."""

    async def run(self, connection: Connection, exchange: Exchange, seconds: float | None = None) -> bool:
        """Wait for the reply to a command of ours, `seconds` at the most.  Return whether it came."""

    async def typed(self, connection: Connection, exchange: Exchange) -> None:
        """Send the person's command, and wait for what comes of it as long as the person does."""

    async def ask(self, question: str, *, secret: bool) -> str | None:
        """Ask the person.  Return None if nobody is there or they will not say."""

    async def answer(self, question: str) -> str | None:
        """Return the line that answers the server, from the script, the paste or the person; None for none."""

    async def send(self, connection: Connection, octets: bytes, shown: bytes | None) -> str:
        """Send octets in no command (`Session.raw`).  Return the reply's status, "" if that is not waited for."""

    async def reach(self, plan: Plan) -> tuple[Stream | AsyncStream, Plan]:
        """Connect, and return the stream and the plan that was followed.  Raises ConnectError or TLSError."""

    async def greet(self, connection: Connection) -> None:
        """Let the connection's octets move (`Connection.moved_by`), and wait for the greeting."""

    async def close(self, connection: Connection) -> None:
        """End a connection without a word."""

    async def pause(self, seconds: float) -> None:
        """Do nothing for so many seconds; events that come are shown."""

    async def room(self) -> None:
        """Wait while too much is due to be shown."""

    async def away(self, work: Callable[[], T]) -> T:
        """Do work that needs the terminal for itself, or takes its time."""
