"""IDLE as an asynchronous iterator: what the server reports by itself (RFC 9051 section 6.3.13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from types import TracebackType

from imapsh.client.backlog import Backlog
from imapsh.client.driving import Runner
from imapsh.client.routing import Update
from imapsh.session.core import RENEWAL
from imapsh.session.exchange import Exchange


class Idle:
    """An IDLE: `async with` begins it and ends it with DONE, and `async for` gives each Update as it comes.

    Other commands may be run inside: IDLE is ended for them and begun again when the next update is awaited.
    """

    def __init__(self, runner: Runner, renewal: float = RENEWAL) -> None:
        self._runner = runner
        self._renewal = renewal
        self._backlog: Backlog[Update]
        self._stack = ExitStack()
        self._exchange: Exchange
        self._running: asyncio.Task[Exchange]
        self._until = 0.0

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
        """Send DONE and wait for its reply; after an error in the block, errors that IDLE raises are not reported."""
        try:
            if self._runner.session.is_open:
                await self._end()
        except Exception:
            if error is None:
                raise
        finally:
            self._running.cancel()
            self._stack.close()

    def __aiter__(self) -> AsyncIterator[Update]:
        return self

    async def __anext__(self) -> Update:
        """Return the next update.  Raises CommandNo or CommandBad if IDLE is refused, and what ends the connection."""
        while not self._backlog:
            if self._running.done():
                self._runner.checked(await self._running)
                self._begin()
            try:
                async with asyncio.timeout_at(self._until):
                    await self._backlog.news.wait()
            except TimeoutError:
                await self._end()
            if not self._backlog:
                self._backlog.news.clear()
        return self._backlog.take()

    def _begin(self) -> None:
        self._exchange = self._runner.session.command("IDLE")
        self._running = self._runner.start(self._exchange, self._backlog)
        self._until = asyncio.get_running_loop().time() + self._renewal

    async def _end(self) -> None:
        """Send DONE if IDLE is still open, then wait for the tagged reply."""
        if self._exchange.response is None:
            self._runner.session.done()
        await self._runner.run(self._exchange)
