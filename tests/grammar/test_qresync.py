"""VANISHED: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Vanished

from .reading import amiss, faultless, one, rewritten
from .strategies import sets

_UIDS = SequenceSet.parse

READ = [
    ("* VANISHED 405,407,410,425", Vanished(False, _UIDS("405,407,410,425"))),
    ("* vanished 4", Vanished(False, _UIDS("4"))),
    ("* VANISHED (EARLIER) 41,43:116", Vanished(True, _UIDS("41,43:116"))),
    ("* VANISHED (Earlier) 9:4", Vanished(True, _UIDS("9:4"))),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Vanished) -> None:
    assert faultless(line).value == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* VANISHED", "expunged-resp", 10),
    ("* VANISHED NIL", "expunged-resp", 11),
    ("* VANISHED 0", "expunged-resp", 11),
    ("* VANISHED *", "expunged-resp", 11),
    ("* VANISHED 4:*", "expunged-resp", 13),
    ("* VANISHED $", "expunged-resp", 11),
    ("* VANISHED 1,,2", "expunged-resp", 12),
    ("* VANISHED 1 2", "expunged-resp", 12),
    ("* VANISHED 1,4294967296", "expunged-resp", 11),
    ("* VANISHED ()", "expunged-resp", 12),
    ("* VANISHED () 4", "expunged-resp", 12),
    ("* VANISHED (LATER) 4", "expunged-resp", 12),
    ("* VANISHED EARLIER 4", "expunged-resp", 11),
    ("* VANISHED (EARLIER)", "expunged-resp", 20),
    ("* VANISHED (EARLIER)4", "expunged-resp", 20),
    ("* VANISHED (EARLIER EARLIER) 4", "expunged-resp", 19),
    ("* VANISHED 4 (EARLIER)", "expunged-resp", 12),
    ("* 3 VANISHED 4", "response-data", 4),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@pytest.mark.parametrize(("line", "value"), [
    ("* VANISHED 4:*,7", Vanished(False, _UIDS("7"))),
    ("* VANISHED (LATER) 4", Vanished(True, _UIDS("4"))),
    ("* VANISHED EARLIER 4", Vanished(True, _UIDS("4"))),
])  # fmt: skip
def test_what_is_read_all_the_same(line: str, value: Vanished) -> None:
    assert one(line.encode() + b"\r\n").value == value


@given(st.builds(Vanished, st.booleans(), sets))
def test_vanished_is_read_as_it_was_written(value: Vanished) -> None:
    assert rewritten("VANISHED", value) == value
