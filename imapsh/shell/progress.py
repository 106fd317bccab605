"""How far something long has come: octets, rate, time left."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 0.25  #: seconds between two looks
PATIENCE = 0.5  #: seconds before anything is shown at all

_UNITS = ("octets", "kB", "MB", "GB", "TB")


class Progress:
    """`done()` counts the octets so far, from `start` on; `total` 0 where it is not known."""

    def __init__(
        self, label: str, total: int, done: Callable[[], int], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.label = label
        self.total = total
        self._done = done
        self._clock = clock
        self._start = done()
        self._begun = clock()

    @property
    def due(self) -> bool:
        """Whether it has lasted long enough to be shown."""
        return self._clock() - self._begun >= PATIENCE

    def text(self) -> str:
        """`label: 12.3 of 45.0 MB, 27 %, 5.1 MB/s, 6 s left`."""
        done = self._done() - self._start
        seconds = max(self._clock() - self._begun, 0.001)
        rate = done / seconds
        if not self.total:
            return f"{self.label}: {size(done)}, {size(rate)}/s"
        done = min(done, self.total)
        unit = _unit(self.total)
        of = f"{_count(done, unit)} of {size(self.total)}"
        left = f", {span((self.total - done) / rate)} left" if rate and done < self.total else ""
        return f"{self.label}: {of}, {100 * done // self.total} %, {size(rate)}/s{left}"


class Meter:
    """The line below all that is shown, written again and again, and gone before anything else is written.

    `columns` None: there is no terminal to write it on.
    """

    def __init__(self, write: Callable[[str], object], columns: Callable[[], int] | None) -> None:
        self._write = write
        self._columns = columns
        self._shown = False
        self._looked = 0.0

    def show(self, progress: Progress | None, now: float) -> None:
        """Write how far it is, not more often than EVERY seconds; `now` is a time in seconds."""
        if self._columns is None or progress is None or now - self._looked < EVERY or not progress.due:
            return
        self._looked = now
        self._write(f"\r{progress.text()[: max(self._columns() - 1, 1)]}\x1b[K")
        self._shown = True

    def clear(self) -> None:
        """Take it away."""
        if self._shown:
            self._shown = False
            self._write("\r\x1b[K")


def size(octets: float) -> str:
    """`840 octets`, `12.3 MB` (powers of 1000)."""
    unit = _unit(octets)
    return f"{_count(octets, unit)} {_UNITS[unit]}"


def span(seconds: float) -> str:
    """`6 s`, `2:05 min`, `3:10 h`."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"


def _unit(octets: float) -> int:
    unit = 0
    while octets >= 999.95 and unit < len(_UNITS) - 1:
        octets /= 1000
        unit += 1
    return unit


def _count(octets: float, unit: int) -> str:
    return f"{octets / 1000**unit:.1f}" if unit else f"{octets:.0f}"
