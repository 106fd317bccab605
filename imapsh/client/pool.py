"""A pool of connections to one account, for programs that run commands at the same time.

    async with imapsh.pool("imaps://joe@mail.example.com", 4, password=secret, mailbox="INBOX") as pool:
        async with pool.connection() as c:
            ...

Connections are made when they are needed and used again.  One that is broken is replaced by the next that is made.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from imapsh.client.connect import Connection
from imapsh.client.dial import ConnectOptions, Dial, dialler
from imapsh.errors import ConnectionLost, LoginError, StateError, UsageError, shown
from imapsh.transport.address import parse_address

if TYPE_CHECKING:
    from typing import Unpack

STALE = 60.0
"""Seconds without use after which a connection is tried by NOOP before it is given out again."""


class Pool:
    """At most `size` connections, which `dial` makes.  `pool` makes one for a URL.

    With `mailbox`, each connection has that mailbox selected when it is given out; `read_only` opens it by EXAMINE.
    `clock` returns seconds.

    `async with` makes the first connection, so that a wrong URL or password is told there, and logs out of all
    connections at its end.  A login that was refused is not tried again: everybody gets the same LoginError.
    """

    def __init__(
        self,
        dial: Dial,
        size: int,
        *,
        mailbox: str = "",
        read_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise UsageError(f"a pool needs a number of connections from 1, not {shown(size)}")
        self._dial = dial
        self._room = asyncio.Semaphore(size)
        self._dialling = asyncio.Lock()  # one at a time, so that a wrong password is sent once
        self._mailbox = mailbox
        self._read_only = read_only
        self._clock = clock
        self._resting: list[tuple[Connection, float]] = []  # each with the time since when
        self._taken: set[Connection] = set()
        self._refused: LoginError | None = None
        self._closed = False

    async def __aenter__(self) -> Pool:
        async with self.connection():
            return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Log out of the connections that nobody uses, and end the others at once.  May be called again.

        Whoever waits for a connection gets StateError, as does a command on a connection that was in use.
        """
        self._closed = True
        resting, self._resting = self._resting, []
        await asyncio.gather(
            *(c.__aexit__(None, None, None) for c, _ in resting), *(c.close() for c in tuple(self._taken))
        )

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Give out a connection for the length of an `async with` block; wait for one if all are in use.

        Raises what `connect` and `select` raise, StateError if the pool is closed, and LoginError if the login was
        refused, now or before.  If the connection is lost in the block, the block's error is raised, and the next block
        gets another connection.  Without a `mailbox` of the pool, the selected mailbox is that of the last block.
        """
        async with self._room:
            c = await self._take()
            self._taken.add(c)
            try:
                await self._prepare(c)
                yield c
            finally:
                self._taken.discard(c)
                if c.is_open and not self._closed:
                    self._resting.append((c, self._clock()))
                else:
                    await c.close()

    async def _take(self) -> Connection:
        """Return a connection that works as far as can be told."""
        while not self._closed:
            if not self._resting:
                return await self._new()
            c, since = self._resting.pop()
            if await self._works(c, since):
                return c
            await c.close()
        raise StateError("the pool is closed: make another")

    async def _works(self, c: Connection, since: float) -> bool:
        if not c.is_open or self._clock() - since < STALE:
            return c.is_open
        try:
            await c.noop()
        except ConnectionLost:
            return False
        except BaseException:
            await c.close()
            raise
        return c.is_open

    async def _new(self) -> Connection:
        async with self._dialling:
            if self._refused is not None:
                raise LoginError(f"{self._refused} (not tried again)") from self._refused
            try:
                made = await self._dial()
            except LoginError as error:
                self._refused = error
                raise
        if self._closed:
            await made.close()
            raise StateError("the pool is closed: make another")
        return made

    async def _prepare(self, c: Connection) -> None:
        if not self._mailbox:
            return
        box = c.mailbox
        if box is None or box.name != self._mailbox or box.examined is not self._read_only:
            await c.select(self._mailbox, read_only=self._read_only)


def pool(url: str, size: int, *, mailbox: str = "", read_only: bool = False, **options: Unpack[ConnectOptions]) -> Pool:
    """Return a Pool of at most `size` connections to `url`, which are made as `connect` makes them with `options`.

    Without `mailbox` it is the one in the URL, if there is one.  Many servers allow ten or twenty connections of a
    user.  Raises UsageError for an invalid URL or size.
    """
    return Pool(dialler(url, options), size, mailbox=mailbox or parse_address(url).mailbox, read_only=read_only)
