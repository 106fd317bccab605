"""OBJECTID+: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.objectid import ObjectId
from imapsh.grammar.objectid_plus import ObjectIds
from imapsh.grammar.values import Code, Fetch, MailboxStatus, StatusText
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, rewritten

_MAILBOX = {"MAILBOXID": "F2212ea87-6097-4256-9d51-71338625", "ACCOUNTID": "u1a48e8e3"}
_PAIRS = "MAILBOXID F2212ea87-6097-4256-9d51-71338625 ACCOUNTID u1a48e8e3"

READ = [
    (f"* OK [OBJECTID ({_PAIRS})] Ok", "arg", _MAILBOX),
    (f"3 OK [OBJECTID ({_PAIRS})] Completed", "arg", _MAILBOX),
    ("* OK [OBJECTID ()] Ok", "arg", {}),
    (f"* STATUS foo (OBJECTID ({_PAIRS}) UIDNEXT 1)", "objectid", _MAILBOX),
    ("* 1 FETCH (OBJECTID (EMAILID M6d99ac3275bb4e THREADID T64b478a75b7ea9))", "objectid",
     {"EMAILID": "M6d99ac3275bb4e", "THREADID": "T64b478a75b7ea9"}),
    ("* 1 FETCH (UID 3 OBJECTID () FLAGS ())", "objectid", {}),
    ("* 1 FETCH (objectid (emailid M1 x-own NIL))", "objectid", {"EMAILID": "M1", "X-OWN": "NIL"}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "name", "value"), READ)
def test_what_is_read(line: str, name: str, value: Any) -> None:
    assert to_json(faultless(line))["value"][name] == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* OK [OBJECTID] x", "objectid-compound", 14),
    ("* OK [OBJECTID F1] x", "objectid-compound", 15),
    ("* OK [OBJECTID (MAILBOXID)] x", "objectid-compound", 25),
    ("* OK [OBJECTID (MAILBOXID F1) F2] x", "resp-text-code", 29),
    ("* OK [OBJECTID ( MAILBOXID F1)] x", "objectid-compound", 16),
    ("* 1 FETCH (OBJECTID NIL)", "objectid-compound", 20),
    ("* 1 FETCH (OBJECTID (EMAILID (M1)))", "objectid", 29),
    ("* 1 FETCH (OBJECTID (EMAILID M1 THREADID))", "objectid-compound", 40),
    ("* 1 FETCH (OBJECTID (EMAILID M1 EMAILID M2))", "objectid-compound", 32),
    ("* 1 FETCH (OBJECTID (EMAILID M+1))", "objectid", 30),
    ("* 1 FETCH (OBJECTID (EMAILID  M1))", "objectid-compound", 29),
    ('* 1 FETCH (OBJECTID (EMAILID "M1"))', "objectid", 29),
    ("* STATUS foo (OBJECTID NIL)", "objectid-compound", 23),
    ("* STATUS foo (OBJECTID (MAILBOXID F1)", "status-att-list", 37),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


identifier = st.from_regex(r"[A-Za-z0-9_-]{1,255}", fullmatch=True).map(ObjectId)
key = st.sampled_from(["MAILBOXID", "ACCOUNTID", "EMAILID", "THREADID", "X-OWN"])


@given(st.dictionaries(key, identifier).map(ObjectIds))
def test_they_are_read_as_they_were_written(value: ObjectIds) -> None:
    fetch = Fetch(1, {"OBJECTID": value, "UID": 2})
    status = MailboxStatus("foo", {"OBJECTID": value})
    assert rewritten("FETCH", fetch) == fetch
    assert rewritten("STATUS", status) == status
    assert rewritten("OK", StatusText(Code("OBJECTID", value), "Ok")).code.arg == value
