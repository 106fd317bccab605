"""Sequence sets (RFC 9051 section 9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sequence import STAR, SequenceSet

ends = st.just(STAR) | st.integers(1, (1 << 32) - 1)
sets = st.lists(st.tuples(ends, ends), min_size=1, max_size=6).map(lambda ranges: SequenceSet(tuple(ranges)))


@given(sets)
def test_text_and_back(numbers: SequenceSet) -> None:
    assert SequenceSet.parse(str(numbers)) == numbers


@given(st.sets(st.integers(1, 60)))
def test_the_shortest_set_holds_the_numbers_and_no_others(numbers: set[int]) -> None:
    made = SequenceSet.of(numbers)
    assert list(made.numbers(60)) == sorted(numbers)
    assert made.count() == len(numbers)
    assert all(made.contains(number, 60) == (number in numbers) for number in range(1, 61))


def test_the_examples_of_the_rfc() -> None:
    assert list(SequenceSet.parse("2,4:7,9,12:*").numbers(15)) == [2, 4, 5, 6, 7, 9, 12, 13, 14, 15]
    assert sorted(SequenceSet.parse("*:4,5:7").numbers(10)) == [4, 5, 5, 6, 6, 7, 7, 8, 9, 10]
    assert SequenceSet.parse("3291:*").contains(7, 7)


def test_the_saved_result() -> None:
    assert SequenceSet.parse("$") == SequenceSet((), True)
    assert str(SequenceSet((), True)) == "$"


WRONG = ["", "0", "1:", ":1", "1,,2", "1, 2", "01", "-1", "a", "1:2:3", "$,1", "4294967296", "9" * 5000]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_set(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        SequenceSet.parse(text)
