"""The promises of `docs/security.rst`: each limit is one that there is, and each test that is named is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from imapsh.shell.settings.options import OPTIONS
from imapsh.wire.limits import DEFAULT, Limits

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^   \* - (?!Promise)(.+?)\n     - (.+?)\n     - (.+?)\n(?=\n|   \* )",
    (ROOT / "docs/security.rst").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL,
)  # fmt: skip
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _id(row: tuple[str, str, str]) -> str:
    return " ".join(row[0].split())[:50]


@cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def numbers(text: str) -> set[int]:
    """The numbers of a cell, as octets where a unit follows."""
    found = re.findall(r"(\d[\d,]*)(?: (KiB|MiB|GiB))?", text)
    return {int(number.replace(",", "")) * UNITS.get(unit, 1) for number, unit in found}


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_each_test_that_is_named_is_there(row: tuple[str, str, str]) -> None:
    named = re.findall(r"``(tests/[\w/]+\.py)(?:::(\w+))?``", row[2])
    assert len(named) == row[2].count("``tests/") > 0
    for path, name in named:
        assert any(one.startswith("test_") for one in named_in(path))
        assert not name or (name.startswith("test_") and name in named_in(path)), f"{path}::{name}"


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_each_limit_is_one_that_there_is(row: tuple[str, str, str]) -> None:
    known = {option.name for option in OPTIONS}
    for name in re.findall(r"--limit (\w+)=N|Limits\((\w+)=N\)", row[1]):
        limit = name[0] or name[1]
        assert limit in Limits._fields
        assert "no limit" in row[1] or getattr(DEFAULT, limit) in numbers(row[1]), row[1]
    assert set(re.findall(r"--[\w-]+", f"{row[0]} {row[1]}")) <= known
    assert "fixed" in row[1] or "``" in row[1]


def test_each_limit_keeps_a_promise() -> None:
    told = {name for row in ROWS for name in re.findall(r"--limit (\w+)=N", row[1])}
    assert told == set(Limits._fields)
    assert len(ROWS) > 40
