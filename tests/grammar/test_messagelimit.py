"""MESSAGELIMIT: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.messagelimit import MessageLimit
from imapsh.grammar.values import Code, StatusText
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten
from .strategies import nz_number

READ = [
    ("03 OK [MESSAGELIMIT 1000 23221] x", MessageLimit(1000, 23221)),
    ("10 NO [MESSAGELIMIT 1000] x", MessageLimit(1000)),
    ("* NO [messagelimit 1000 23221] x", MessageLimit(1000, 23221)),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: MessageLimit) -> None:
    assert faultless(line).value.code.arg == value


def test_its_json_has_its_parts() -> None:
    assert to_json(one(b"a OK [MESSAGELIMIT 1000 2] x\r\n"))["value"]["arg"] == {"limit": 1000, "uid": 2}
    assert to_json(one(b"a OK [MESSAGELIMIT 1000] x\r\n"))["value"]["arg"] == {"limit": 1000}


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("a OK [MESSAGELIMIT] x", "message-limit", 18),
    ("a OK [MESSAGELIMIT 0] x", "message-limit", 19),
    ("a OK [MESSAGELIMIT -1] x", "message-limit", 19),
    ("a OK [MESSAGELIMIT NIL] x", "message-limit", 19),
    ("a OK [MESSAGELIMIT 1000 0] x", "message-limit", 24),
    ("a OK [MESSAGELIMIT 1000 4294967296] x", "message-limit", 24),
    ("a OK [MESSAGELIMIT 1000 1 2] x", "resp-text-code", 25),
    ("a OK [MESSAGELIMIT 1000 1:2] x", "resp-text-code", 25),
    ("a OK [MESSAGELIMIT (1000)] x", "message-limit", 19),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@pytest.mark.parametrize(("line", "partial"), [
    ("a OK [MESSAGELIMIT 1000 5] x", True),
    ("* NO [MESSAGELIMIT 1000 5] x", True),
    ("a NO [MESSAGELIMIT 1000 5] x", False),
])  # fmt: skip
def test_what_is_a_partial_result(line: str, partial: bool) -> None:
    response = one(line.encode() + b"\r\n")
    caution = "PARTIAL RESULT: the server stopped after 1,000 messages; repeat it for UIDs below 5"
    assert response.value.code.arg.caution(response) == (caution if partial else "")


@given(st.builds(MessageLimit, nz_number, st.none() | nz_number))
def test_the_code_is_read_as_it_was_written(limit: MessageLimit) -> None:
    words = f"{limit.limit}" if limit.uid is None else f"{limit.limit} {limit.uid}"
    value = StatusText(Code("MESSAGELIMIT", limit, words), "text")
    assert rewritten("OK", value) == value
