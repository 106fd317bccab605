"""The tap beside a plain relay of sockets, on the same octets in one run: a large literal, and many FETCH lines.

The time is until the client has read all; "all done" is when all was read, judged and shown.

python -m tests.bench tap
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.figures import Figure
from tests.bench.joined import ask
from tests.bench.peers import Peers, imapsh
from tests.bench.terminal import peak, seconds

LITERAL = 1 << 30
LINES = 100_000
MEMORY = 96 << 10  # KiB

_JOINED = [sys.executable, "-m", "tests.bench.joined"]


class Taken(NamedTuple):
    """What it took: seconds until the client had all, until all was shown, of the relay's CPU, and KiB at the most."""

    read: float
    shown: float
    cpu: float
    peak: int


@contextlib.contextmanager
def running(words: Sequence[str], out: Path | None = None) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a program that prints the port on which it listens: on stderr if its stdout goes to `out`."""
    with contextlib.ExitStack() as stack:
        stdout = stack.enter_context(out.open("wb")) if out is not None else subprocess.PIPE
        said = subprocess.PIPE if out is not None else None
        process = stack.enter_context(subprocess.Popen(words, stdout=stdout, stderr=said))
        stack.callback(process.wait)
        stack.callback(process.send_signal, signal.SIGKILL)
        stream = process.stderr if out is not None else process.stdout
        assert stream is not None
        found = re.search(rb"(\d+)(?: for .*)?\n", stream.readline())
        assert found is not None
        yield process, int(found[1])


def tapping(server: int, *options: str) -> list[str]:
    """The words that begin a tap."""
    return imapsh("--no-config", "--tap", "0", f"imap://127.0.0.1:{server}", *options)


def measure(words: Sequence[str], line: bytes, folder: Path, *, tap: bool) -> Taken:
    """Ask a line through a relay or a tap that is begun for it."""
    out = folder / "out"
    with running(words, out if tap else None) as (process, port):
        before = seconds(process.pid)
        began = time.perf_counter()
        ask(port, b"a SELECT %d" % LINES, line)
        read = time.perf_counter() - began
        if tap:
            assert process.stderr is not None
            while b" ended after " not in process.stderr.readline():
                pass
        return Taken(read, time.perf_counter() - began, seconds(process.pid) - before, peak(process.pid))


def compared(line: bytes, server: int, folder: Path, *options: str) -> tuple[Taken, Taken]:
    """The plain relay, and the tap."""
    return (
        measure([*_JOINED, "relay", str(server)], line, folder, tap=False),
        measure(tapping(server, *options), line, folder, tap=True),
    )


def figures(peers: Peers, literal: int = LITERAL, lines: int = LINES) -> Iterator[Figure]:
    """The literal, and the lines: shown in pretty and in JSON, and not shown."""
    with tempfile.TemporaryDirectory() as name, running([*_JOINED, "server"]) as (_, server):
        folder = Path(name)
        plain, tap = compared(b"b FETCH 1 BODY.PEEK[]<0.%d>" % literal, server, folder)
        yield _figure(f"literal of {literal >> 20:,} MiB through the tap", plain, tap)
        yield Figure("its memory", f"{MEMORY >> 10} MiB", f"{tap.peak / 1024:.0f} MiB", tap.peak <= MEMORY)
        for what, options in (
            ("shown", ()),
            ("in JSON", ("--format", "json")),
            ("not shown", ("--tap-quiet",)),
        ):
            plain, tap = compared(b"b FETCH 1:%d FLAGS" % lines, server, folder, *options)
            yield _figure(f"{lines:,} FETCH lines, {what}", plain, tap)


def _figure(what: str, plain: Taken, tap: Taken) -> Figure:
    ratio = tap.read / plain.read
    measured = f"{tap.read:.2f} s, x {ratio:.1f}"
    beside = f"all done {tap.shown:.2f} s, CPU {tap.cpu:.2f}; plain relay {plain.read:.2f} s, CPU {plain.cpu:.2f}"
    return Figure(what, "", measured, None, beside)
