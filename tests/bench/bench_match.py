"""Prints what a keystroke costs: `python -m tests.bench.bench_match`.  The design's budget is 2 ms for a 1 kB line."""

from __future__ import annotations

import time

from imapsh.spec import Context
from imapsh.spec.match import match

_CONTEXT = Context("selected")
_KEYS = " ".join(f'OR FROM "a{i}" (NOT SINCE 1-Feb-1994 SEEN)' for i in range(23))
_ITEMS = " ".join(f"BODY.PEEK[{i}.HEADER.FIELDS (DATE FROM)]<0.1024>" for i in range(1, 22))
LINES = {
    "SELECT": "SELECT INBOX",
    "SEARCH, nested": f"SEARCH {_KEYS} ALL ALL",
    "FETCH, sections": f"FETCH 1:* ({_ITEMS})",
    "FETCH, half typed": f"FETCH 1:* ({_ITEMS}",
    "a set": "UID FETCH " + ",".join(str(i) for i in range(1000, 1200)) + " FLAGS",
    "nonsense": "FROB " + "x" * 1000,
}  # fmt: skip


def _keystroke(line: str) -> None:
    found = match(line, _CONTEXT)
    assert (found.roles, found.errors, found.hint, found.expected, found.secrets) is not None


def main() -> None:
    """Best and 95th percentile of 200 keystrokes at the end of each line."""
    for name, line in LINES.items():
        _keystroke(line)
        times = []
        for _ in range(200):
            start = time.perf_counter()
            _keystroke(line)
            times.append(time.perf_counter() - start)
        times.sort()
        tokens = len(match(line, _CONTEXT).tokens)
        best, late = times[0] * 1e3, times[190] * 1e3
        print(f"{name:20} {len(line):5} octets {tokens:4} tokens  {best:6.2f} ms best {late:6.2f} ms p95")


if __name__ == "__main__":
    main()
