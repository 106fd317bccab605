"""Holds the items that the reading task has received and the iterating program has not taken yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_OCTETS = 1 << 18
MOST_ITEMS = 1000


class Backlog(Generic[T]):
    """A queue of items in the order in which they came.

    `full` is true when the task that fills the backlog should wait.  `taken` is called whenever an item was taken out.
    `piled` is called with the octets in memory that were put into a full backlog, whenever they become more.
    """

    def __init__(self, taken: Callable[[], None], piled: Callable[[int], None] = lambda octets: None) -> None:
        self.news = asyncio.Event()
        self._items: deque[tuple[T, int, int]] = deque()
        self._octets = 0
        self._excess = 0
        self._taken = taken
        self._piled = piled

    def __len__(self) -> int:
        return len(self._items)

    @property
    def full(self) -> bool:
        """Return whether more is held than a program is likely to take at once."""
        return self._octets > MOST_OCTETS or len(self._items) > MOST_ITEMS

    def put(self, item: T, octets: int, in_files: int = 0) -> None:
        """Add an item that took `octets` octets on the wire, of which `in_files` went to temporary files."""
        excess = octets - in_files if self.full else 0
        self._items.append((item, octets, excess))
        self._octets += octets
        self.news.set()
        if excess:
            self._excess += excess
            self._piled(self._excess)

    def take(self) -> T:
        """Take out the oldest item and return it; there must be one."""
        item, octets, excess = self._items.popleft()
        self._octets -= octets
        self._excess -= excess
        if not self._items:
            self.news.clear()
        self._taken()
        return item

    def clear(self) -> None:
        """Forget all items."""
        self._items.clear()
        self._octets = self._excess = 0
        self._taken()
