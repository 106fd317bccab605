"""Whole programs, each in a process of its own: what they take from their start to their end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench import spawned
from tests.shell.running import environment

PATIENCE = 600  # seconds after which a program hangs


class Taken(NamedTuple):
    """Seconds, seconds of CPU (user and system), and MiB of memory at the most."""

    wall: float
    cpu: float
    peak: float

    def best(self, other: Taken) -> Taken:
        """Return the less of each."""
        return Taken(*map(min, self, other))

    def __str__(self) -> str:
        return f"{self.wall:.2f} s (CPU {self.cpu:.2f}, {self.peak:.0f} MiB)"


class Program(NamedTuple):
    """The words of a program, and a check of the file that its stdout went to, which raises if that is not right."""

    words: Sequence[str]
    check: Callable[[Path], None]


def run(program: Program, variables: Mapping[str, str] | None = None) -> Taken:
    """Run a program once, its stdout in a file.

    Raises SystemExit with what it wrote to stderr if it fails, and what the check raises.
    """
    reading, writing = os.pipe()
    words = [sys.executable, "-I", "-S", spawned.__file__, str(writing), *program.words]
    try:
        with tempfile.NamedTemporaryFile() as out:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                pass_fds=[writing],
                env=environment(**(variables or {})),
                check=False,
                timeout=PATIENCE,
            )
            if done.returncode:
                raise SystemExit(f"{' '.join(program.words)} failed: {done.stderr.decode(errors='replace')[-2000:]}")
            program.check(Path(out.name))
        return Taken(*json.loads(os.read(reading, 1000)))
    finally:
        os.close(reading)
        os.close(writing)


def in_turns(
    programs: Mapping[str, Program], runs: int, variables: Mapping[str, str] | None = None
) -> dict[str, Taken]:
    """Run all of them, one after another, so many times; return the best of each."""
    best: dict[str, Taken] = {}
    for _ in range(runs):
        for name, program in programs.items():
            taken = run(program, variables)
            best[name] = taken.best(best.get(name, taken))
    return best


def says(*expected: int) -> Callable[[Path], None]:
    """Return the check of a program that prints these numbers."""

    def check(out: Path) -> None:
        if out.read_text().split() != [str(one) for one in expected]:
            raise SystemExit(f"{expected} was expected, and a program printed {out.read_bytes()[:200]!r}")

    return check


def counts(pattern: bytes, expected: int) -> Callable[[Path], None]:
    """Return the check of a program whose output matches a regular expression so many times, `^` at each line."""

    def check(out: Path) -> None:
        found = len(re.findall(pattern, out.read_bytes(), re.MULTILINE))
        if found != expected:
            raise SystemExit(f"{expected} times {pattern!r} was expected, and {found} times came")

    return check
