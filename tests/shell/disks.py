"""A disk that is full, or that fails once, for as long as a test wants it."""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import resource
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@contextlib.contextmanager
def full_disk(octets: int = 4096) -> Iterator[None]:
    """No file may grow beyond so many octets: the system writes what fits of what it is given, and then fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class FailingOnce:
    """A disk whose `number`-th work fails with an error: writing a piece, renaming, or setting a time.

    Of a piece, half is written before.  `happened` tells whether it came to that.
    """

    def __init__(self, number: int, error: int) -> None:
        self._left = number
        self._error = OSError(error, os.strerror(error))

    @property
    def happened(self) -> bool:
        return self._left <= 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        opened = builtins.open
        disk = self

        class File(io.FileIO):
            def write(self, octets: Any, /) -> int:
                try:
                    disk._work()
                except OSError:
                    super().write(bytes(octets)[: len(octets) // 2])
                    raise
                return super().write(octets)

        def opening(path: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:
            if "b" not in mode or mode == "rb":
                return opened(path, mode, buffering, *more, **named)
            file = File(path, mode.replace("b", ""), opener=named.get("opener"))
            return file if buffering == 0 else io.BufferedWriter(file)

        patch.setattr(builtins, "open", opening)
        for name in ("replace", "rename", "utime"):
            patch.setattr(os, name, self._watched(getattr(os, name)))

    def _watched(self, call: Callable[..., None]) -> Callable[..., None]:
        def watched(*words: Any, **named: Any) -> None:
            self._work()
            call(*words, **named)

        return watched

    def _work(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise self._error
