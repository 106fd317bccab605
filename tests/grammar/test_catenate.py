"""BADURL: the URL as it stands, with quotes or without, and what is named as wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.catenate import BadUrl
from imapsh.grammar.values import AppendUid, Code, StatusText

from .reading import amiss, one, rewritten

URL = "/INBOX;UIDVALIDITY=785799047/;UID=113330/;section=1.5.9"
READ = [
    (f'A003 NO [BADURL "{URL}"] CATENATE append has failed, one message expunged', URL),
    (f"A003 NO [BADURL {URL}] gone", URL),
    ('A003 NO [badurl "] gone', '"'),
    ("A003 NO [BADURL /B\\x f\xe9] gone", "/B\\x f\xe9"),
    ("A003 NO [TOOBIG] too large", None),
]


@pytest.mark.parametrize(("line", "url"), READ)
def test_what_is_read(line: str, url: str | None) -> None:
    response = one(line.encode("latin-1") + b"\r\n")
    assert response.violations == ()
    assert response.value.code.arg == (None if url is None else BadUrl(url))


def test_several_messages_get_several_uids() -> None:
    response = one(b"a OK [APPENDUID 38505 3955:3957,3960] done\r\n")
    assert response.violations == ()
    assert response.value.code.arg == AppendUid(38505, response.value.code.arg.uids)
    assert str(response.value.code.arg.uids) == "3955:3957,3960"


AMISS = [
    ("a NO [BADURL] gone", "badurl-response-code", 12),
    ("a NO [BADURL ] gone", "badurl-response-code", 13),
    ("a NO [TOOBIG 5] gone", "resp-text-code", 12),
    ("a OK [APPENDUID 38505 *] done", "resp-code-apnd", 22),
    ("a OK [APPENDUID 38505 3:*] done", "resp-code-apnd", 24),
    ("a OK [APPENDUID 38505 0] done", "resp-code-apnd", 22),
    ("a OK [APPENDUID 38505] done", "resp-code-apnd", 21),
    ("a OK [APPENDUID NIL 5] done", "resp-code-apnd", 16),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


urls = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=']"'), min_size=1)


@given(urls)
def test_badurl_is_read_as_it_was_written(url: str) -> None:
    value: Any = StatusText(Code("BADURL", BadUrl(url)), "gone")
    assert rewritten("NO", value)[0][:2] == value[0][:2]
