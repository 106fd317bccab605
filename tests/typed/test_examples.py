"""Every client line of the RFCs' examples fits the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh import table
from imapsh.table import Context
from imapsh.typed.match import match

LINES = [
    tuple(line.split("\t"))
    for name in ("examples.txt", "examples_sync.txt")
    for line in Path(__file__).with_name(name).read_text("utf-8").splitlines()
    if not line.startswith("#")
]


HERE = Path(__file__).parent
EXTENSIONS = [tuple(line.split("\t")) for line in (HERE / "examples_extensions.txt").read_text("utf-8").splitlines()]
#: Examples that do not follow the grammar of their own RFC, and why.
AMISS = [tuple(line.split("\t")) for line in (HERE / "examples_extensions_amiss.txt").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("section", "line"), EXTENSIONS, ids=[f"{section}-{line}"[:80] for section, line in EXTENSIONS]
)
def test_an_extensions_own_lines_match(section: str, line: str) -> None:
    found = match(line, Context("selected", tagged=True))
    assert [problem for problem in found.errors if problem.severity == "error" and problem.rule != "state"] == []
    assert found.command is not None
    assert found.complete or line.endswith("}")


@pytest.mark.parametrize(("section", "line", "why"), AMISS, ids=[f"{row[0]}-{row[1]}"[:80] for row in AMISS])
def test_a_slip_of_an_rfc_is_named(section: str, line: str, why: str) -> None:
    found = match(line, Context("selected", tagged=True))
    assert not found.complete or any(problem.severity == "error" for problem in found.errors)


@pytest.mark.parametrize(("section", "line"), LINES, ids=[f"{section}-{line}" for section, line in LINES])
def test_the_rfcs_own_lines_match(section: str, line: str) -> None:
    words = line.split()
    row = table.command(" ".join(words[1:3])) or table.command(words[1])
    assert row is not None
    found = match(line, Context(row.states[-1], rev2="3501" not in section))
    assert found.errors == ()
    assert found.tag == words[0]
    assert found.command is row
    assert found.complete is not line.endswith("}")
    untagged = match(line.split(" ", 1)[1], Context(row.states[-1], rev2="3501" not in section))
    assert (untagged.tag, untagged.command, untagged.errors) == (None, row, ())


def test_there_are_many() -> None:
    assert len(LINES) > 120
    assert len(EXTENSIONS) > 400
