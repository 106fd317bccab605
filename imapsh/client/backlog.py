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
    """

    def __init__(self, taken: Callable[[], None]) -> None:
        self.news = asyncio.Event()
        self._items: deque[tuple[T, int]] = deque()
        self._octets = 0
        self._taken = taken

    def __len__(self) -> int:
        return len(self._items)

    @property
    def full(self) -> bool:
        """Return whether more is held than a program is likely to take at once."""
        return self._octets > MOST_OCTETS or len(self._items) > MOST_ITEMS

    def put(self, item: T, octets: int) -> None:
        """Add an item that took `octets` octets on the wire."""
        self._items.append((item, octets))
        self._octets += octets
        self.news.set()

    def take(self) -> T:
        """Take out the oldest item and return it; there must be one."""
        item, octets = self._items.popleft()
        self._octets -= octets
        if not self._items:
            self.news.clear()
        self._taken()
        return item

    def clear(self) -> None:
        """Forget all items."""
        self._items.clear()
        self._octets = 0
        self._taken()
