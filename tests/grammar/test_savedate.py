"""SAVEDATE: what is read, and what is named as wrong and where."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.grammar.values import DateTime, Fetch

from .reading import amiss, faultless, rewritten


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('* 998 FETCH (SAVEDATE "01-Jan-2015 18:50:53 +0100")', "01-Jan-2015 18:50:53 +0100"),
        ('* 9 FETCH (UID 3 SAVEDATE " 1-jan-2015 18:50:53 +0100" FLAGS ())', " 1-jan-2015 18:50:53 +0100"),
        ("* 9 FETCH (SAVEDATE NIL)", None),
    ],
)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value.items["SAVEDATE"] == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* 9 FETCH (SAVEDATE)", "date-time", 19),
    ('* 9 FETCH (SAVEDATE "")', "date-time", 21),
    ('* 9 FETCH (SAVEDATE "1-Jan-2015 18:50:53 +0100")', "date-time", 22),
    ('* 9 FETCH (SAVEDATE "01-Jan-2015")', "date-time", 32),
    ('* 9 FETCH (SAVEDATE "01-Jan-2015 18:50:53 CET")', "date-time", 42),
    ("* 9 FETCH (SAVEDATE 17)", "date-time", 20),
    ("* 9 FETCH (SAVEDATE ())", "date-time", 20),
    ("* 9 FETCH (SAVEDATE NIL NIL)", "msg-att", 27),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@pytest.mark.parametrize("value", [None, DateTime(" 4-Mar-2021 18:20:07 +0100")])
def test_a_date_is_read_as_it_was_written(value: Any) -> None:
    fetch = Fetch(1, {"SAVEDATE": value})
    assert rewritten("FETCH", fetch) == fetch
