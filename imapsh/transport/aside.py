"""Runs work that blocks in a thread that nobody has to wait for, neither a time-out nor the end of the process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], drop: Callable[[T], object]) -> T:
    """Return what `work` returns, or raise what it raises; `drop` gets a result that comes too late."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[T] = loop.create_future()
    lock, given_up = Lock(), False

    def settle(result: T | None, error: BaseException | None) -> None:
        if found.done():
            if error is None:
                drop(result)  # type: ignore[arg-type]
        elif error is not None:
            found.set_exception(error)
        else:
            found.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as caught:  # noqa: BLE001 - raised where it is waited for
            error = caught
        with lock:
            if not given_up:
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(settle, result, error)
                    return
        if error is None:
            drop(result)  # type: ignore[arg-type]

    Thread(target=run, daemon=True).start()
    try:
        return await asyncio.shield(found)
    except asyncio.CancelledError:
        with lock:
            given_up = True
        if found.done() and not found.cancelled() and found.exception() is None:
            drop(found.result())
        found.cancel()
        raise
