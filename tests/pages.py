r"""Pages whose examples are typed: their blocks of lines, by headings.

In a block, `> LINE` is typed at the prompt and `$ LINE` in a system shell.  The lines below it are seen then, in this
order; a line `...` says that others may stand between, and `...` in a line that some of it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PROMPT, SHELL = "> ", "$ "


class Step(NamedTuple):
    """A line that is typed, at the PROMPT or in the SHELL, and the lines that are seen then."""

    where: str
    line: str
    due: tuple[str, ...]


class Task(NamedTuple):
    """A section of a page, with its examples."""

    title: str
    steps: tuple[Step, ...]


def tasks(page: str) -> list[Task]:
    """Return the sections of a page in `docs` that have examples."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    sections = re.split(r"^(.+)\n(?:-{3,}|={3,})\n", text, flags=re.MULTILINE)
    found = (Task(title, tuple(_steps(body))) for title, body in zip(sections[1::2], sections[2::2], strict=True))
    return [task for task in found if task.steps]


def _steps(section: str) -> Iterator[Step]:
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    starts = [number for number, line in enumerate(lines) if line.startswith((PROMPT, SHELL))]
    for start, end in pairwise([*starts, len(lines)]):
        due = tuple(line.rstrip() for line in lines[start + 1 : end])
        yield Step(lines[start][:2], lines[start][2:], due)


def missing(due: tuple[str, ...], seen: str) -> str:
    """Return the first line that is due and is not seen in its place, or "" if all are.

    A line need not follow the one before it at once, because a terminal may show notes between them.
    """
    lines = iter(seen.splitlines())
    for line in due:
        if line in ("", "..."):
            continue
        shape = ".*".join(map(re.escape, re.split(r" *\.\.\. *", line)))
        shape = re.sub(r"(\\ )+", r"\\s+", shape)
        if not any(re.search(shape, one) for one in lines):
            return line
    return ""
