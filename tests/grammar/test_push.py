"""XAPPLEPUSHSERVICE: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.push import PushService

from .reading import amiss, faultless, rewritten
from .strategies import mailbox, text

READ = [
    (
        '* XAPPLEPUSHSERVICE aps-version "2" aps-topic "com.apple.mail.XServer.e02"',
        {"aps-version": "2", "aps-topic": "com.apple.mail.XServer.e02"},
    ),
    ("* XAPPLEPUSHSERVICE aps-version 2 aps-topic t", {"aps-version": "2", "aps-topic": "t"}),
    ('* XAPPLEPUSHSERVICE "mailbox" INBOX', {"mailbox": "INBOX"}),
    ('* XAPPLEPUSHSERVICE mailbox "B&APw-cher"', {"mailbox": "Bücher"}),
]


@pytest.mark.parametrize(("line", "fields"), READ)
def test_what_is_read(line: str, fields: dict[str, str]) -> None:
    response = faultless(line)
    assert response.value == PushService(fields)


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* XAPPLEPUSHSERVICE", "xapplepushservice", 19),
    ("* XAPPLEPUSHSERVICE aps-version", "xapplepushservice", 31),
    ("* XAPPLEPUSHSERVICE aps-version ()", "xapplepushservice", 32),
    ("* XAPPLEPUSHSERVICE (aps-version 2)", "xapplepushservice", 20),
    ("* XAPPLEPUSHSERVICE aps-version 2 aps-version 2", "xapplepushservice", 34),
    ("* XAPPLEPUSHSERVICE aps-version 2 aps-topic", "xapplepushservice", 43),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


names = st.sampled_from(["aps-version", "aps-topic", "x-own"])


@given(st.dictionaries(names, text, min_size=1) | st.fixed_dictionaries({"mailbox": mailbox}))
def test_it_is_read_as_it_was_written(fields: dict[str, str]) -> None:
    assert rewritten("XAPPLEPUSHSERVICE", PushService(fields)) == PushService(fields)
