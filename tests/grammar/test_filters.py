"""UNDEFINED-FILTER: what is read, and what is named as wrong and where."""

from __future__ import annotations

import pytest
from hypothesis import given

from imapsh.grammar.values import Code, StatusText

from .reading import amiss, one, rewritten
from .strategies import atom


def test_what_is_read() -> None:
    response = one(b"a NO [UNDEFINED-FILTER on-the-road] no such filter\r\n")
    assert response.violations == ()
    assert response.value.code.arg == "on-the-road"


AMISS = [
    ("a NO [UNDEFINED-FILTER] no", "filter-name", 22),
    ("a NO [UNDEFINED-FILTER ] no", "filter-name", 22),
    ("a NO [UNDEFINED-FILTER a/b] no", "filter-name", 24),
    ('a NO [UNDEFINED-FILTER "a"] no', "filter-name", 23),
    ("a NO [UNDEFINED-FILTER a b] no", "resp-text-code", 24),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@given(atom.filter(lambda name: "/" not in name and "]" not in name))
def test_it_is_read_as_it_was_written(name: str) -> None:
    made = StatusText(Code("UNDEFINED-FILTER", name, name), "no")
    assert rewritten("NO", made) == made
