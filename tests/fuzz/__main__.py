"""Runs the targets guided by coverage, with atheris, and counts the executions.

    python -m tests.fuzz                         each target for a minute
    python -m tests.fuzz --seconds 5 names typed these targets for five seconds each
    python -m tests.fuzz --runs 1000 --seed 1    a fixed run, as in the tests

Each target runs in a process of its own.  An input that breaks a promise is written to `crash-*` in the folder that
`--crashes` names (the present one), and its traceback is shown; the exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.targets import TARGETS, find


class Result(NamedTuple):
    """The result of a run: executions, seconds, edges covered, and what was printed if a promise broke."""

    target: str
    executions: int
    seconds: int
    edges: int
    broken: str


def main(words: list[str]) -> int:
    """Run the targets that are named, print a line for each, and return the exit status."""
    reader = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz imapsh's readers.")
    reader.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="targets; all if none is named")
    reader.add_argument("--seconds", type=int, default=60, help="seconds for each target")
    reader.add_argument("--runs", type=int, default=-1, help="executions for each target, in place of seconds")
    reader.add_argument("--seed", type=int, default=0, help="what random numbers begin with; 0 takes another each time")
    reader.add_argument("--crashes", default=".", help="the folder of inputs that break a promise")
    given = reader.parse_args(words)
    results = []
    for target in given.targets or TARGETS:
        limit = [f"-runs={given.runs}"] if given.runs >= 0 else [f"-max_total_time={given.seconds}"]
        results.append(fuzz(target, [*limit, f"-seed={given.seed}", f"-artifact_prefix={given.crashes}/"]))
        print(f"{target:15} {results[-1].executions:>10,} executions  {results[-1].edges:>6,} edges", flush=True)
        print(results[-1].broken, end="")
    print(f"{'all':15} {sum(result.executions for result in results):>10,} executions")
    return int(any(result.broken for result in results))


def fuzz(target: str, options: list[str]) -> Result:
    """Run one target, or all in turns if the name is "all", in a process of its own, with options of libFuzzer."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(find(target).seeds()):
            Path(folder, str(number)).write_bytes(seed)
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.guided", target, "-timeout=30", "-rss_limit_mb=2048", *options, folder],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    said = done.stdout.decode("utf-8", "replace")
    ran = re.findall(r"^Done (\d+) runs? in (\d+) second", said, re.MULTILINE) or [(0, 0)]
    edges = re.findall(r"\bcov: (\d+)", said) or [0]
    broken = said[max(0, said.find("===")) :] if done.returncode else ""
    return Result(target, int(ran[0][0]), int(ran[0][1]), int(edges[-1]), broken)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
