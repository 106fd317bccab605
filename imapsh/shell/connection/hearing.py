"""Hears the conversation on one connection of a tap: at once, or later than its octets pass.

To read and show a line takes longer than to pass it.  So `later` puts octets into a backlog, which a task of its own
works off while more octets pass.  All connections of a tap share one `Backlog`; while it is full, they wait.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator

from imapsh.session.overheard import Conversation, Overheard
from imapsh.wire.pieces import CLIENT, SERVER, Piece

MOST = 8 << 20  #: octets that have passed and are not shown yet; showing as many takes seconds

_SLICE = 0.005  # seconds of reading and showing after which octets may pass


class Backlog:
    """Counts the octets that have passed and were not heard yet."""

    def __init__(self, most: int = MOST) -> None:
        self.octets = 0
        self._most = most
        self._room = asyncio.Event()
        self._room.set()

    def add(self, octets: int) -> None:
        """Count octets that came, or a negative number of those that were heard."""
        self.octets += octets
        if self.octets > self._most:
            self._room.clear()
        else:
            self._room.set()

    async def room(self) -> None:
        """Wait while it is full."""
        await self._room.wait()


class Hearing:
    """Hears one connection.

    `take` is given what is heard, and `keep` each piece before that.  `fail` is given what ends the hearing: a limit,
    or an error of imapsh's own; then the connection goes on unheard (`deaf`).  `shown` waits
    while too much of what was taken is due to be shown.
    """

    def __init__(
        self,
        conversation: Conversation,
        backlog: Backlog,
        take: Callable[[Overheard], None],
        fail: Callable[[Exception], None],
        keep: Callable[[Piece], None] | None = None,
        shown: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.conversation = conversation
        self.deaf = False
        self._backlog = backlog
        self._take = take
        self._fail = fail
        self._keep = keep
        self._shown = shown
        self._octets = {CLIENT: 0, SERVER: 0}
        self._due: deque[Piece] = deque()
        self._current: Iterator[None] = iter(())  # the piece that is half heard
        self._working: asyncio.Task[None] | None = None

    def now(self, direction: str, octets: bytes) -> None:
        """Hear octets at once.  Nothing may be due."""
        for _ in self._heard(self._piece(direction, octets)):
            pass

    def later(self, direction: str, octets: bytes) -> None:
        """Hear octets when there is time."""
        if self.deaf:
            return
        self._due.append(self._piece(direction, octets))
        self._backlog.add(len(octets))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def room(self) -> None:
        """Wait while too much is due, on all connections together."""
        await self._backlog.room()

    async def caught_up(self) -> None:
        """Wait until nothing is due any more."""
        if self._working is not None:
            await self._working

    def finish(self) -> None:
        """Hear what is due at once, and the end of the connection."""
        if self._working is not None:
            self._working.cancel()
        for _ in self._everything():
            pass
        for _ in self._listened(self.conversation.end):
            pass

    def _piece(self, direction: str, octets: bytes) -> Piece:
        offset = self._octets[direction]
        self._octets[direction] += len(octets)
        return Piece(direction, octets, offset, time.time())

    async def _work(self) -> None:
        since = time.monotonic()
        for _ in self._everything():
            if time.monotonic() - since > _SLICE:
                await asyncio.sleep(0)
                if self._shown is not None:
                    await self._shown()
                since = time.monotonic()

    def _everything(self) -> Iterator[None]:
        """Hear all that is due, and yield after each line of it."""
        while True:
            yield from self._current
            if not self._due:
                return
            piece = self._due.popleft()
            self._backlog.add(-len(piece.octets))
            self._current = self._heard(piece)

    def _heard(self, piece: Piece) -> Iterator[None]:
        return self._listened(lambda: self._kept(piece))

    def _kept(self, piece: Piece) -> Iterator[Overheard]:
        if self._keep is not None:
            self._keep(piece)
        yield from self.conversation.hear(piece)

    def _listened(self, hear: Callable[[], Iterator[Overheard]]) -> Iterator[None]:
        if self.deaf:
            return
        heard = hear()
        while not self.deaf:
            try:
                found = next(heard, None)
                if found is None:
                    return
                self._take(found)
            except Exception as error:  # noqa: BLE001 - what passes must not end because it cannot be read or shown
                self.deaf = True
                self._fail(error)
            yield
