"""Sets of COPYUID; `test_changes` has what servers say that cannot be so."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.lines.copyuid import joined


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(1, 60), min_size=1, unique=True), max_size=4))
def test_sets_that_are_joined_keep_their_order(lists: list[list[int]]) -> None:
    flat = list(dict.fromkeys(number for numbers in lists for number in numbers))
    sets, rest = [], flat
    for numbers in lists:
        sets.append(SequenceSet.in_order(rest[: len(numbers)]))
        rest = rest[len(numbers) :]
    assert list(joined([one for one in sets if one])) == flat
