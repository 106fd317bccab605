"""QUOTA: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.quota import Quota, QuotaRoot

from .reading import amiss, faultless, one, rewritten
from .strategies import atom, mailbox, number64, text

READ = [
    ('* QUOTA "" (STORAGE 10 512)', Quota("", {"STORAGE": (10, 512)})),
    ('* QUOTA "#user/alice" (MESSAGE 42 1000)', Quota("#user/alice", {"MESSAGE": (42, 1000)})),
    ("* quota root (Storage 1 2 X-OWN 3 4)", Quota("root", {"STORAGE": (1, 2), "X-OWN": (3, 4)})),
    ('* QUOTA "" ()', Quota("", {})),
    ('* QUOTAROOT INBOX ""', QuotaRoot("INBOX", ("",))),
    ("* QUOTAROOT comp.mail.mime", QuotaRoot("comp.mail.mime", ())),
    ('* QUOTAROOT "B&APw-cher" a "b c"', QuotaRoot("Bücher", ("a", "b c"))),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* QUOTA", "quota-response", 7),
    ('* QUOTA ""', "quota-response", 10),
    ("* QUOTA (STORAGE 10 512)", "quota-response", 8),
    ('* QUOTA "" STORAGE 10 512', "quota-list", 11),
    ('* QUOTA "" (STORAGE 10)', "quota-list", 22),
    ('* QUOTA "" (STORAGE -1 512)', "quota-list", 20),
    ('* QUOTA "" (STORAGE NIL 512)', "quota-list", 20),
    ('* QUOTA "" (STORAGE 1 9223372036854775808)', "quota-list", 22),
    ('* QUOTA "" (STORAGE 1 2 STORAGE 1 2)', "quota-list", 24),
    ('* QUOTA "" (STORAGE 1 2', "quota-list", 23),
    ('* QUOTA "" (STORAGE 1 2) (MESSAGE 1 2)', "quota-response", 24),
    ('* 3 QUOTA "" (STORAGE 1 2)', "response-data", 4),
    ("* QUOTAROOT", "quotaroot-response", 11),
    ("* QUOTAROOT INBOX (root)", "quotaroot-response", 18),
    ("* STATUS INBOX (DELETED-STORAGE NIL)", "status-att-list", 32),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


resources = st.dictionaries(atom.map(str.upper), st.tuples(number64, number64), max_size=4)


@given(st.builds(Quota, text, resources))
def test_quota_is_read_as_it_was_written(value: Quota) -> None:
    assert rewritten("QUOTA", value) == value


@given(st.builds(QuotaRoot, mailbox, st.lists(text, max_size=3).map(tuple)))
def test_quotaroot_is_read_as_it_was_written(value: QuotaRoot) -> None:
    assert rewritten("QUOTAROOT", value) == value


def test_a14_a_list_without_its_parentheses_is_read() -> None:
    response = one(b'* QUOTA "" STORAGE 10 512 MESSAGE 1 2\r\n')
    assert response.value == Quota("", {"STORAGE": (10, 512), "MESSAGE": (1, 2)})
    assert [(violation.rule, violation.offset) for violation in response.violations] == [("quota-list", 11)]
