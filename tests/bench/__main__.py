"""The table of budgets: python -m tests.bench [--install] [--peers FOLDER] [NAME ...]

NAMEs are of the modules without `bench_`, all where none is given.  `--install` makes a virtual environment with the
peers first; FOLDER is one that there is.
"""

from __future__ import annotations

import compileall
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.figures import Figure, table
from tests.bench.machine import described
from tests.bench.peers import Peers

NAMES = ("listing", "jobs", "start", "prompt", "match", "parse", "render", "imap4", "tap", "admin")


def figures(names: Sequence[str], peers: Peers) -> Iterator[Figure]:
    """Those of the modules of these names."""
    for name in names:
        yield from importlib.import_module(f"tests.bench.bench_{name}").figures(peers)


def main(words: list[str]) -> int:
    """Measure, and print; 1 where a budget was missed."""
    folder = Path(words.pop(words.index("--peers") + 1)) if "--peers" in words else None
    peers = Peers(folder) if folder else Peers()
    if "--install" in words:
        peers.install()
        peers = Peers(peers.folder)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its byte code
    compileall.compile_dir(Path(__file__).parents[2] / "imapsh", quiet=2)
    missed = False
    chosen = [word for word in words if not word.startswith("-")] or NAMES

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
