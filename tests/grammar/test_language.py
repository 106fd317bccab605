"""LANGUAGE and COMPARATOR: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.language import Comparators, Languages

from .reading import amiss, faultless, parse, rewritten
from .strategies import text

READ = [
    ("* LANGUAGE (EN DE IT i-default)", Languages(("EN", "DE", "IT", "i-default"))),
    ("* LANGUAGE (DE-IT)", Languages(("DE-IT",))),
    ('* language ("en-GB")', Languages(("en-GB",))),
    ("* COMPARATOR i;basic", Comparators("i;basic")),
    ('* COMPARATOR "i;unicode-casemap" (i;basic "cz;x")', Comparators("i;unicode-casemap", ("i;basic", "cz;x"))),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* LANGUAGE", "language-data", 10),
    ("* LANGUAGE ()", "language-data", 12),
    ("* LANGUAGE EN", "language-data", 11),
    ("* LANGUAGE NIL", "language-data", 11),
    ("* LANGUAGE (EN) DE", "language-data", 15),
    ("* LANGUAGE (EN", "language-data", 14),
    ("* LANGUAGE (en_GB)", "lang-tag-quoted", 12),
    ("* LANGUAGE (en -x)", "lang-tag-quoted", 15),
    ("* LANGUAGE (abcdefghi)", "lang-tag-quoted", 12),
    ("* 3 LANGUAGE (EN)", "response-data", 4),
    ("* COMPARATOR", "comparator-data", 12),
    ("* COMPARATOR (i;basic)", "comparator-data", 13),
    ("* COMPARATOR i;basic ()", "comparator-data", 22),
    ("* COMPARATOR i;basic cz;x", "comparator-data", 21),
    ("* COMPARATOR i;basic (cz;x) more", "comparator-data", 27),
    ("a NO [BADCOMPARATOR i;basic] no", "resp-text-code", 19),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


def test_an_example_of_the_rfc_with_a_slip_is_named() -> None:
    """Section 3.2, D002: no space between two namespaces, which section 5 of RFC 2342 asks for."""
    spaces = '(("" "/"))(("Other Users/" "/" "TRANSLATION" ("Andere Ben&APw-tzer/"))) NIL'
    assert amiss(f"* NAMESPACE {spaces}") == [("namespace-response", 22)]
    assert amiss("* NAMESPACE " + spaces.replace(")((", ") ((")) == []


def test_texts_are_utf8_once_the_language_is_another() -> None:
    said = "* OK [CAPABILITY IMAP4rev1 LANGUAGE] hi\r\n{}\r\nC001 OK ausgeführt\r\n".format
    for told, rules in (
        ("* LANGUAGE (DE)", []),
        ("* LANGUAGE (i-default)", ["text"]),
        ("* LANGUAGE (EN DE)", ["text"]),
        ("* LANGUAGE (DE)\r\n* LANGUAGE (EN DE)", []),
        ("* LANGUAGE (DE)\r\n* LANGUAGE (I-Default)", ["text"]),
    ):
        last = parse(said(told).encode())[-1]
        assert [violation.rule for violation in last.violations] == rules


tags = st.from_regex(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,2}", fullmatch=True).filter(str.isascii)


@given(st.lists(tags, min_size=1).map(tuple))
def test_language_is_read_as_it_was_written(found: tuple[str, ...]) -> None:
    assert rewritten("LANGUAGE", Languages(found)) == Languages(found)


@given(st.builds(Comparators, text, st.none() | st.lists(text, min_size=1).map(tuple)))
def test_comparator_is_read_as_it_was_written(value: Comparators) -> None:
    assert rewritten("COMPARATOR", value) == value
