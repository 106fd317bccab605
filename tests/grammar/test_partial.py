"""PARTIAL in ESEARCH: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.partial import Partial
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import ESearch
from imapsh.render.jsonform import plain

from .reading import amiss, faultless, rewritten
from .strategies import nz_number, sets


def _partial(line: str) -> object:
    response = faultless(line)
    return response.value.items["PARTIAL"]


def test_what_is_read() -> None:
    assert _partial('* ESEARCH (TAG "A01") UID PARTIAL (-1:-100 4,7:9)') == Partial(
        "-1:-100", SequenceSet.parse("4,7:9")
    )
    assert _partial('* ESEARCH (TAG "A04") UID PARTIAL (24000:24500 NIL)') == Partial("24000:24500", None)
    found = _partial('* ESEARCH (TAG "C3") PARTIAL (1:10 42,9,34,13,15,4,2,7,23,82)')
    assert plain(found) == {"range": "1:10", "ids": "42,9,34,13,15,4,2,7,23,82"}
    assert plain(Partial("1:2", None)) == {"range": "1:2", "ids": None}


AMISS = [
    ("PARTIAL", "ret-data-partial", 17),
    ("PARTIAL 1:5", "ret-data-partial", 18),
    ("PARTIAL NIL", "ret-data-partial", 18),
    ("PARTIAL ()", "partial-range", 19),
    ("PARTIAL (1:5)", "ret-data-partial", 22),
    ("PARTIAL (1:5 )", "ret-data-partial", 22),
    ("PARTIAL (NIL 1)", "partial-range", 19),
    ("PARTIAL (1 1)", "partial-range", 19),
    ("PARTIAL (0:5 1)", "partial-range", 19),
    ("PARTIAL (1:* 1)", "partial-range", 19),
    ("PARTIAL (1:-5 1)", "partial-range", 21),
    ("PARTIAL (-1:5 1)", "partial-range", 22),
    ("PARTIAL (1:4294967296 1)", "partial-range", 19),
    ("PARTIAL (1:5 0)", "partial-results", 23),
    ("PARTIAL (1:5 (1))", "partial-results", 23),
    ("PARTIAL (1:5 1 2)", "ret-data-partial", 24),
    ("PARTIAL (1:5 1", "ret-data-partial", 24),
    ("PARTIAL (1:5 1) PARTIAL (6:9 NIL)", "esearch-response", 26),
]


@pytest.mark.parametrize(("data", "rule", "offset"), AMISS)
def test_what_is_named(data: str, rule: str, offset: int) -> None:
    assert amiss(f"* ESEARCH {data}")[:1] == [(rule, offset)]


ranges = st.builds("{0}{1}:{0}{2}".format, st.sampled_from(["", "-"]), nz_number, nz_number)
values = st.builds(Partial, ranges, st.none() | sets)


@given(values)
def test_it_is_read_as_it_was_written(value: Partial) -> None:
    made = ESearch("a", True, {"PARTIAL": value})
    assert rewritten("ESEARCH", made) == made
