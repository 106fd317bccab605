"""The moment by which something must be done, whatever steps it has."""

from __future__ import annotations

import time


class Deadline:
    """A deadline `seconds` from now; None means that there is none."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._moment = None if seconds is None else time.monotonic() + seconds

    def left(self, share: int = 1) -> float | None:
        """Return the seconds that are left, divided by `share`; None for no end.  Raises TimeoutError if it is over."""
        if self._moment is None:
            return None
        left = self._moment - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left / share


ENDLESS = Deadline(None)


def within(*seconds: float | None) -> float | None:
    """Return the shortest of several times in seconds, of which None has no end."""
    return min((one for one in seconds if one is not None), default=None)
