"""What starting costs, beside a bare interpreter in the same run: python -m tests.bench.bench_start

Budgets: `--version` and `--help` 3 x `python -c pass`; a batch over plain TCP 70 ms of CPU to the first octet sent.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from tests.shell.running import command, environment, listening, says, url

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


def wall(words: list[str]) -> float:
    """Milliseconds, the median of some runs."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment(), stdin=subprocess.DEVNULL)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def first_octet(place: str) -> float:
    """CPU milliseconds to the first octet sent, the median of some runs."""
    words = [sys.executable, "-c", _PROBE, place, "-c", "NOOP"]
    runs = (
        subprocess.run(words, check=True, capture_output=True, env=environment(), stdin=subprocess.DEVNULL)
        for _ in range(RUNS)
    )
    return statistics.median(float(done.stderr) for done in runs)


def main() -> None:
    """Print the figures."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    bare = wall([sys.executable, "-c", "pass"])
    print(f"python -c pass         {bare:6.1f} ms")
    for words in (["--version"], ["--help"]):
        taken = wall([word for word in command(*words) if word not in ("-W", "error")])
        print(f"imapsh {words[0]:15} {taken:6.1f} ms   {taken / bare:.1f} x, budget 3")
    with listening(says()) as port:
        print(f"-c to the first octet  {first_octet(url(port)):6.1f} ms of CPU, budget 70")


if __name__ == "__main__":
    main()
