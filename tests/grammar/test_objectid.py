"""OBJECTID: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.objectid import ObjectId
from imapsh.grammar.values import Code, Fetch, MailboxStatus, StatusText
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten

#: A line, where its value is, and the value, as in JSON.
READ = [
    ("* 3 FETCH (EMAILID (M5fdc09b49ea703))", "emailid", "M5fdc09b49ea703"),
    ("* 1 FETCH (EMAILID (M00000001) THREADID NIL)", "threadid", None),
    ("* 1 FETCH (threadid (T-_9) UID 2)", "threadid", "T-_9"),
    (f"* 1 FETCH (EMAILID ({'x' * 255}))", "emailid", "x" * 255),
    ("* STATUS foo (MAILBOXID (F2212ea87-6097-4256-9d51-71338625))", "mailboxid",
     "F2212ea87-6097-4256-9d51-71338625"),
    ("* OK [MAILBOXID (NIL)] Ok", "arg", "NIL"),
    ("3 OK [MAILBOXID (F2212ea87)] Completed", "arg", "F2212ea87"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "name", "value"), READ)
def test_what_is_read(line: str, name: str, value: Any) -> None:
    assert to_json(faultless(line))["value"][name] == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* 1 FETCH (EMAILID NIL)", "fetch-emailid-resp", 19),
    ("* 1 FETCH (EMAILID M1)", "fetch-emailid-resp", 19),
    ("* 1 FETCH (EMAILID ())", "objectid", 20),
    ("* 1 FETCH (EMAILID (M1 M2))", "fetch-emailid-resp", 22),
    ('* 1 FETCH (EMAILID ("M1"))', "objectid", 20),
    ("* 1 FETCH (EMAILID (M.1))", "objectid", 21),
    (f"* 1 FETCH (EMAILID ({'x' * 256}))", "objectid", 275),
    ("* 1 FETCH (EMAILID (M1)", "msg-att", 23),
    ("* 1 FETCH (EMAILID)", "fetch-emailid-resp", 18),
    ("* 1 FETCH (THREADID ((T1)))", "objectid", 21),
    ("* 1 FETCH (THREADID T1 UID 2)", "fetch-threadid-resp", 20),
    ("* STATUS foo (MAILBOXID NIL)", "status-att-list", 24),
    ("* STATUS foo (MAILBOXID F1)", "status-att-list", 24),
    ("* OK [MAILBOXID] x", "resp-text-code", 15),
    ("* OK [MAILBOXID F1] x", "resp-text-code", 16),
    ("* OK [MAILBOXID (F1) x] x", "resp-text-code", 20),
    ("* OK [MAILBOXID (F+1)] x", "objectid", 18),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


def test_a_second_identifier_is_not_called_a_space() -> None:
    first = one(b"* 1 FETCH (EMAILID (M1 M2))\r\n").violations[0]
    assert (first.message, first.offset) == ("expected ')'", 22)


@pytest.mark.parametrize("line", [line for line, rule, _ in AMISS if line[2].isdigit()])
def test_what_is_wrong_is_read_all_the_same(line: str) -> None:
    response = one(line.encode() + b"\r\n")
    assert isinstance(response.value, Fetch)


identifier = st.from_regex(r"[A-Za-z0-9_-]{1,255}", fullmatch=True).map(ObjectId)


@given(identifier, st.none() | identifier)
def test_the_items_are_read_as_they_were_written(email: ObjectId, thread: ObjectId | None) -> None:
    value = Fetch(7, {"EMAILID": email, "UID": 9, "THREADID": thread})
    assert rewritten("FETCH", value) == value


@given(identifier)
def test_a_mailbox_is_read_as_it_was_written(value: ObjectId) -> None:
    status = MailboxStatus("foo", {"MAILBOXID": value, "UIDNEXT": 1})
    assert rewritten("STATUS", status) == status
    assert rewritten("OK", StatusText(Code("MAILBOXID", value), "Ok")).code.arg == value
