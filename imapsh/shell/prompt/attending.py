r"""Attends to the person at the prompt and one connection: what they wait for, and what ends the waiting.

a command is sent  ->  the person waits  ->  its reply, or the end of the connection
                                         ->  Ctrl-C: the command is left running, its reply goes to \last
                                         ->  a `+` to a hand-typed AUTHENTICATE: the next line answers it
                                         ->  IDLE has begun: news is shown while the next line is typed
                                         ->  a stall inside a literal that looks like the reply: the prompt is
                                             given back, and a note says how to go on
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionTimeout, plural
from imapsh.session.core import RENEWAL
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.table.model import AUTHENTICATED, SELECTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from imapsh.client.connection import AsyncClient
    from imapsh.session.waiting import Waiting


_LATE = 1.0  # seconds after which it is said that a typed command was not sent yet


class Attendance:
    """The person's side of one connection: waits for what the person waits for.

    `stalled` is true if the prompt was given back because no reply will come.
    """

    def __init__(self, connection: Connection, client: AsyncClient, *, stall: float, free: Callable[[], bool]) -> None:
        from imapsh.shell.connection.stall import Stall

        self.connection = connection
        self.client = client
        self.stalled = False
        self._free = free
        self._changed = asyncio.Event()
        self._interrupted = False
        self._awaited: Exchange | None = None
        self._clock = asyncio.get_running_loop()
        self._run: Exchange | None = None
        self._stall = Stall(connection.session, stall, self._stalled, self._clock, lambda: self._awaited or self._run)
        patience = connection.plan.idle_timeout or 0.0
        self._silence = Stall(connection.session, patience, self._give_up, self._clock, self._due, again=True)
        connection.listeners.append(self._happened)

    # -- what happens

    def _happened(self, connection: Connection, event: Event, own: bool) -> None:
        if isinstance(event, Received):
            if event.asks == "idle" and event.exchange is not None and not own:
                self._clock.call_later(RENEWAL, partial(self._renew, event.exchange))
            if event.asks:
                self._changed.set()
        elif isinstance(event, Completed):
            if event.exchange.name in ("LIST", "LSUB") and event.exchange.status == "OK":
                self._clock.run_in_executor(None, connection.record.known.names.prepare)
            self._changed.set()
            self._clock.call_soon(connection.watch.look)  # not in the middle of the events
        elif isinstance(event, Closed):
            self._changed.set()

    def kick(self) -> None:
        """Report the session's events, and have sent what is due."""
        self.client.kick()
        self.heard()

    def heard(self) -> None:
        """Take note that octets came, or were sent."""
        self._stall.heard()
        self._silence.heard()

    def _due(self) -> Exchange | None:
        """Return a command whose reply is due: not an IDLE that has begun, nor one that waits for the person."""
        session, asks = self.connection.session, (self.connection.question, self.connection.answering)
        due = (one for one in session.running.values() if not (one.name == "IDLE" and session.idling))
        return next((one for one in due if one not in asks), None)

    def _give_up(self, waiting: Waiting) -> None:
        """End the connection after a silence of `--timeout` seconds."""
        seconds = self.connection.plan.idle_timeout
        if seconds is None or self.client.quiet < seconds:  # a slow peer still takes octets
            return
        where = self.connection.plan.where
        self.connection.session.lost(ConnectionTimeout(f"nothing came from {where} within {seconds:g} s"))
        self.client.kick()

    def _stalled(self, waiting: Waiting) -> None:
        """Give the prompt back if the expected reply has come inside a literal."""
        from imapsh.shell.connection.stall import REPLIED, explained

        self.stalled = self._awaited is not None and waiting.looks == REPLIED
        typed = self._run is None or self._run in self.connection.diverted
        self.connection.note(explained(waiting, at_prompt=self.stalled or self._free(), typed=typed))
        self._changed.set()

    @contextmanager
    def running(self, exchange: Exchange | None) -> Iterator[None]:
        """While inside, a line waits for the reply to a command, which may not come."""
        self._run = exchange
        self.heard()
        try:
            yield
        finally:
            self._run = None

    def _renew(self, exchange: Exchange) -> None:
        """Take up a typed IDLE again, as long as it runs."""
        if self.connection.idle is exchange:
            self.connection.note(
                "IDLE ends and begins again, because servers log out clients that are silent for 30 minutes"
            )
            self.connection.session.line("IDLE")
            self.kick()

    # -- what is waited for

    async def go(self, exchange: Exchange) -> None:
        """Send a typed command, and wait for what comes of it, unless it must itself wait for others."""
        connection = self.connection
        busy = connection.running(exchange, *connection.own)
        self.kick()
        if busy:
            connection.note(f"{exchange.tag} {exchange.name} waits: {busy}")
        else:
            await self.wait(exchange)

    async def wait(self, exchange: Exchange) -> None:
        """Wait for the reply, the end of the connection, Ctrl-C, a question, or the start of IDLE."""
        self._interrupted = self.stalled = False
        self._awaited = exchange
        self.heard()
        late = self._clock.call_later(_LATE, partial(self._say_unsent, exchange))
        try:
            await self._until(exchange)
        finally:
            late.cancel()
            self._awaited = None

    def _say_unsent(self, exchange: Exchange) -> None:
        """Say that a command waits for one that the person did not type."""
        connection = self.connection
        before = [f"{one.tag} {one.name}, for {own.why}," for one, own in connection.own.items() if own.why]
        if exchange.started is None and before and connection.live:
            have = plural(len(before), "has", "have")
            connection.note(
                f"{exchange.tag} {exchange.name} is not sent yet: {', '.join(before)} {have} no reply yet; "
                "Ctrl-C gives the prompt back"
            )

    async def _until(self, exchange: Exchange) -> None:
        connection = self.connection
        while exchange.response is None and connection.live and not self.stalled:
            if self._interrupted:
                self._leave(exchange)
                return
            if connection.question is not None or connection.idle is exchange:
                return
            self._changed.clear()
            await self._changed.wait()

    def interrupt(self) -> None:
        """Handle Ctrl-C during a wait."""
        self._interrupted = True
        self._changed.set()

    def _leave(self, exchange: Exchange) -> None:
        """Leave a command running; its reply is for `\\last` and the trace."""
        connection = self.connection
        name = f"{exchange.tag} {exchange.name}"
        if connection.session.cancel(exchange):
            connection.note(f"{name} was not sent")
            return
        connection.mute(exchange)
        connection.note(f"{name} is still running; \\last will show its reply.  Ctrl-C again offers to disconnect")
        if exchange.name == "IDLE":
            self._done()

    async def end_idle(self) -> None:
        """Send DONE, and wait for the reply to IDLE."""
        exchange = self.connection.idle
        self._done()
        if exchange is not None:
            await self.wait(exchange)

    def _done(self) -> None:
        self.connection.session.done()
        self.kick()

    # -- what the shell asks by itself

    def ask_names(self) -> None:
        """Ask for the mailbox names once, if that is allowed and disturbs nothing."""
        connection = self.connection
        session, names = connection.session, connection.record.known.names
        if not (names.stale and connection.plan.ask and session.state in (AUTHENTICATED, SELECTED)):
            return
        if connection.idle is not None or session.queue:
            return
        names.stale = False
        connection.quietly("LIST", [b'"" "*"'], Own("completion"))
        self.kick()
