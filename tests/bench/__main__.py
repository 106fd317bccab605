"""The table of budgets: python -m tests.bench [--install] [--peers FOLDER] [NAME ...]

NAMEs are of the modules without `bench_` that have figures, all where none is given.  `--install` makes a virtual
environment with the peers first, in FOLDER or else in `build/peers`; without it, FOLDER is one that there is.  A peer
that is missing is named below the table.  A wrong word ends it with 2 before anything is measured.
"""

from __future__ import annotations

import compileall
import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import CalledProcessError

from tests.bench.figures import Figure, table
from tests.bench.machine import described
from tests.bench.peers import FOLDER, Peers

NAMES = ("listing", "jobs", "start", "prompt", "match", "parse", "render", "imap4", "tap", "admin")


def figures(names: Sequence[str], peers: Peers) -> Iterator[Figure]:
    """Those of the modules of these names."""
    for name in names:
        yield from importlib.import_module(f"tests.bench.bench_{name}").figures(peers)


def read(words: Sequence[str]) -> Namespace:
    """What the words say.  Ends the program with 2, and a sentence, for what cannot be meant."""
    parser = ArgumentParser("python -m tests.bench", description="Measure imapsh beside others.", allow_abbrev=False)
    parser.add_argument("--install", action="store_true", help="make a virtual environment with the peers first")
    parser.add_argument("--peers", type=Path, default=FOLDER, metavar="FOLDER", help="the environment with the peers")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all if there is none")
    found = parser.parse_intermixed_args(words)
    unknown = [name for name in found.names if name not in NAMES]
    if unknown:
        parser.error(f"unknown name {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    if not found.install and found.peers != FOLDER and not found.peers.is_dir():
        parser.error(f"{found.peers} is not a folder: --install makes it")
    return found


def main(words: Sequence[str]) -> int:
    """Measure, and print; 1 where a budget was missed."""
    wanted = read(words)
    peers = Peers(wanted.peers)
    if wanted.install:
        try:
            peers.install()
        except (OSError, ValueError, CalledProcessError) as error:
            raise SystemExit(f"the peers cannot be installed into {peers.folder}: {error}") from None
        peers = Peers(peers.folder)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its byte code
    compileall.compile_dir(Path(__file__).parents[2] / "imapsh", quiet=2)
    missed = False
    chosen = wanted.names or NAMES

    def counted() -> Iterator[Figure]:
        nonlocal missed
        for figure in figures(chosen, peers):
            missed = missed or figure.kept is False
            yield figure

    print(described())
    for line in table(counted()):
        print(line, flush=True)
    if peers.missing:
        print(peers.missing)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
