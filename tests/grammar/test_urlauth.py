"""GENURLAUTH, URLFETCH and URLMECH: what is read, what is named as wrong, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.urlauth import GenUrlAuth, UrlData, UrlFetch, UrlMechanisms
from imapsh.grammar.values import Code, StatusText

from .reading import amiss, faultless, one, rewritten
from .strategies import bodies, text

TOKEN = "91354a473744909de610943775f92038"
FULL = f"imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:{TOKEN}"
OTHER = (
    "imap://joe;AUTH=*@example.com:143/a/b;UIDVALIDITY=7/;UID=3/;PARTIAL=0.9;EXPIRE=2026-01-01T00:00:00Z"
    f";URLAUTH=anonymous:X-1.0:{TOKEN}0A"
)
PNG = '("IMAGE" "PNG" NIL NIL NIL "BASE64" 164)'
READ = [
    (f'* GENURLAUTH "{FULL}"', GenUrlAuth((FULL,))),
    (f'* genurlauth "{FULL}" "{OTHER}"', GenUrlAuth((FULL, OTHER))),
    (f'* URLFETCH "{FULL}" {{8}}\r\nSi vis\r\n', UrlFetch((UrlData(FULL, b"Si vis\r\n"),))),
    (f'* URLFETCH "{FULL}" NIL /x ""', UrlFetch((UrlData(FULL, None), UrlData("/x", b"")))),
    (f'* URLFETCH "{FULL}" (BINARY ~{{2}}\r\n\0x)', UrlFetch((UrlData(FULL, None, {"BINARY": b"\0x"}),))),
    (f'* URLFETCH "{FULL}" (BINARY NIL) (body "x") a NIL',
     UrlFetch((UrlData(FULL, None, {"BINARY": None, "BODY": b"x"}), UrlData("a", None)))),
]  # fmt: skip


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


def test_the_structure_is_read() -> None:
    response = one(f'* URLFETCH "{FULL}" (BODYPARTSTRUCTURE {PNG}) (BODY "aGk=")\r\n'.encode())
    assert response.violations == ()
    items = response.value.urls[0].items
    assert (items["BODYPARTSTRUCTURE"].type, items["BODYPARTSTRUCTURE"].size, items["BODY"]) == ("image", 164, b"aGk=")


def test_urlmech() -> None:
    response = one(b"a33 OK [URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==] done\r\n")
    assert response.violations == ()
    assert response.value.code.arg == UrlMechanisms(("INTERNAL", "XSAMPLE=P34OKhO7VEkCbsiYY8rGEg=="))


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* GENURLAUTH", "genurlauth-data", 12),
    ("* GENURLAUTH NIL", "url-full", 13),
    (f'* GENURLAUTH "{FULL}" /INBOX/;UID=20', "url-full", 15 + len(FULL) + 1),
    (f'* GENURLAUTH "{FULL}" (a)', "genurlauth-data", 15 + len(FULL) + 1),
    ("* URLFETCH", "urlfetch-data", 10),
    ("* URLFETCH /x", "urlfetch-data", 13),
    ("* URLFETCH /x y", "nstring", 14),
    ("* URLFETCH /x 5", "nstring", 14),
    ("* URLFETCH /x ~{1}\r\ny", "literal8", 14),
    ("* URLFETCH /x ()", "url-metadata-el", 15),
    ("* URLFETCH /x (FLAGS ())", "url-metadata-el", 15),
    ('* URLFETCH /x (BODY "a") (BODY "b")', "url-metadata-el", 26),
    ("* URLFETCH /x (BODY ~{1}\r\ny)", "literal8", 20),
    ("* URLFETCH /x (BODYPARTSTRUCTURE NIL)", "body", 33),
    ('* URLFETCH /x (BODY "a"', "url-metadata-el", 23),
    ("* 3 URLFETCH /x NIL", "response-data", 4),
    ("a OK [URLMECH] x", "urlmech", 13),
    ("a OK [URLMECH XSAMPLE=aaaa] x", "urlmech", 14),
    ("a OK [URLMECH INTERNAL XSAMPLE=aaa] x", "urlmech", 30),
    ("a OK [URLMECH INTERNAL=aaaa] x", "urlmech", 22),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


octets = st.binary(max_size=20)
plain = octets.map(lambda data: data.replace(b"\0", b""))
items = st.fixed_dictionaries(
    {}, optional={"BODY": st.none() | plain, "BINARY": st.none() | octets, "BODYPARTSTRUCTURE": bodies()}
).filter(bool)
urls = st.tuples(text, st.none() | plain, st.none()) | st.tuples(text, st.none(), items)


@given(st.lists(urls.map(lambda one: UrlData(*one)), min_size=1, max_size=3).map(lambda many: UrlFetch(tuple(many))))
def test_urlfetch_is_read_as_it_was_written(value: UrlFetch) -> None:
    assert rewritten("URLFETCH", value) == value


full = st.builds(
    "imap://{}@{}/{}/;UID={};URLAUTH={}:{}:{}".format,
    st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.from_regex(r"[a-z.]{1,5}", fullmatch=True),
    st.from_regex(r"[a-z/%]{1,5}", fullmatch=True), st.integers(1, 99),
    st.sampled_from(["user+a", "submit+b", "authuser"]),
    st.from_regex(r"[A-Z.-]{1,5}", fullmatch=True), st.from_regex(r"[0-9a-f]{32,40}", fullmatch=True),
)  # fmt: skip


@given(st.builds(GenUrlAuth, st.lists(full, min_size=1, max_size=3).map(tuple)))
def test_genurlauth_is_read_as_it_was_written(value: GenUrlAuth) -> None:
    assert rewritten("GENURLAUTH", value) == value


@given(st.lists(st.sampled_from(["X", "Y-1", "Z=", "X.2=YQ=="]), max_size=3))
def test_urlmech_is_read_as_it_was_written(names: list[str]) -> None:
    value = UrlMechanisms(("INTERNAL", *names))
    assert rewritten("OK", StatusText(Code("URLMECH", value), "x")).code.arg == value
