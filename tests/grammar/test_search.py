"""Long answers to SEARCH, whose numbers are read all at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar import search

from .by_rules import mutated, reading
from .reading import one

_numbers = st.lists(st.sampled_from(["1", "7", "12", "4294967295", "4294967296", "9999999999", "0", "007"]), max_size=6)


@settings(max_examples=400)
@given(
    mutated(_numbers.map(lambda found: "".join(f" {number}" for number in found))), st.sampled_from(["SEARCH", "SORT"])
)
def test_e6_long_answers_are_read_like_short_ones(octets: bytes, name: str) -> None:
    line = b"* %s%s\r\n" % (name.encode(), octets)
    short = reading(line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_LONG", 1)
        assert reading(line) == short


def test_e6_a_long_answer_has_every_number_and_the_place_of_one_that_is_too_large() -> None:
    numbers = list(range(1, 80_000, 3))
    line = "* SEARCH " + " ".join(map(str, numbers))
    assert list(one(f"{line}\r\n".encode()).value.ids) == numbers
    found = one(f"{line} 4294967296 5\r\n".encode())
    assert list(found.value.ids) == [*numbers, 4294967296, 5]
    assert [violation.offset for violation in found.violations] == [len(line) + 1]
