"""Writes output above the prompt: gathers what is due and writes it in pieces, between which the loop gets its turn."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prompt_toolkit.application import in_terminal

if TYPE_CHECKING:
    from prompt_toolkit.output import Output

    from imapsh.render.visible import Shown
    from imapsh.shell.screen.progress import Meter

PIECE = 1 << 16  #: characters written at once
_FULL = 4 * PIECE  # characters that may be due before who brings more has to wait


class Printer:
    """Writes shown text, SGR sequences included, to a terminal, above the prompt if one is showing."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self.meter: Meter | None = None
        """The line that is taken away before anything is written."""
        self._due: deque[tuple[object, str]] = deque()
        self._size = 0
        self._wake = asyncio.Event()
        self._calm = asyncio.Event()
        self._calm.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._free = asyncio.Event()
        self._free.set()
        self._task = asyncio.create_task(self._run())

    def put(self, text: Shown, owner: object = None) -> None:
        """Have a text shown soon; `owner` is what `drop` knows it by."""
        if not text:
            return
        if not self._due:
            self._idle.clear()
            self._wake.set()
        self._due.append((owner, text))
        self._size += len(text)
        if self._size > _FULL:
            self._calm.clear()

    def drop(self, owner: object) -> None:
        """Forget texts of an owner that are still due."""
        self._due = deque(item for item in self._due if item[0] is not owner)
        self._size = sum(len(text) for _, text in self._due)
        self._settle()

    async def room(self) -> None:
        """Wait while too much is due."""
        await self._calm.wait()

    async def drain(self) -> None:
        """Wait until all is written."""
        await self._idle.wait()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Write nothing meanwhile, because the terminal is somebody else's.  Do not `drain` meanwhile."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    async def close(self) -> None:
        """Write what is due and end."""
        if not self._task.done():
            await self.drain()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._due:
                await self._free.wait()
                async with in_terminal():
                    self._write(self._take())
                await asyncio.sleep(0)
            self._settle()

    def _write(self, text: str) -> None:
        try:
            if self.meter is not None:
                self.meter.clear()
            self._output.write_raw(text)
            self._output.flush()
        except OSError:
            self._due.clear()  # the terminal is gone, and nobody reads any more
            self._size = 0

    def _take(self) -> str:
        """Return the next piece.  A longer text is cut, behind a line if it can be."""
        taken: list[str] = []
        size = 0
        while self._due and size < PIECE:
            owner, text = self._due.popleft()
            left = PIECE - size
            if len(text) > left:
                cut = text.rfind("\n", 0, left) + 1 or (0 if taken else left)
                self._due.appendleft((owner, text[cut:]))
                taken.append(text[:cut])
                break
            taken.append(text)
            size += len(text)
        joined = "".join(taken)
        self._size -= len(joined)
        self._settle()
        return joined

    def _settle(self) -> None:
        if self._size <= _FULL // 2:
            self._calm.set()
        if not self._due:
            self._idle.set()
