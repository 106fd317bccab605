"""A clock for a driver that blocks: calls that are due later are made while it waits."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from itertools import count


class Timer:
    """A call that is due later; `cancel` prevents it."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Cancel the call."""
        self.callback = None


class Timers:
    """Keeps the calls that are due later, as an `imapsh.shell.screen.clock.Clock`.

    `left` is how long a driver may wait before it calls `run`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.time = clock
        self._due: list[tuple[float, int, Timer]] = []
        self._order = count()

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        """Arrange for a call in so many seconds."""
        timer = Timer(callback)
        heapq.heappush(self._due, (self.time() + delay, next(self._order), timer))
        return timer

    def left(self) -> float | None:
        """Return the seconds until something is due, or None."""
        while self._due and self._due[0][2].callback is None:
            heapq.heappop(self._due)
        return max(self._due[0][0] - self.time(), 0.0) if self._due else None

    def run(self) -> None:
        """Make the calls that are due."""
        now = self.time()
        while self._due and self._due[0][0] <= now:
            timer = heapq.heappop(self._due)[2]
            if timer.callback is not None:
                timer.callback()
