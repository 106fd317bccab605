"""Lets Ctrl-C end a long copy between two messages, not within one, wherever that can be arranged."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stopping:
    """Remembers that the person wants an end.  `asked` is true from then on."""

    def __init__(self, note: Callable[[str], object]) -> None:
        self.asked = False
        self._note = note

    @contextmanager
    def gently(self) -> Iterator[None]:
        """While inside, the first Ctrl-C of a script is remembered, and the second one raises KeyboardInterrupt.

        A prompt has its own way: there the wait for a reply ends, and the octets go on moving.
        """
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
            yield
            return
        signal.signal(signal.SIGINT, self._interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _interrupted(self, signum: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._note("stopping after the messages under way; Ctrl-C again stops at once")
