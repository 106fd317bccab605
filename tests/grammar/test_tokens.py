"""Tokens: joined they are the input; literals are counted in octets of UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar import tokens
from imapsh.grammar.tokens import announcement, tokenize, unquote

from .reading import lines

any_text = st.text() | st.text('ab (){}[]"\\{}~+@*%\r\n3é日', max_size=40)


@given(any_text, st.booleans())
def test_joined_they_are_the_text(text: str, wide: bool) -> None:
    found = tokenize(text, wide=wide)
    assert "".join(token.text for token in found) == text
    assert [token.start for token in found] == [sum(len(t.text) for t in found[:i]) for i in range(len(found))]
    assert all(token.text for token in found if token.kind != tokens.DATA)


@given(any_text | st.text("ab1*+@%é日  \x7f\xa0", max_size=20))
def test_words_alone_are_cut_as_beside_others(text: str) -> None:
    if "{" not in text and '"' not in text:
        assert tokenize(f"{text}(") == [*tokenize(text), (tokens.LPAREN, "(", len(text))]


@given(st.binary(max_size=60))
def test_joined_they_are_the_octets(octets: bytes) -> None:
    assert "".join(token.text for token in tokenize(octets)).encode("latin-1") == octets


@pytest.mark.parametrize("line", lines("quirks.jsonl"), ids=lambda line: str(line["id"]))
def test_every_line_of_the_corpus_is_cut_without_loss(line: dict[str, str]) -> None:
    octets = line["raw"].encode("latin-1")
    assert "".join(token.text for token in tokenize(octets)).encode("latin-1") == octets


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text) if token.kind != tokens.SPACE]


def test_kinds() -> None:
    assert kinds('a1 STORE 1:* +FLAGS (\\Seen "x\\"y") BODY[]<0.5> "open') == [
        (tokens.WORD, "a1"), (tokens.WORD, "STORE"), (tokens.WORD, "1:*"), (tokens.WORD, "+FLAGS"),
        (tokens.LPAREN, "("), (tokens.FLAG, "\\Seen"), (tokens.QUOTED, '"x\\"y"'), (tokens.RPAREN, ")"),
        (tokens.WORD, "BODY"), (tokens.LBRACKET, "["), (tokens.RBRACKET, "]"), (tokens.WORD, "<0.5>"),
        (tokens.OPEN_QUOTE, '"open'),
    ]  # fmt: skip


def test_literals_are_counted_in_utf8() -> None:
    found = tokenize("a {4}\r\né日b {@/tmp/x} ~{2+}\r\n(( c")
    data = [token.text for token in found if token.kind == tokens.DATA]
    assert data == ["\r\né", "\r\n(("]
    announced = [token.text for token in found if token.kind in (tokens.LITERAL, tokens.FILE)]
    assert announced == ["{4}", "{@/tmp/x}", "~{2+}"]
    assert [t.text for t in tokenize("{5}\r\né日b") if t.kind == tokens.DATA] == ["\r\né日"]
    assert [t.text for t in tokenize("{2}\r\né日".encode()) if t.kind == tokens.DATA] == ["\r\nÃ©"]


def test_announcements() -> None:
    assert announcement("~{12+}") == (12, False, True)
    assert announcement("{0}") == (0, True, False)
    for wrong in ("{}", "{-1}", "{1", "12"):
        with pytest.raises(ValueError, match="does not announce a literal"):
            announcement(wrong)


def test_unquoting() -> None:
    assert unquote('"a\\"b\\\\"') == 'a"b\\'
    assert unquote('"open') == "open"
    assert unquote('"') == ""
