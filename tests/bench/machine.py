"""The machine, the Python and the build with which something was measured."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the model of the processor."""
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def compiled() -> bool:
    """Return whether the core of imapsh is compiled."""
    from imapsh.grammar import cursor

    return not str(cursor.__file__).endswith(".py")


def described(now: datetime | None = None) -> str:
    """Return one line: the date, the machine, the Python, and which core runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    core = "compiled" if compiled() else "pure Python"
    return (
        f"{now or datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, {cores} cores, {platform.system()}, "
        f"Python {platform.python_version()}, core: {core}"
    )
