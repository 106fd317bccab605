"""INPROGRESS: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.inprogress import InProgress
from imapsh.grammar.values import Code, StatusText

from .reading import amiss, faultless, rewritten
from .strategies import atom, number, nz_number

READ = [
    ("* OK [INPROGRESS] Hang in there...", InProgress()),
    ('* OK [INPROGRESS ("tag" NIL NIL)] Hang in there...', InProgress("tag")),
    ('* OK [INPROGRESS ("tag" 175 NIL)] Processed 175 items so far', InProgress("tag", 175)),
    ('* OK [INPROGRESS ("tag" 175 1000)] Processed 17% of the items', InProgress("tag", 175, 1000)),
    ('* ok [inprogress ("A003" 0 2001)] Still working on this...', InProgress("A003", 0, 2001)),
    ("* OK [INPROGRESS (NIL 1000 1000)] done, nearly", InProgress(None, 1000, 1000)),
    ("* OK [INPROGRESS (NIL NIL NIL)] Hang in there...", InProgress()),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: InProgress) -> None:
    assert faultless(line).value.code.arg == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* OK [INPROGRESS ] x", "inprogress-code", 16),
    ("* OK [INPROGRESS ()] x", "inprogress-tag", 18),
    ("* OK [INPROGRESS 1 2] x", "inprogress-code", 17),
    ("* OK [INPROGRESS (A001 1 2)] x", "inprogress-tag", 18),
    ('* OK [INPROGRESS ("A]" 1 2)] x', "inprogress-tag", 18),
    ('* OK [INPROGRESS ("A001")] x', "inprogress-code", 24),
    ('* OK [INPROGRESS ("A001" 1)] x', "inprogress-code", 26),
    ('* OK [INPROGRESS ("A001" NIL 10)] x', "inprogress-state", 29),
    ('* OK [INPROGRESS ("A001" 1 0)] x', "inprogress-state", 27),
    ('* OK [INPROGRESS ("A001" -1 10)] x', "inprogress-state", 25),
    ('* OK [INPROGRESS ("A001" 4294967296 NIL)] x', "inprogress-state", 25),
    ('* OK [INPROGRESS ("A001" 11 10)] x', "inprogress-goal", 28),
    ('* OK [INPROGRESS ("A001" 1 10 11)] x', "inprogress-code", 29),
    ('* OK [INPROGRESS ("A001" 1 10] x', "inprogress-code", 29),
    ('a1 OK [INPROGRESS ("a1" 1 10)] done', "inprogress-untagged", 7),
    ("* NO [INPROGRESS] no", "inprogress-untagged", 6),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


values = (
    st.just(InProgress())
    | st.builds(InProgress, st.none() | atom.filter(lambda tag: "]" not in tag), st.none() | number, st.none())
    | st.builds(lambda tag, pair: InProgress(tag, *sorted(pair)), atom.filter(lambda tag: "]" not in tag),
                st.tuples(nz_number, nz_number))
)  # fmt: skip


@given(values)
def test_it_is_read_as_it_was_written(value: InProgress) -> None:
    assert rewritten("OK", StatusText(Code("INPROGRESS", value), "x")).code.arg == value
