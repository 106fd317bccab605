"""Work in a thread that nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from imapsh.transport.aside import aside
from tests.patience import PATIENCE


def test_the_result_and_the_error_come_back() -> None:
    def fails() -> int:
        raise OSError(7, "no")

    dropped: list[int] = []
    assert asyncio.run(aside(lambda: 7, dropped.append)) == 7
    with pytest.raises(OSError, match="no"):
        asyncio.run(aside(fails, dropped.append))
    assert dropped == []


def test_what_comes_too_late_is_dropped() -> None:
    begun, go, gone = threading.Event(), threading.Event(), threading.Event()
    dropped: list[int] = []

    def work() -> int:
        begun.set()
        go.wait(PATIENCE)
        return 7

    def drop(result: int) -> None:
        dropped.append(result)
        gone.set()

    async def scene() -> None:
        task = asyncio.create_task(aside(work, drop))
        await asyncio.to_thread(begun.wait, 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())
    go.set()
    assert gone.wait(PATIENCE)
    assert dropped == [7]
