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

    __slots__ = ("_futures", "_set")

    def __init__(self) -> None:
        self._set = False
        self._futures: list[asyncio.Future[None]] = []

    def set(self) -> None:
        """Set the flag, and wake the programs that wait."""
        self._set = True
        if self._futures:
            futures, self._futures = self._futures, []
            for future in futures:
                if not future.done():
                    future.set_result(None)

    def clear(self) -> None:
        """Take the flag back."""
        self._set = False

    def wait(self) -> asyncio.Future[None]:
        """Return a future that is done once the flag is set."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._set:
            future.set_result(None)
            return future
        if self._futures:
            self._futures = [other for other in self._futures if not other.done()]  # without those that were given up
        self._futures.append(future)
        return future


class Backlog(Generic[T]):
    """A queue of items in the order in which they came.

    `full` is true when the task that fills the backlog should wait.  `taken` is called whenever an item was taken out.
    `piled` is called with the octets in memory that were put into a full backlog, whenever they become more.  A block
    may be run with it (`with`): at its end the items are forgotten, and `over` is called.
    """

    def __init__(
        self,
        taken: Callable[[], None],
        piled: Callable[[int], None] = lambda octets: None,
        over: Callable[[Backlog[Any]], None] = lambda backlog: None,
    ) -> None:
        self.news = News()
        self._batches: deque[tuple[deque[T], int, int]] = deque()  # items that came together, octets, excess
        self._count = 0
        self._octets = 0
        self._excess = 0
        self._taken = taken
        self._piled = piled
        self._over = over

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._over(self)
        self.clear()

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        """Return whether more is held than a program is likely to take at once."""
        return self._octets > MOST_OCTETS or self._count > MOST_ITEMS

    def put(self, item: T, octets: int, in_files: int = 0) -> None:
        """Add an item that took `octets` octets on the wire, of which `in_files` went to temporary files."""
        self.put_all((item,), octets, in_files)

    def put_all(self, items: Iterable[T], octets: int, in_files: int = 0) -> None:
        """Add items that came together; the octets are those of all of them."""
        batch = deque(items)
        excess = octets - in_files if self._octets > MOST_OCTETS or self._count > MOST_ITEMS else 0
        self._batches.append((batch, octets, excess))
        self._count += len(batch)
        self._octets += octets
        self.news.set()
        if excess:
            self._excess += excess
            self._piled(self._excess)

    def take(self) -> T:
        """Take out the oldest item and return it; there must be one."""
        batch = self._batches[0][0]
        item = batch.popleft()
        self._count -= 1
        if not batch:
            self._taken_out()
        return item

    def take_some(self) -> deque[T]:
        """Take out the oldest item and those that came with it, and return them; there must be one."""
        batch = self._batches[0][0]
        self._count -= len(batch)
        self._taken_out()
        return batch

    def _taken_out(self) -> None:
        _, octets, excess = self._batches.popleft()
        self._octets -= octets
        self._excess -= excess
        if not self._batches:
            self.news.clear()
        self._taken()

    def clear(self) -> None:
        """Forget all items."""
        self._batches.clear()
        self._count = self._octets = self._excess = 0
        self._taken()
