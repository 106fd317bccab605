"""IDLE as an asynchronous iterator: what the server reports by itself (RFC 9051 section 6.3.13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from types import TracebackType

from imapsh.client.backlog import Backlog
from imapsh.client.connection import Pending
from imapsh.client.driving import Runner
from imapsh.client.routing import Update
from imapsh.errors import ConnectionLost
from imapsh.session.core import RENEWAL
from imapsh.session.exchange import Exchange
from imapsh.session.pace import POLLING, Pace


class Idle:
    """An IDLE: `async with` begins it and ends it with DONE, and `async for` gives each Update as it comes.

    Other commands may be run inside: IDLE is ended for them and begun again when the next update is awaited.

    If the server ends IDLE itself, IDLE is begun again, after a pause if the server did so at once.  If it keeps doing
    so, NOOP takes the place of IDLE, every minute; then `polls` is true.
    """

    def __init__(self, runner: Runner, renewal: float = RENEWAL) -> None:
        self._runner = runner
        self._renewal = renewal
        self._backlog: Backlog[Update]
        self._stack = ExitStack()
        self._exchange: Exchange | None = None
        self._running: Pending | None = None
        self._until = 0.0
        self._pace = Pace()
        self.polls = False  #: NOOP takes the place of IDLE, because the server ends IDLE at once

    async def __aenter__(self) -> Idle:
        """Enter the block.  Raises StateError if another IDLE is open already."""
        self._backlog = self._stack.enter_context(self._runner.router.updates())
        try:
            self._begin()
        except BaseException:
            self._stack.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send DONE and wait for its reply.

        Updates that come meanwhile are ignored.  After an error in the block, errors that IDLE raises are not reported;
        a connection that is lost here is not an error, because the block is over: the next command raises it.
        """
        self._stack.close()
        try:
            if self._runner.session.is_open:
                await self._end()
        except ConnectionLost:
            pass
        except Exception:
            if error is None:
                raise
        finally:
            if self._running is not None:
                self._running.cancel()

    def __aiter__(self) -> AsyncIterator[Update]:
        return self

    async def __anext__(self) -> Update:
        """Return the next update.  Raises CommandNo or CommandBad if IDLE is refused, and what ends the connection."""
        while not self._backlog:
            if self._running is not None and self._running.done():
                self._go_on(self._runner.checked(self._running.result()))
            try:
                async with asyncio.timeout_at(self._until):
                    await self._backlog.wait()
            except TimeoutError:
                if self._exchange is None:
                    self._begin()
                else:
                    await self._end()
            if not self._backlog:
                self._backlog.clear()
        return self._backlog.take()

    def _begin(self) -> None:
        self._exchange = self._runner.session.command("NOOP" if self.polls else "IDLE")
        self._running = self._runner.start(self._exchange, self._backlog)
        self._until = asyncio.get_running_loop().time() + (POLLING if self.polls else self._renewal)

    def _go_on(self, exchange: Exchange) -> None:
        """Begin again, at once or after a pause."""
        pause = POLLING if self.polls else self._pace.after(exchange)
        if pause == 0:
            self._begin()
            return
        self.polls = self.polls or pause is None
        self._exchange = self._running = None
        self._until = asyncio.get_running_loop().time() + (POLLING if pause is None else pause)

    async def _end(self) -> None:
        """Send DONE if IDLE is still open, then wait for the tagged reply.

        An IDLE that still waits for other commands is taken back, because a DONE before it would not end it.
        """
        if self._exchange is None:
            return
        if self._running is not None and self._runner.session.cancel(self._exchange):
            self._running.cancel()
            self._exchange = self._running = None
            self._until = asyncio.get_running_loop().time()
            return
        if self._exchange.response is None:
            self._runner.session.done()
        await self._runner.run(self._exchange)
