"""UIDFETCH: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.values import Fetch, UidFetch
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten
from .strategies import fetch, nz_number

READ = [
    (r"* 25996 UIDFETCH (FLAGS (\Seen))", UidFetch(25996, {"FLAGS": ("\\Seen",)})),
    (r"* 26311 UIDFETCH (FLAGS () UID 26311)", UidFetch(26311, {"FLAGS": (), "UID": 26311})),
    (r"* 4 UIDFETCH (MODSEQ (65402) FLAGS (\Seen))", UidFetch(4, {"MODSEQ": 65402, "FLAGS": ("\\Seen",)})),
    ("* 4 uidfetch (BODY[] {3}\r\nabc)", UidFetch(4, {"BODY[]": b"abc"})),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: UidFetch) -> None:
    response = faultless(line)
    assert response.name == "UIDFETCH"
    assert response.value == value


def test_its_json_is_that_of_fetch_with_the_uid() -> None:
    line = rb"* 7 UIDFETCH (FLAGS (\Seen) RFC822.SIZE 3)" + b"\r\n"
    assert to_json(one(line))["value"] == {"uid": 7, "flags": ["\\Seen"], "rfc822.size": 3}


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* UIDFETCH (FLAGS ())", "response-data", 2),
    ("* 0 UIDFETCH (FLAGS ())", "message-data", 2),
    ("* 4294967296 UIDFETCH (FLAGS ())", "message-data", 2),
    ("* -1 UIDFETCH (FLAGS ())", "response-data", 2),
    ("* 4 UIDFETCH", "msg-att", 12),
    ("* 4 UIDFETCH ()", "msg-att", 14),
    ("* 4 UIDFETCH NIL", "msg-att", 13),
    ("* 4 UIDFETCH (FLAGS NIL)", "flag-list", 20),
    ("* 4 UIDFETCH (UID 5)", "uidfetch-resp", 13),
    ("* 4 UIDFETCH (FLAGS ()) more", "uidfetch-resp", 23),
    ("a BAD [UIDREQUIRED 1] no", "resp-text-code", 18),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@given(nz_number, fetch.filter(lambda value: "UID" not in value.items))
def test_uidfetch_is_read_as_it_was_written(uid: int, value: Fetch) -> None:
    assert rewritten("UIDFETCH", UidFetch(uid, value.items)) == UidFetch(uid, value.items)


@given(st.builds(UidFetch, nz_number, st.just({"FLAGS": ()})))
def test_the_item_uid_may_stand_in_it(value: UidFetch) -> None:
    whole = UidFetch(value.uid, {**value.items, "UID": value.uid})
    assert rewritten("UIDFETCH", whole) == whole
