from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.render.visible import folded, is_safe, text_lines, visible, visible_latin1, width


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"plain", "plain"),
        (b"\x1b[31m", "^[[31m"),
        (b"a\tb\r\n", "a^Ib^M^J"),
        (b"\x00\x7f", "^@^?"),
        ("Müll".encode(), "Müll"),
        (b"M\xfcll", "M\\xfcll"),
        (b"\x9b31m", "\\x9b31m"),
        ("\x9b31m".encode(), "<U+009B>31m"),
        ("\u202egpj.exe".encode(), "<U+202E>gpj.exe"),
        ("\u2066\u2069\u200b\ufeff\u2028".encode(), "<U+2066><U+2069><U+200B><U+FEFF><U+2028>"),
        ("\ufe0f\U000e0101\u3164".encode(), "<U+FE0F><U+E0101><U+3164>"),
        ("a\u00a0b\u3000".encode(), "a\u00a0b\u3000"),
        ("\u180b\u180f\U00016fe4\U0001d159".encode(), "<U+180B><U+180F><U+16FE4><U+1D159>"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
    ],
)
def test_what_is_shown(octets: bytes, shown: str) -> None:
    assert visible(octets) == shown


def test_lone_surrogates_in_text_are_named() -> None:
    assert visible("a\ud800b") == "a<U+D800>b"


def test_e11_octets_that_were_escaped_are_shown_as_octets() -> None:
    assert visible(b"M\xfcll \x9b2J".decode("utf-8", "surrogateescape")) == "M\\xfcll \\x9b2J"


@pytest.mark.parametrize("text", ["Grüße, 日本語", "שלום", "مرحبا", "नमस्ते", "สวัสดี", "e\u0301", "😀"])
def test_e11_ordinary_text_of_any_script_is_itself(text: str) -> None:
    assert visible(text) == text


def test_octets_read_as_latin1_are_read_again_as_utf8() -> None:
    assert visible_latin1("Müll".encode().decode("latin-1")) == "Müll"


@given(st.one_of(st.binary(), st.text(st.characters())))
def test_nothing_unsafe_is_left(data: bytes | str) -> None:
    assert all(is_safe(ord(character)) for character in visible(data))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_printable_ascii_is_itself(text: str) -> None:
    assert visible(text) == visible(text.encode()) == text


def test_lines_of_a_text() -> None:
    assert text_lines(b"a\r\nb\nc\rd\r\n\r\n\te") == ["a", "b^J", "c^Md", "", "        e"]
    assert text_lines(b"") == []


def test_width_counts_columns() -> None:
    assert [width(text) for text in ("abc", "Müll", "日本", "e\u0301")] == [3, 4, 4, 1]


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("  one two three", None, ["  one two three"]),
        ("  one two three", 15, ["  one two three"]),
        ("  one two three", 14, ["  one two", "  three"]),
        ("  abcdefghijk no", 8, ["  abcdefghijk", "  no"]),
        ("灯台 灯台", 8, ["灯台", "  灯台"]),
        ("", 8, [""]),
    ],
)
def test_a_line_is_folded_at_spaces(text: str, columns: int | None, lines: list[str]) -> None:
    assert folded(text, columns).split("\n") == lines
