"""ANNOTATEMORE: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.annotatemore import Annotation

from .reading import amiss, faultless, one, rewritten
from .strategies import mailbox, maybe_text, text

READ = [
    (
        '* ANNOTATION "INBOX" "/comment" ("value.priv" "My comment" "size.priv" "10")',
        Annotation("INBOX", {"/comment": {"value.priv": "My comment", "size.priv": "10"}}),
    ),
    (
        '* ANNOTATION "" "/admin" ("value.shared" NIL) "/motd" ("value.shared" "hi")',
        Annotation("", {"/admin": {"value.shared": None}, "/motd": {"value.shared": "hi"}}),
    ),
    (
        '* ANNOTATION "inbox" "/vendor/cmu/cyrus-imapd/size" ("value.shared" "78357886")',
        Annotation("INBOX", {"/vendor/cmu/cyrus-imapd/size": {"value.shared": "78357886"}}),
    ),
    ('* ANNOTATION INBOX ("/comment" "/x")', Annotation("INBOX", None, ("/comment", "/x"))),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


def test_a_value_in_a_literal() -> None:
    response = one(b'* ANNOTATION Box "/comment" ("value.priv" {5}\r\na\r\nb!)\r\n')
    assert (response.violations, response.value.entries) == ((), {"/comment": {"value.priv": "a\r\nb!"}})


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* ANNOTATION", "annotate-data", 12),
    ("* ANNOTATION INBOX", "annotate-data", 18),
    ("* ANNOTATION INBOX ", "annotate-data", 18),
    ("* ANNOTATION INBOX ()", "annotate-data", 20),
    ('* ANNOTATION INBOX ("/a") x', "annotate-data", 25),
    ('* ANNOTATION INBOX "/a"', "entry-att", 23),
    ('* ANNOTATION INBOX "/a" ()', "entry-att", 25),
    ('* ANNOTATION INBOX "/a" ("value.priv")', "entry-att", 37),
    ('* ANNOTATION INBOX "/a" ("value.priv" 12)', "entry-att", 38),
    ('* ANNOTATION INBOX "/a" "x"', "entry-att", 24),
    ('* ANNOTATION INBOX "/a" ("v" "x" "v" "y")', "entry-att", 33),
    ('* ANNOTATION INBOX "/a" ("v" "x") "/a" ("v" "x")', "annotate-data", 34),
    ('* ANNOTATION INBOX /a ("v" "x")', "annotation-name", 19),
    ('* ANNOTATION INBOX "/a*" ("v" "x")', "annotation-name", 22),
    ('* ANNOTATION INBOX "/a" ("v.%" "x")', "annotation-name", 28),
    ('* ANNOTATION INBOX NIL ("v" "x")', "annotation-name", 19),
    ('* 3 ANNOTATION INBOX "/a" ("v" "x")', "response-data", 4),
    ("a NO [ANNOTATEMORE] x", "annotatemore-code", 18),
    ("a NO [ANNOTATEMORE TOOLONG] x", "annotatemore-code", 19),
    ("a NO [ANNOTATEMORE TOOBIG 3] x", "annotatemore-code", 25),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@pytest.mark.parametrize("reason", ["TOOBIG", "TOOMANY"])
def test_the_code(reason: str) -> None:
    response = one(f"a NO [ANNOTATEMORE {reason}] no\r\n".encode())
    assert (response.violations, response.value.code.arg) == ((), reason)


def test_what_is_wrong_is_still_read() -> None:
    assert one(b'* ANNOTATION Box /a ("v" 1) "/b" "c" "/d" ("v" "w")\r\n').value.entries == {
        "/a": {"v": "1"},
        "/b": {},
        "/d": {"v": "w"},
    }


names = text.map(lambda name: name.replace("*", "x").replace("%", "y"))
entries = st.dictionaries(names, st.dictionaries(names, maybe_text, min_size=1, max_size=3), min_size=1, max_size=3)
server = st.just("") | mailbox


@given(st.builds(Annotation, server, entries, st.none()))
def test_values_are_read_as_they_were_written(value: Annotation) -> None:
    assert rewritten("ANNOTATION", value) == value


@given(st.builds(Annotation, server, st.none(), st.lists(names, min_size=1, max_size=3).map(tuple)))
def test_names_are_read_as_they_were_written(value: Annotation) -> None:
    assert rewritten("ANNOTATION", value) == value
