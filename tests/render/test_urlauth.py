"""The views of URLAUTH: the URLs, and what they stand for."""

from __future__ import annotations

from .test_view import view

URL = "imap://joe@example.com/INBOX/;uid=20;urlauth=anonymous:internal:" + "ab" * 16


def test_authorized_urls() -> None:
    assert view(f"* GENURLAUTH {URL}") == [f"- authorized  {URL}"]


def test_what_urls_stand_for() -> None:
    assert view('* URLFETCH /x NIL /y "hello"') == [
        "- URL  /x  stands for nothing",
        "  URL  /y",
        "    data 5 octets",
        "    | hello",
    ]
    structure = '("IMAGE" "PNG" NIL NIL NIL "BASE64" 164)'
    assert view(f"* URLFETCH /x (BODYPARTSTRUCTURE {structure}) (BINARY NIL)") == [
        "- URL  /x",
        "    BODYPARTSTRUCTURE",
        "    1  image/png  164 octets  BASE64",
        "    BINARY NIL",
    ]
