from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.encodedwords import encoded_words


@pytest.mark.parametrize(
    ("raw", "reading"),
    [
        ("plain", None),
        ("=?utf-8?q?T=C3=B8r_nu?=", "Tør nu"),
        ("=?UTF-8?B?VMO4cg==?= x", "Tør x"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?= c", "ab c"),
        ("=?iso-8859-1*en?q?T=F8r?=", "Tør"),
        ("=?x-unknown?q?a?=", None),
        ("=?utf-8?b?!?=", None),
        ("=?utf-8?q?with blanks?=", "with blanks"),
        ("=?utf-8?q?=ff?=", "\ufffd"),
        ("=?utf-8?q?=C3?= =?UTF-8?B?qQ==?=", "é"),
        ("=?utf-8?q?a?= =?no-such?q?b?= =?utf-8?q?c?=", "a=?no-such?q?b?=c"),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?end_?= =?utf-8?q?=?=", "end ="),
    ],
)
def test_encoded_words(raw: str, reading: str | None) -> None:
    assert encoded_words(raw) == reading


@given(st.text())
def test_encoded_words_never_raise(text: str) -> None:
    encoded_words(f"=?utf-8?b?{text}?=")
    encoded_words(f"=?{text}?q?{text}?=")
