"""Runs one target guided by coverage: `python -m tests.fuzz.guided TARGET [OPTIONS OF LIBFUZZER] CORPUS`."""

from __future__ import annotations

import sys
from itertools import islice

import atheris


def main(words: list[str]) -> None:
    """Instrument imapsh, and run until the options say that it is enough.  It does not return."""
    with atheris.instrument_imports(include=["imapsh"]):
        from tests.fuzz.targets import find

        target = find(words[1])
        for seed in islice(target.seeds(), 1, None):
            target.run(seed)  # so that modules which are imported when they are used are instrumented, too
    atheris.Setup([words[0], *words[2:]], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
