"""A clock that tells the time, and makes calls later: an asyncio loop, or `imapsh.shell.batch.timers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Clock(Protocol):
    """The methods of a clock that an asyncio loop has."""

    def time(self) -> float:
        """Return the time in seconds."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Any:
        """Arrange for a call in `delay` seconds.  Cancel it with `cancel` of what is returned."""
