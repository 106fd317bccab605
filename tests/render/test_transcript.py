from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Token

from imapsh.render.pygments_lexer import ImapLexer
from imapsh.render.styles import plain
from imapsh.render.transcript import transcript

DIALOGUE = """\
S: * OK [CAPABILITY IMAP4rev1] hi
C: a1 SELECT {5}
S: + go on
C: INBOX
S: * 1 FETCH (BODY[] {4}
S: a1
S: )
S: a1 OK done
"""


def styles_of(text: str) -> dict[str, str]:
    return {fragment: style for style, fragment in transcript(text)}


def test_markers_say_whose_line_it_is() -> None:
    styles = styles_of(DIALOGUE)
    assert styles["C:"] == "margin-ours"
    assert styles["S:"] == "margin-tagged"
    assert styles["SELECT"] == "command"
    assert styles["INBOX"] == "data"  # the five octets of the literal
    assert styles["a1\n"] == "data"
    assert styles[")"] == "paren"


def test_lines_without_markers_are_told_by_their_shape() -> None:
    styles = styles_of("* 2 EXISTS\na2 LOGIN {3}\n+ ok\njoe NIL\na3 NO [ALERT] sorry\nNOOP\n")
    assert styles["EXISTS"] == "response"
    assert styles["joe"] == "data"
    assert styles["NO"] == "status-no"
    assert styles["NOOP"] == "command"


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(["C: ", "S: ", "{3}\n", "a", "\n", "* ", "é", "\r\n"])).map("".join))
)
def test_fragments_joined_are_the_transcript(text: str) -> None:
    assert plain(transcript(text)) == text


@given(st.text())
def test_the_pygments_lexer_is_lossless(text: str) -> None:
    tokens = list(ImapLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in tokens) == text
    assert [at for at, _, _ in tokens] == [sum(len(v) for _, _, v in tokens[:n]) for n in range(len(tokens))]


def test_pygments_gives_our_tokens() -> None:
    tokens = [(kind, value) for kind, value in ImapLexer().get_tokens("* 1 FETCH (FLAGS (\\Seen))") if value.strip()]
    assert (Literal.Number.Integer, "1") in tokens
    assert (Keyword.Declaration, "FETCH") in tokens
    assert (Name.Attribute, "\\Seen") in tokens
    assert {kind for kind, _ in tokens}.isdisjoint({Token.Error, Comment})


def test_the_entry_point_names_the_lexer() -> None:
    assert isinstance(get_lexer_by_name("imap"), ImapLexer)
