"""X-GM-EXT-1: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.gmail import Labels
from imapsh.grammar.values import Fetch
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten
from .strategies import atom, text

READ = [
    ("* 1 FETCH (X-GM-MSGID 1278455344230334865)", "x-gm-msgid", 1278455344230334865),
    ("* 4 FETCH (X-GM-THRID 18446744073709551615 UID 9)", "x-gm-thrid", 18446744073709551615),
    (r'* 1 FETCH (X-GM-LABELS (\Inbox \Sent Important "Muy Importante"))', "x-gm-labels",
     ["\\Inbox", "\\Sent", "Important", "Muy Importante"]),
    (r'* 1 FETCH (X-GM-LABELS ("\\Inbox" "B&APw-cher"))', "x-gm-labels", ["\\Inbox", "Bücher"]),
    ("* 1 FETCH (x-gm-labels () UID 3)", "x-gm-labels", []),
]  # fmt: skip


@pytest.mark.parametrize(("line", "name", "value"), READ)
def test_what_is_read(line: str, name: str, value: Any) -> None:
    assert to_json(faultless(line))["value"][name] == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* 1 FETCH (X-GM-LABELS NIL)", "x-gm-labels", 23),
    ("* 1 FETCH (X-GM-LABELS foo)", "x-gm-labels", 23),
    ("* 1 FETCH (X-GM-LABELS (foo  bar))", "x-gm-labels", 28),
    (r"* 1 FETCH (X-GM-LABELS (\))", "x-gm-labels", 24),
    ("* 1 FETCH (X-GM-LABELS (foo (bar)))", "x-gm-labels", 28),
    ("* 1 FETCH (X-GM-LABELS (a&b))", "mailbox-name", 24),
    ("* 1 FETCH (X-GM-MSGID 0)", "x-gm-id", 22),
    ("* 1 FETCH (X-GM-MSGID NIL)", "x-gm-id", 22),
    ("* 1 FETCH (X-GM-MSGID -1)", "x-gm-id", 22),
    ("* 1 FETCH (X-GM-THRID 18446744073709551616)", "x-gm-id", 22),
    ("* 1 FETCH (X-GM-THRID (1))", "x-gm-id", 22),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


label = text | atom.filter(lambda name: not set(name) & set("\\%*")).map("\\{}".format)


@given(st.lists(label, max_size=3).map(Labels), st.booleans())
def test_labels_are_read_as_they_were_written(value: Labels, utf8: bool) -> None:
    fetch = Fetch(1, {"X-GM-LABELS": value, "X-GM-MSGID": (1 << 64) - 1})
    assert rewritten("FETCH", fetch, utf8=utf8) == fetch


def test_xlist_is_read_as_list_is() -> None:
    line = rb'* XLIST (\HasNoChildren \AllMail) "/" "[Gmail]/All Mail"'
    response = one(line + b"\r\n")
    assert response.violations == ()
    assert response.value.attrs == ("\\HasNoChildren", "\\AllMail")
    assert rewritten("XLIST", response.value) == response.value
    assert amiss('* XLIST (HasNoChildren) "/" x')[0] == ("mbx-list-flags", 9)
    assert amiss('* XLIST () "/"')[0] == ("mailbox-list", 14)
