from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from imapsh.patterns import _Lazy, lazy
from tests.test_package import modules

CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("match", ("A1 B2",)),
    ("search", ("- b2", 1)),
    ("fullmatch", ("a1",)),
    ("findall", ("a1 b2",)),
    ("split", ("x a1 y",)),
    ("sub", ("<>", "x a1 y")),
]


def plain(found: object) -> object:
    return found.groups() if isinstance(found, re.Match) else found


@pytest.mark.parametrize(("method", "arguments"), CALLS)
def test_does_what_the_pattern_does(method: str, arguments: tuple[Any, ...]) -> None:
    eager, later = re.compile(r"([a-z])(\d)", re.IGNORECASE), lazy(r"([a-z])(\d)", re.IGNORECASE)
    for _ in range(2):  # when it is compiled, and behind that
        assert plain(getattr(later, method)(*arguments)) == plain(getattr(eager, method)(*arguments))


def test_octets() -> None:
    found = lazy(rb"(\d+)").search(b"* 23 EXISTS")
    assert found is not None
    assert found[1] == b"23"


def test_nothing_is_compiled_before_it_is_used() -> None:
    broken = lazy("(")
    assert broken.pattern == "("
    with pytest.raises(re.error):
        broken.match("")


@pytest.mark.parametrize("name", modules())
def test_every_one_of_the_package_compiles(name: str) -> None:
    for value in vars(importlib.import_module(name)).values():
        for pattern in value if isinstance(value, tuple) else (value,):
            if isinstance(pattern, _Lazy):
                assert pattern.groups >= 0  # what only the compiled pattern knows
