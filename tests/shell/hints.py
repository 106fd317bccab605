"""The table of hints: what is typed, the hint, what is offered, what is found wrong.

It is `data/hints.txt` for the revisions, and for each extension the file of its name in `data/hints`.
`python -m tests.shell.hints` writes the answers anew; what changed is to be read before it is kept.

    ## STATE [CAPABILITY...]     the context of the lines below; no capabilities: they are not known
    > typed                      `|` is the cursor, else it stands at the end; a blank that counts is written as `~`
      = hint                     none: there is no hint
      + text | text | ...        what is offered, in order, as it would stand in the line; `...`: and more
      - text | ...               the same, dimmed
      ! offset severity message
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from imapsh.shell.prompt.completing import dates
from imapsh.table.model import Context
from imapsh.typed.match import match
from tests.shell.knowing import Shown, menu

_DATA = Path(__file__).with_name("data")
TABLES = [_DATA / "hints.txt", *sorted((_DATA / "hints").glob("*.txt"))]
NOW = datetime(1994, 2, 1, 12, 0, 0, tzinfo=UTC)
MOST = 8  # offers that are written


class Entry(NamedTuple):
    """A typed line in its context, and the answers as they are written."""

    context: Context
    typed: str
    answers: tuple[str, ...]


def entries(text: str) -> Iterator[Entry]:
    context = following = Context()
    typed, answers = "", list[str]()
    for line in [*text.splitlines(), "> "]:
        if line.startswith("## "):
            following = _context(line)
        elif line.startswith("> "):
            if typed:
                yield Entry(context, typed, tuple(answers))
            typed, answers = line[2:].replace("~", " "), []
            context = following
        elif line.startswith("  "):
            answers.append(line)


def _context(line: str) -> Context:
    """IMAP4rev2 first among the capabilities: its readings hold."""
    state, *capabilities = line[3:].split()
    return Context(state, frozenset(capabilities), rev2=capabilities[:1] == ["IMAP4rev2"])


def answers(context: Context, typed: str) -> tuple[str, ...]:
    """What the shell says."""
    found = match(typed.replace("|", ""), context)
    offered = menu(typed, context)
    hint = match(typed.partition("|")[0], context).hint
    written = [f"  = {hint}"] * bool(hint)
    written += _offers("+", [line for line in offered if "dimmed" not in line.style], typed)
    written += _offers("-", [line for line in offered if "dimmed" in line.style], typed)
    written += [f"  ! {problem.offset} {problem.severity} {problem.message}" for problem in found.errors]
    return tuple(written)


def _offers(mark: str, offered: list[Shown], typed: str) -> list[str]:
    """Of each line what was put in, from the word that is being typed on."""
    start = _common(typed, [line.text for line in offered])
    texts = [line.text[start : line.cursor] for line in offered]
    more = ["..."] if len(texts) > MOST else []
    return [f"  {mark} {' | '.join([*texts[:MOST], *more])}"] if texts else []


def _common(typed: str, lines: list[str]) -> int:
    """Where the last word begins in all of the lines."""
    before = typed.partition("|")[0]
    same = min((next((at for at, pair in enumerate(zip(line, before, strict=False)) if pair[0] != pair[1]), len(before))
                for line in lines), default=0)  # fmt: skip
    return max(before.rfind(mark, 0, same) + 1 for mark in (" ", "(", "["))


def main() -> None:
    dates.now = lambda: NOW
    for path in TABLES:
        written = []
        context = Context()
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("## "):
                context = _context(line)
            if not line.startswith("  "):
                written.append(line)
            if line.startswith("> "):
                written += answers(context, line[2:].replace("~", " "))
        path.write_text("\n".join(written) + "\n", "utf-8")


if __name__ == "__main__":
    main()
