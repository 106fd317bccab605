"""Counts the work that a function does, and how it grows with the size of its input.

Work is counted, not timed: the lines of Python that run, and the calls of functions written in C.  So a test says the
same on every machine.  What a function written in C does inside, such as copying, is not seen.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

Make = Callable[[int], Callable[[], object]]
"""Prepares an input of a size, and returns what is to be counted."""


def work(run: Callable[[], object]) -> int:
    """Return the lines of Python and the calls that `run` takes.  A debugger, or coverage, goes on after it."""
    count = 0

    def lines(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return lines

    def calls(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "c_call"

    before, profiled = sys.gettrace(), sys.getprofile()
    sys.settrace(lines)
    sys.setprofile(calls)
    try:
        run()
    finally:
        sys.settrace(before)
        sys.setprofile(profiled)
    return count


def growth(make: Make, size: int) -> list[float]:
    """Return by how much the work grows if the size is doubled, once and twice.  2 is linear, and 4 is quadratic.

    All that is done only once is done before.
    """
    make(size)()
    counts = [work(make(size * factor)) for factor in (1, 2, 4)]
    return [after / before for before, after in pairwise(counts)]


def peak(run: Callable[[], object]) -> int:
    """Return the most octets of memory that `run` holds at one time."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
