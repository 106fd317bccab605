"""STATUS APPENDLIMIT: what is read, and what is named as wrong and where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.values import MailboxStatus, Octets

from .reading import amiss, one, rewritten
from .strategies import number


@pytest.mark.parametrize(("value", "meaning"), [("257890", 257890), ("NIL", None), ("nil", None), ("0", 0)])
def test_what_is_read(value: str, meaning: Any) -> None:
    response = one(f"* STATUS INBOX (APPENDLIMIT {value} UIDNEXT 1)\r\n".encode())
    assert response.violations == ()
    assert response.value.items == {"APPENDLIMIT": meaning, "UIDNEXT": 1}


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* STATUS INBOX (APPENDLIMIT)", "status-att-list", 27),
    ("* STATUS INBOX (APPENDLIMIT -1)", "status-att-list", 28),
    ("* STATUS INBOX (APPENDLIMIT 4294967296)", "status-att-list", 28),
    ("* STATUS INBOX (APPENDLIMIT (1))", "status-att-list", 28),
    ("* STATUS INBOX (APPENDLIMIT NILL)", "status-att-list", 28),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@given(st.none() | number.map(Octets))
def test_a_limit_is_read_as_it_was_written(value: Any) -> None:
    status = MailboxStatus("foo", {"APPENDLIMIT": value})
    assert rewritten("STATUS", status) == status
