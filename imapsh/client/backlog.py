"""Holds the items that the reading task has received and the iterating program has not taken yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")

MOST_OCTETS = 1 << 18
MOST_ITEMS = 1000


class News:
    """A flag that programs wait for, most often one; asyncio's own event takes several times as long."""

    __slots__ = ("_futures", "up")

    def __init__(self) -> None:
        self.up = False
        self._futures: list[asyncio.Future[None]] = []

    def set(self) -> None:
        """Set the flag, and wake the programs that wait."""
        self.up = True
        if self._futures:
            futures, self._futures = self._futures, []
            for future in futures:
                if not future.done():
                    future.set_result(None)

    def clear(self) -> None:
        """Take the flag back."""
        self.up = False

    def wait(self, loop: asyncio.AbstractEventLoop | None = None) -> asyncio.Future[None]:
        """Return a future that is done once the flag is set; `loop` is the one that runs, if it is known."""
        future: asyncio.Future[None] = (loop or asyncio.get_running_loop()).create_future()
        if self.up:
            future.set_result(None)
            return future
        if self._futures:
            self._futures = [other for other in self._futures if not other.done()]  # without those that were given up
        self._futures.append(future)
        return future


class Backlog(News, Generic[T]):
    """A queue of items in the order in which they came; the flag says that there are some, or that a command has ended.

    `full` is true when the task that fills the backlog should wait.  `room` is called when it is full no more.
    `piled` is called with the octets in memory that were put into a full backlog, whenever they become more; `in_files`
    says how many octets of items are in temporary files, not in memory.  `over` is called with it when it is closed, as
    at the end of a block (`with`).

    `count` is the number of items, and `due` that of the commands that have no reply yet.
    """

    __slots__ = ("_batches", "_excess", "_in_files", "_octets", "_over", "_piled", "_room", "count", "due")

    def __init__(
        self,
        room: Callable[[], None],
        piled: Callable[[int], None] = lambda octets: None,
        over: Callable[[Backlog[Any]], None] = lambda backlog: None,
        in_files: Callable[[Iterable[T]], int] = lambda items: 0,
    ) -> None:
        self.up = False
        self._futures = []
        self._batches: deque[tuple[deque[T], int, int]] = deque()  # items that came together, octets, excess
        self.count = 0
        self.due = 0
        self._octets = 0
        self._excess = 0
        self._room = room
        self._piled = piled
        self._over = over
        self._in_files = in_files

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self.count

    @property
    def full(self) -> bool:
        """Return whether more is held than a program is likely to take at once."""
        return self._octets > MOST_OCTETS or self.count > MOST_ITEMS

    def put(self, item: T, octets: int) -> None:
        """Add an item that took `octets` octets on the wire."""
        self.put_all((item,), octets)

    def put_all(self, items: Iterable[T], octets: int) -> None:
        """Add items that came together; the octets are those of all of them."""
        batch = deque(items)
        full = self._octets > MOST_OCTETS or self.count > MOST_ITEMS  # without a call, here and below
        excess = octets - self._in_files(batch) if full else 0
        self._batches.append((batch, octets, excess))
        self.count += len(batch)
        self._octets += octets
        self.set()
        if excess:
            self._excess += excess
            self._piled(self._excess)

    def take(self) -> T:
        """Take out the oldest item and return it; there must be one."""
        batch = self._batches[0][0]
        if len(batch) == 1:
            return self.take_some()[0]
        full = self.full
        self.count -= 1
        if full:
            self._room()
        return batch.popleft()

    def take_some(self) -> deque[T]:
        """Take out the oldest item and those that came with it, and return them; there must be one."""
        full = self._octets > MOST_OCTETS or self.count > MOST_ITEMS
        batch, octets, excess = self._batches.popleft()
        self.count -= len(batch)
        self._octets -= octets
        self._excess -= excess
        if not self._batches:
            self.up = False
        if full:
            self._room()
        return batch

    def ended(self) -> None:
        """Take in that one of the commands has its reply, or will get none."""
        self.due -= 1
        if not self.up:
            self.set()

    def close(self) -> None:
        """Forget all items, and take no part in what makes the reading wait any more."""
        self._over(self)
        full = self._octets > MOST_OCTETS or self.count > MOST_ITEMS
        self._batches.clear()
        self.count = self._octets = self._excess = 0
        if full:
            self._room()
