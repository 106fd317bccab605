"""Counts the work that a function does, and how it grows with the size of its input.

Work is counted, not timed: the lines of Python that run, and the calls of functions written in C.  So a test says the
same on every machine.  What a function written in C does inside is not seen.  Copying is: `effort` counts the octets of
memory that are taken as well.  `tests/test_patterns.py` looks for expressions that go back without end.
"""

from __future__ import annotations

import gc
import re
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType
from typing import Any, NamedTuple

MOST_TENFOLD = 20
"""The most by which work may grow if the size grows tenfold: 10 is linear, 100 is quadratic."""

_LOOK = 8  # steps between two looks at the memory, which take longer than a step
_LITTLE = 1000  # octets

Make = Callable[[int], Callable[[], object]]
"""Prepares an input of a size, and returns what is to be counted."""


@contextmanager
def traced(lines: Any, calls: Any) -> Iterator[None]:
    """Tell `lines` each line that runs, and `calls` each call.  A debugger, or coverage, goes on after it.

    No garbage is collected meanwhile: that of other tests may have finalizers, and their lines would count.
    """
    before, profiled, collecting = sys.gettrace(), sys.getprofile(), gc.isenabled()
    gc.disable()
    sys.settrace(lines)
    sys.setprofile(calls)
    try:
        yield
    finally:
        sys.settrace(before)
        sys.setprofile(profiled)
        if collecting:
            gc.enable()


def work(run: Callable[[], object]) -> int:
    """Return the lines of Python and the calls that `run` takes."""
    count = 0

    def lines(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return lines

    def calls(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "c_call"

    with traced(lines, calls):
        run()
    return count


def do_once(make: Make, size: int) -> None:
    """Do all that is done only once: import, and compile.

    `re` keeps some hundred patterns and forgets the oldest.  Those of other tests would push out some of this run, and
    these would be compiled again in one of the next.
    """
    re.purge()
    make(size)()


def growth(make: Make, size: int) -> list[float]:
    """Return by how much the work grows if the size is doubled, once and twice.  2 is linear, and 4 is quadratic.

    All that is done only once is done before.
    """
    do_once(make, size)
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


class Effort(NamedTuple):
    """What a run took: lines of Python and calls of functions in C, and octets of memory taken anew.

    The octets count again each time that some are taken, whether they are given back or not.  So they show copying,
    which happens inside of one call: bytes that are joined, cut or appended to.
    """

    steps: int
    octets: int


def effort(run: Callable[[], object]) -> Effort:
    """Return the effort of `run`: the steps of this thread, and the octets of all.

    Memory is looked at after every few steps, and the most that was taken since the last look counts if it is not
    little.  So of several copies between two looks one counts, at any size.
    """
    steps = octets = base = 0

    def look() -> None:
        nonlocal octets, base
        current, most = tracemalloc.get_traced_memory()
        if most > base + _LITTLE:
            octets += most - base
        base = current
        tracemalloc.reset_peak()

    def lines(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += 1
        if not steps % _LOOK:
            look()
        return lines

    def calls(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal steps
        if event == "c_call":
            steps += 1

    tracemalloc.start()
    try:
        with traced(lines, calls):
            run()
    finally:
        look()
        tracemalloc.stop()
    return Effort(steps, octets)


def tenfold(make: Make, size: int) -> tuple[float, float]:
    """Return by how much steps and octets grow if the size grows tenfold: 10 is linear, and 100 is quadratic.

    Three sizes are run, 1, 10 and 100 times `size`, and what is there at each size is not counted.
    Less than a hundredth of the first is no growth.
    """
    do_once(make, size)
    one, ten, hundred = (effort(make(size * factor)) for factor in (1, 10, 100))
    pairs = zip(one, ten, hundred, strict=True)
    steps, octets = ((most - more) / max(more - least, least // 100, 1) for least, more, most in pairs)
    return steps, octets
