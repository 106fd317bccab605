"""SORT: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sort import Sort
from imapsh.render.jsonform import plain

from .reading import amiss, faultless, one, rewritten
from .strategies import nz_number

READ = [
    ("* SORT 2 84 882", Sort((2, 84, 882))),
    ("* SORT 5 3 4 1 2", Sort((5, 3, 4, 1, 2))),
    ("* SORT", Sort(())),
    ("* sort 5 3 (modseq 12)", Sort((5, 3), 12)),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


def test_the_json_has_the_natural_names() -> None:
    assert plain(Sort((5, 3), 12)) == {"ids": [5, 3], "modseq": 12}
    assert plain(Sort((5, 3))) == {"ids": [5, 3]}


#: A line, the rule and octet of what is wrong in it, and the numbers that are read all the same.
AMISS = [
    ("* SORT ", "sort-data", 6, ()),
    ("* SORT 0 1", "sort-data", 7, (0, 1)),
    ("* SORT 1 -1 2", "sort-data", 9, (1, 2)),
    ("* SORT 1 4294967296", "nz-number", 9, (1, 4294967296)),
    ("* SORT NIL", "sort-data", 7, ()),
    ("* SORT 1:3", "sort-data", 8, (1,)),
    ("* SORT 1,3", "sort-data", 8, (1, 3)),
    ("* SORT *", "sort-data", 7, ()),
    ("* SORT 1  3", "sort-data", 9, (1, 3)),
    ("* SORT (3)", "search-sort-mod-seq", 7, ()),
    ("* SORT (MODSEQ 12)", "search-sort-mod-seq", 7, ()),
    ("* SORT 1 (MODSEQ 0)", "mod-sequence-value", 17, (1,)),
    ("* SORT 1 (MODSEQ -1)", "mod-sequence-value", 17, (1,)),
    ("* SORT 1 (MODSEQ NIL)", "mod-sequence-value", 17, (1,)),
    ("* SORT 1 (MODSEQ)", "search-sort-mod-seq", 16, (1,)),
    ("* SORT 1 (HIGHEST 12)", "search-sort-mod-seq", 10, (1,)),
    ("* SORT 1 MODSEQ 12", "sort-data", 9, (1, 12)),
    ("* SORT 1 (MODSEQ 12", "search-sort-mod-seq", 19, (1,)),
    ("* SORT 1 (MODSEQ 12) 2", "sort-data", 20, (1,)),
    ("* SORT 1 (MODSEQ 12) (MODSEQ 12)", "sort-data", 20, (1,)),
    ("* 3 SORT 1", "response-data", 4, (1,)),
]


@pytest.mark.parametrize(("line", "rule", "offset", "ids"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int, ids: tuple[int, ...]) -> None:
    assert amiss(line)[:1] == [(rule, offset)]
    value = one(line.encode() + b"\r\n").value
    assert isinstance(value, Sort)
    assert value.ids == ids


modseq = st.integers(1, (1 << 63) - 1)
values = st.builds(Sort, st.lists(nz_number, min_size=1).map(tuple), st.none() | modseq) | st.just(Sort(()))


@given(values)
def test_it_is_read_as_it_was_written(value: Sort) -> None:
    assert rewritten("SORT", value) == value
