"""RELEVANCY in ESEARCH: what is read, and what is named as wrong and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.values import ESearch
from imapsh.render.jsonform import plain

from .reading import amiss, one, rewritten


def test_what_is_read() -> None:
    for scores in ("4 99 42", "", "1 100 007"):
        response = one(f'* ESEARCH (TAG "B1") ALL 1,5,10 RELEVANCY ({scores})\r\n'.encode())
        assert response.violations == ()
        assert response.value.items["RELEVANCY"] == tuple(map(int, scores.split()))
    assert plain(response.value)["relevancy"] == [1, 100, 7]


AMISS = [
    ("RELEVANCY", "score-list", 19),
    ("RELEVANCY 4", "score-list", 20),
    ("RELEVANCY NIL", "score-list", 20),
    ("RELEVANCY (0)", "score", 21),
    ("RELEVANCY (101)", "score", 21),
    ("RELEVANCY (0042)", "score", 21),
    ("RELEVANCY (-1)", "score", 21),
    ("RELEVANCY (NIL)", "score", 21),
    ("RELEVANCY (4,99)", "score", 22),
    ("RELEVANCY (4  99)", "score-list", 23),
    ("RELEVANCY (4 99", "score-list", 25),
    ("RELEVANCY (4) RELEVANCY (5)", "esearch-response", 24),
]


@pytest.mark.parametrize(("data", "rule", "offset"), AMISS)
def test_what_is_named(data: str, rule: str, offset: int) -> None:
    assert amiss(f"* ESEARCH {data}")[:1] == [(rule, offset)]


@given(st.lists(st.integers(1, 100)).map(tuple))
def test_it_is_read_as_it_was_written(scores: tuple[int, ...]) -> None:
    made = ESearch("a", False, {"RELEVANCY": scores})
    assert rewritten("ESEARCH", made) == made
