"""JMAPACCESS: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.jmapaccess import JmapAccess

from .reading import amiss, one, rewritten


def test_what_is_read() -> None:
    response = one(b'* JMAPACCESS "https://example.com/.s/[jmap]"\r\n')
    assert response.violations == ()
    assert response.value == JmapAccess("https://example.com/.s/[jmap]")


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* JMAPACCESS", "resp-jmapaccess", 12),
    ("* JMAPACCESS NIL", "resp-jmapaccess", 13),
    ("* JMAPACCESS https://example.com/", "resp-jmapaccess", 13),
    ('* JMAPACCESS ""', "jmap-session", 13),
    ('* JMAPACCESS "example.com"', "jmap-session", 13),
    ('* JMAPACCESS "https://example.com/ x"', "jmap-session", 13),
    ('* JMAPACCESS "https://a.example/" "https://b.example/"', "resp-jmapaccess", 33),
    ('* JMAPACCESS ("https://a.example/")', "resp-jmapaccess", 13),
    ('* 1 JMAPACCESS "https://a.example/"', "response-data", 4),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@given(st.from_regex(r"https://[!-~]{1,20}", fullmatch=True))
def test_it_is_read_as_it_was_written(url: str) -> None:
    assert rewritten("JMAPACCESS", JmapAccess(url)) == JmapAccess(url)
