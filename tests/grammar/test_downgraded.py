"""DOWNGRADED: what is read, and what is named as wrong and where."""

from __future__ import annotations

import pytest
from hypothesis import given

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Code, StatusText

from .reading import amiss, one, rewritten
from .strategies import sets


def test_what_is_read() -> None:
    response = one(b"a OK [DOWNGRADED 70,105,108,109] Done\r\n")
    assert response.violations == ()
    assert str(response.value.code.arg) == "70,105,108,109"


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("a OK [DOWNGRADED] x", 16),
        ("a OK [DOWNGRADED NIL] x", 17),
        ("a OK [DOWNGRADED 0] x", 17),
        ("a OK [DOWNGRADED 1:*] x", 17),
        ("a OK [DOWNGRADED (1)] x", 17),
    ],
)
def test_what_is_named(line: str, offset: int) -> None:
    rule, at = amiss(line)[0]
    assert rule in ("downgraded-code", "resp-text-code")
    assert at >= offset


@given(sets)
def test_it_is_read_as_it_was_written(uids: SequenceSet) -> None:
    assert str(rewritten("OK", StatusText(Code("DOWNGRADED", uids), "x")).code.arg) == str(uids)
