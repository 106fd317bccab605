"""What is kept has bounds in number and in size."""

from __future__ import annotations

import pytest

from imapsh.grammar import kept
from imapsh.grammar.kept import LONGEST, MOST, keep


def test_a_value_is_kept_and_returned() -> None:
    values: dict[str, int] = {}
    assert keep(values, "a", 1) == 1
    assert values == {"a": 1}


def test_the_value_of_a_long_text_is_not_kept() -> None:
    values: dict[str, int] = {}
    assert keep(values, "a" * (LONGEST + 1), 1) == 1
    assert keep(values, "b" * LONGEST, 2) == 2
    assert list(values.values()) == [2]


def test_no_more_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST * LONGEST < 1 << 20
    monkeypatch.setattr(kept, "MOST", 3)
    values: dict[str, int] = {}
    for number in range(10):
        keep(values, str(number), number)
        assert values[str(number)] == number
        assert len(values) <= 3
