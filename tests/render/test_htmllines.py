"""Fragments and lines as elements of HTML."""

from __future__ import annotations

import pytest

from imapsh.findings import Violation
from imapsh.render.htmllines import line, shown, span
from imapsh.render.layout import Line, Ruler
from imapsh.render.outline import Row
from imapsh.render.pieces import TEXT, Piece


def row(texts: list[tuple[str, str]], *offsets: int, indent: int = 0) -> Row:
    """A line of ASCII, with violations at these octets."""
    laid = Line(indent)
    at = 0
    for style, text in texts:
        laid.pieces.append(Piece(TEXT, style, text, at, text, len(text)))
        at += len(text)
    violations = tuple(Violation("literal", offset, "wrong") for offset in offsets)
    return Row(laid, [], violations, Ruler(laid))


def test_text_is_visible_and_escaped() -> None:
    assert shown("<a b='c'>&\x00\u202e\"") == "&lt;a b=&#x27;c&#x27;&gt;&amp;^@&lt;U+202E&gt;&quot;"


def test_a_fragment_is_an_element_of_its_style() -> None:
    assert span("flag", "\\Seen") == '<span class="s-flag">\\Seen</span>'
    assert span("text", "plain") == "plain"
    assert span("no such style", "plain") == "plain"
    assert span("flag", "\u05d0") == '<bdi dir="ltr" class="s-flag">\u05d0</bdi>'
    assert span("text", "x" * 200) == "x" * 200


@pytest.mark.parametrize(
    ("offsets", "html"),
    [
        ((), 'a<span class="s-flag">bc</span>d'),
        ((0,), '<b class="at">a</b><span class="s-flag">bc</span>d'),
        ((1,), 'a<b class="at">b</b><span class="s-flag">c</span>d'),
        ((2, 3), 'a<span class="s-flag">b</span><b class="at">c</b><b class="at">d</b>'),
        ((2, 2), 'a<span class="s-flag">b</span><b class="at">c</b><b class="at">&nbsp;</b>d'),
        ((4,), 'a<span class="s-flag">bc</span>d<b class="at">&nbsp;</b>'),
    ],
)
def test_marks_are_at_their_octets(offsets: tuple[int, ...], html: str) -> None:
    assert line(row([("", "a"), ("flag", "bc"), ("", "d")], *offsets), []) == f'<span class="l">{html}</span>'


def test_several_marks_are_numbered() -> None:
    assert 'data-n="2">b<' in line(row([("", "ab")], 0, 1), ["1", "2"])


def test_an_indent_is_a_class() -> None:
    assert line(row([("", "a")], indent=4), []).startswith('<span class="l i2">')
    assert line(row([("", "a")], indent=24), []).startswith('<span class="l i6">')
