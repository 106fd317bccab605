"""What starting costs, beside a bare interpreter in the same run: python -m tests.bench start

Budgets: `--version` and `--help` 3 x `python -c pass`; a batch over plain TCP 2.5 x its CPU to the first octet sent.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.figures import Figure, listed
from tests.bench.peers import Peers, imapsh
from tests.bench.taken import Program, counts, run
from tests.shell.running import environment, listening, says, url

RUNS = 15

#: Prints the CPU milliseconds used until the first write, then goes on.
_PROBE = """
import sys, time
from imapsh.transport.blocking import BlockingStream
write = BlockingStream.write
def first(stream, data):
    print(time.process_time() * 1000, file=sys.stderr)
    BlockingStream.write = write
    write(stream, data)
BlockingStream.write = first
from imapsh.shell.main import main
sys.exit(main(sys.argv[1:]))
"""


def wall(words: list[str], runs: int = RUNS) -> float:
    """Milliseconds, the best of some runs."""
    best = float("inf")
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment(), stdin=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - began)
    return best * 1000


def first_octet(place: str, runs: int = RUNS) -> tuple[float, float]:
    """CPU milliseconds to the first octet sent, and of `python -c pass`: the best of some runs in turns."""
    words = [sys.executable, "-c", _PROBE, place, "-c", "NOOP"]
    bare = Program([sys.executable, "-c", "pass"], counts(b".", 0))
    ours, theirs = [], []
    for _ in range(runs):
        done = subprocess.run(words, check=True, capture_output=True, env=environment(), stdin=subprocess.DEVNULL)
        ours.append(float(done.stderr))
        theirs.append(run(bare).cpu * 1000)
    return min(ours), min(theirs)


def figures(peers: Peers) -> Iterator[Figure]:
    """--version and --help, and a batch."""
    bare = wall([sys.executable, "-c", "pass"])
    beside = {name: wall([peers.program(name), "--version"], 3) for name in peers.names}
    for option in ("--version", "--help"):
        taken = wall(imapsh(option))
        others = listed({"python -c pass": bare, **(beside if option == "--version" else {})}, "{:.0f} ms")
        yield Figure(option, "3 x python", f"{taken:.0f} ms, x {taken / bare:.2f}", taken <= 3 * bare, others)
    with listening(says()) as port:
        taken, passed = first_octet(url(port))
    ratio = taken / passed
    what, text = "-c to the first octet sent, CPU", f"{taken:.0f} ms; python -c pass {passed:.0f} ms"
    yield Figure(what, "2.5 x python", f"x {ratio:.2f}", ratio <= 2.5, text)
