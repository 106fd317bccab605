from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.render.lexer import STATUS_STYLES, head, sent_line, server_line, typed_line
from imapsh.render.styles import Fragment, plain
from tests.render.test_pretty import FRAGMENTS


@pytest.mark.parametrize("rest", ["", " ", " text", "  text", " [alert] x", "\r\n", "x y", "(a"])
@pytest.mark.parametrize("name", STATUS_STYLES)
def test_the_head_of_a_status_is_the_same_by_the_short_way(name: str, rest: str) -> None:
    fragments, found = head(f"* {name}{rest}")
    other, same = head(f"* {name}{rest}".lower())
    assert ([(style, text.lower()) for style, text in fragments], found) == (other, same)


def styled(fragments: list[Fragment]) -> list[str]:
    return [f"{style}:{text}" for style, text in fragments if style and style != "paren"]


@pytest.mark.parametrize(
    ("line", "styles"),
    [
        ("* 12 EXISTS", ["star:*", "number:12", "response:EXISTS"]),
        ("* BYE x", ["star:*", "status-bye:BYE", "text: x"]),
        ("a1 no [ALERT] x", ["tag:a1", "status-no:no", "code:[ALERT", "code:]", "text: x"]),
        (
            "* OK [PERMANENTFLAGS (\\Seen \\*)] y",
            ["star:*", "status-ok:OK", "code:[PERMANENTFLAGS", "flag:\\Seen", "flag:\\*", "code:]", "text: y"],
        ),
        (
            '* LIST (\\Marked) "/" Box',
            ["star:*", "response:LIST", "flag:\\Marked", 'string:"/"', "mailbox:Box"],
        ),
        (
            '* STATUS "My Box" (MESSAGES 2)',
            ["star:*", "response:STATUS", 'mailbox:"My Box"', "keyword:MESSAGES", "number:2"],
        ),
        ("* FLAGS (a \\B)", ["star:*", "response:FLAGS", "flag:a", "flag:\\B"]),
        (
            '* 2 FETCH (FLAGS (UID) UID 3 ENVELOPE (NIL "x"))',
            [
                "star:*", "number:2", "response:FETCH", "keyword:FLAGS", "flag:UID", "keyword:UID", "number:3",
                "keyword:ENVELOPE", "nil:NIL", 'string:"x"',
            ],
        ),
        (
            "* 2 FETCH (BODY[1.MIME]<0> {3}",
            [
                "star:*", "number:2", "response:FETCH", "keyword:BODY", "section:[", "section:1.MIME", "section:]",
                "section:<0>", "literal:{3}",
            ],
        ),
        ("* ESEARCH UID ALL 1:3,9", ["star:*", "response:ESEARCH", "keyword:UID", "keyword:ALL", "set:1:3,9"]),
        ("+ go", ["star:+", "text: go"]),
        ("hello there", ["garbage:hello there"]),
    ],
)  # fmt: skip
def test_server_lines(line: str, styles: list[str]) -> None:
    assert styled(server_line(line)) == styles


@given(st.lists(FRAGMENTS, max_size=10).map(b"".join))
def test_fragments_joined_are_the_line(octets: bytes) -> None:
    line = octets.decode("latin-1")
    assert plain(server_line(line)) == line
    assert plain(typed_line(line)) == line


def test_typed_lines_follow_the_table() -> None:
    assert styled(typed_line("a1 SELECT INBOX")) == ["tag:a1", "command:SELECT", "mailbox:INBOX"]
    assert ("secret", "pw") in typed_line("login joe pw")


@pytest.mark.parametrize(
    "line", ["A1 NOOP", "A1 FETCH 1 FLAGS", "A1 FROB x", "FETCH 1 FLAGS", "cGFzcw==", "A1 UID NOOP"]
)
def test_a_line_that_was_sent_looks_as_one_that_was_typed(line: str) -> None:
    assert sent_line(line, "A1") == typed_line(line)
