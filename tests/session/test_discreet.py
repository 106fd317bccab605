"""What is shown of a response whose URLs hold tokens."""

from __future__ import annotations

from imapsh.grammar.urlauth import GenUrlAuth, UrlData, UrlFetch
from imapsh.session.discreet import discreet
from tests.grammar.reading import one

TOKEN = "91354a473744909de610943775f92038"
URL = "imap://joe@example.com/INBOX/;uid=20;urlauth=anonymous:internal:"


def test_the_tokens_are_stars_in_octets_and_value() -> None:
    response = one(f'* GENURLAUTH "{URL}{TOKEN}" x\r\n'.encode())
    shown = discreet(response)
    assert shown.value == GenUrlAuth((URL + "*" * 32, "x"))
    assert len(shown.frame.raw) == len(response.frame.raw)
    assert TOKEN.encode() not in shown.frame.raw
    assert shown.violations == response.violations
    assert [violation.rule for violation in shown.violations] == ["url-full"]


def test_in_a_literal_too() -> None:
    url = f"{URL}{TOKEN}"
    shown = discreet(one(f"* URLFETCH {{{len(url)}}}\r\n{url} {{4}}\r\ndata\r\n".encode()))
    assert shown.value == UrlFetch((UrlData(URL + "*" * 32, b"data"),))


def test_others_stay_as_they_are() -> None:
    for line in (f'* 1 FETCH (BODY[] "{URL}{TOKEN}")', "* URLFETCH x NIL", "* X-OWN :x", "a OK done"):
        response = one(line.encode() + b"\r\n")
        assert discreet(response) is response
