"""The output without a prompt: the conversation goes to stdout, everything else to stderr."""

from __future__ import annotations

import time
from collections.abc import Callable

from imapsh.hints import TYPE_CHECKING, BinaryIO
from imapsh.shell.screen import stdio
from imapsh.shell.screen.output import Writer

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.shell.screen.progress import Meter, Progress


class StdSink:
    """The sink of a batch or a tap (`imapsh.shell.screen.display.Sink`): stdout, here `out`, and stderr.

    `exact` is true if stdout is no terminal and gets octets as they are.  `columns` tells the width of a terminal on
    stderr, None if there is none; `moving` tells how far something long has come.  With `quiet` there are no notes.

    `flush` writes what is due, and raises BrokenPipeError if nobody reads any more.
    """

    def __init__(
        self,
        out: BinaryIO,
        *,
        exact: bool,
        columns: Callable[[], int] | None,
        moving: Callable[[], Progress | None],
        quiet: bool = False,
    ) -> None:
        self.exact = exact
        self._quiet = quiet
        self._out = Writer(out, terminal=not exact)
        self.flush: Callable[[], None] = self._out.flush
        self._columns = columns
        self._meter: Meter | None = None  # made when it is first shown
        self._moving = moving

    def text(self, text: Shown, owner: object = None) -> None:
        """See Sink."""
        if text:
            self._clear()
            self._out.put(text)

    def octets(self, octets: bytes) -> None:
        """See Sink."""
        if octets:
            if self._meter is not None:
                self._meter.clear()
            self._out.write(octets)

    def aside(self, text: Shown) -> None:
        """See Sink.  Writes to stderr."""
        self.flush()
        self._clear()
        stdio.put(text)

    def note(self, text: str, label: str = "") -> None:
        """See Sink.  Writes to stderr."""
        if not self._quiet:
            self.fault(text, label)

    def fault(self, text: str, label: str = "") -> None:
        """See Sink.  Writes to stderr."""
        self.flush()
        self._clear()
        stdio.note(f"{label}: {text}" if label else text)

    def drop(self, owner: object) -> None:
        """See Sink.  What is due was written already."""

    def tick(self) -> None:
        """Show how far something long has come, if somebody sees it."""
        if self._columns is None:
            return
        if self._meter is None:
            from imapsh.shell.screen.progress import Meter

            self._meter = Meter(stdio.put, self._columns)
        self._meter.show(self._moving, time.monotonic())

    def _clear(self) -> None:
        """Take the meter away before anything else is written."""
        if self._meter is not None:
            self._meter.clear()
