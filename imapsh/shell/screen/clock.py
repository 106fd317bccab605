"""What tells the time, and does something later: an asyncio loop, or `imapsh.shell.batch.timers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Clock(Protocol):
    """What an asyncio loop has of one."""

    def time(self) -> float:
        """Seconds."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Any:
        """Have it called in so many seconds; `cancel` of what is returned prevents it."""
