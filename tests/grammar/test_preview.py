"""PREVIEW: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.preview import Fuzzy
from imapsh.grammar.values import Fetch
from imapsh.render.jsonform import to_json
from imapsh.wire.frames import Frame, Spilled

from .reading import one, parser, rewritten
from .strategies import text

READ = [
    (b'* 1 FETCH (PREVIEW "Preview text!")', "Preview text!"),
    (b'* 2 FETCH (PREVIEW "" UID 7)', ""),
    (b"* 3 FETCH (PREVIEW NIL)", None),
    (b"* 3 FETCH (preview {3}\r\na\r\n)", "a\r\n"),
    (b"* 3 FETCH (PREVIEW {256}\r\n" + b"x" * 256 + b")", "x" * 256),
    (b"* 3 FETCH (PREVIEW {512}\r\n" + "ä".encode() * 256 + b")", "ä" * 256),
    (b'* 1 FETCH (PREVIEW (FUZZY "old"))', Fuzzy("FUZZY", "old")),
    (b"* 1 FETCH (UID 1 PREVIEW (fuzzy NIL) FLAGS ())", Fuzzy("FUZZY", None)),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: bytes, value: Any) -> None:
    response = one(line + b"\r\n")
    assert response.violations == ()
    assert response.value.items["PREVIEW"] == value


def test_json() -> None:
    response = one(b'* 1 FETCH (PREVIEW "a" SNIPPET (FUZZY "b"))\r\n')
    assert to_json(response)["value"] == {"seq": 1, "preview": "a", "snippet": {"algorithm": "FUZZY", "text": "b"}}


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    (b"* 1 FETCH (PREVIEW)", "nstring", 18),
    (b"* 1 FETCH (PREVIEW text)", "nstring", 19),
    (b'* 1 FETCH (PREVIEW ("a"))', "preview", 20),
    (b"* 1 FETCH (PREVIEW (FUZZY))", "preview", 25),
    (b'* 1 FETCH (PREVIEW (FUZZY "a" "b"))', "preview", 29),
    (b'* 1 FETCH (PREVIEW "a" "b")', "msg-att", 23),
    (b"* 1 FETCH (PREVIEW {1}\r\n\xe4)", "preview", 19),
    (b"* 1 FETCH (PREVIEW ~{1}\r\na)", "literal8", 19),
    (b"* 1 FETCH (PREVIEW {257}\r\n" + b"x" * 257 + b")", "preview", 19),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: bytes, rule: str, offset: int) -> None:
    assert [(found.rule, found.offset) for found in one(line + b"\r\n").violations][:1] == [(rule, offset)]


@given(st.none() | text | st.builds(Fuzzy, st.just("FUZZY"), st.none() | text), st.booleans())
def test_a_preview_is_read_as_it_was_written(value: Any, utf8: bool) -> None:
    fetch = Fetch(1, {"PREVIEW": value, "UID": 2})
    assert rewritten("FETCH", fetch, utf8=utf8) == fetch


def test_a_preview_that_was_put_aside_is_too_long() -> None:
    parts = (b"* 1 FETCH (PREVIEW {999}\r\n", Spilled(999), b" UID 2)\r\n")
    response = parser().parse(Frame(parts))
    assert [(found.rule, found.offset) for found in response.violations] == [("preview", 19)]
    assert response.value.items == {"PREVIEW": "(999 octets)", "UID": 2}
