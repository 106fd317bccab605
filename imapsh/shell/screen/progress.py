"""Tells how far something long has come: octets, rate, time left."""

from __future__ import annotations

import time
from collections.abc import Callable

from imapsh.hints import TYPE_CHECKING
from imapsh.render.amounts import in_unit, size, span, unit_of
from imapsh.render.visible import Shown, visible

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.transfer import Transfer

EVERY = 0.25  #: seconds between two looks
PATIENCE = 0.5  #: seconds before anything is shown at all
LEAST = 1 << 18  #: octets of a literal whose progress is shown


class Progress:
    """The progress of something long.

    `done()` counts the octets so far, from `start`, or else from where it is.  `total` is 0 if it is not known.  With
    `counted`, messages or mailboxes are counted in place of octets, and the label says which.
    """

    def __init__(
        self,
        label: str,
        total: int,
        done: Callable[[], int],
        *,
        start: int | None = None,
        counted: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label = label
        self.total = total
        self.counted = counted
        self._done = done
        self._clock = clock
        self._start = done() if start is None else start
        self._begun = clock()

    @property
    def due(self) -> bool:
        """Return whether it has lasted long enough to be shown."""
        return self._clock() - self._begun >= PATIENCE

    def text(self) -> str:
        """Return a line such as `label: 12.3 of 45.0 MB, 27 %, 5.1 MB/s, 6 s left`, or `mailboxes: 12 of 25, 48 %`."""
        done = self._done() - self._start
        seconds = max(self._clock() - self._begun, 0.001)
        rate = done / seconds
        pace = "" if self.counted else f", {size(rate)}/s"
        if not self.total:
            return f"{self.label}: {f'{done:,}' if self.counted else size(done)}{pace}"
        done = min(done, self.total)
        unit = unit_of(self.total)
        of = f"{done:,} of {self.total:,}" if self.counted else f"{in_unit(done, unit)} of {size(self.total)}"
        left = f", {span((self.total - done) / rate)} left" if rate and done < self.total else ""
        return f"{self.label}: {of}, {100 * done // self.total} %{pace}{left}"


class Transfers:
    """The progress of the literals that typed commands bring and send, one after the other."""

    def __init__(self) -> None:
        self._now: Transfer | None = None
        self._progress: Progress | None = None

    def of(self, session: Session) -> Progress | None:
        """Return the progress of the literal on its way, if it is of LEAST octets or more, else None."""
        before, self._now = self._now, session.transfer
        if self._now is None or self._now.octets < LEAST:
            self._progress = None
        elif self._progress is None or before is None or not _goes_on(before, self._now):
            label = "sending" if self._now.sending else "receiving"
            self._progress = Progress(label, self._now.octets, self._done, start=0)
        return self._progress

    def _done(self) -> int:
        return self._now.done if self._now is not None else 0


def _goes_on(before: Transfer, now: Transfer) -> bool:
    return (before.sending, before.octets) == (now.sending, now.octets) and before.done <= now.done


class Meter:
    """The line below all that is shown, written again and again, and gone before anything else is written.

    If `columns` is None, there is no terminal to write it on.
    """

    def __init__(self, write: Callable[[Shown], object], columns: Callable[[], int] | None) -> None:
        self._write = write
        self._columns = columns
        self._shown = False
        self._looked = 0.0

    def show(self, look: Callable[[], Progress | None], now: float) -> None:
        """Write how far it has come, but look not more often than every EVERY seconds; `now` is a time in seconds."""
        if self._columns is None or now - self._looked < EVERY:
            return
        self._looked = now
        progress = look()
        if progress is None or not progress.due:
            return
        text = visible(progress.text())[: max(self._columns() - 1, 1)]
        self._write(Shown(f"\r{text}\x1b[K"))
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = False
            self._write(Shown("\r\x1b[K"))
