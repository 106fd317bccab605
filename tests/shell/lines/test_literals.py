"""Counting what is still to be typed, and splitting a paste."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.shell.lines.literals import announced, at, commands, continued, cut, wanted


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", None),
        ("NOOP", None),
        ("APPEND x {5}", 5),
        ("APPEND x {5+}", 5),
        ("APPEND x ~{5}", 5),
        ("APPEND x {5}\n", 5),
        ("APPEND x {5}\nab", 3),
        ("APPEND x {5}\nü", 3),
        ("APPEND x {5}\na\n", 2),
        ("APPEND x {5}\nabcde", 0),
        ("LOGIN {2}\nab {3}", 3),
        ("LOGIN {2}\nab {3}\nx", 2),
        ("LOGIN {2}\nab cde", None),
        ('SEARCH SUBJECT "{5}"', None),
    ],
)
def test_octets_wanted(text: str, left: int | None) -> None:
    assert wanted(text) == left


def test_a_literal_is_announced_at_the_end_alone() -> None:
    assert announced("APPEND x {3}")
    assert not announced("APPEND x {3}\nabc")
    assert not announced("APPEND x {3} y")


def test_pastes() -> None:
    assert commands("NOOP") == ["NOOP"]
    assert commands("a NOOP\r\n\r\nb NOOP\n") == ["a NOOP", "b NOOP"]
    assert commands("APPEND x {4}\na\nb\nNOOP") == ["APPEND x {4}\r\na\r\nb", "NOOP"]
    assert commands("LOGIN {2}\nab {2}\ncd\nNOOP") == ["LOGIN {2}\r\nab {2}\r\ncd", "NOOP"]
    assert commands(" \n ") == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("FETCH 1 (FLAGS \\\n   UID)", ["FETCH 1 (FLAGS UID)"]),
        ("FETCH 1 (FLA\\\nGS)\nNOOP", ["FETCH 1 (FLAGS)", "NOOP"]),
        ("FETCH 1 (FLAGS \\\n", ["FETCH 1 (FLAGS "]),
        ("A \\\n \\\n B", ["A B"]),
        ('SEARCH SUBJECT "a\\\nb', ['SEARCH SUBJECT "a\\', "b"]),
        ("APPEND x {3}\n\\\nb", ["APPEND x {3}\r\n\\\r\nb"]),
        ("\\raw x \\\nNOOP", ["\\raw x \\", "NOOP"]),
        ("\\\nNOOP", ["\\", "NOOP"]),
        ("A\\\\\n\nB", ["A\\", "B"]),
        ("A\\\\\n \nB", ["A\\", "B"]),
        ("STORE 1 FLAGS \\Seen\nNOOP", ["STORE 1 FLAGS \\Seen", "NOOP"]),
    ],
)
def test_a_backslash_before_a_line_break_joins_lines(text: str, pieces: list[str]) -> None:
    assert [command.text for command in cut(text)] == pieces


def test_where_a_text_goes_on_behind_a_backslash() -> None:
    assert continued("FETCH 1 (FLAGS \\")
    for text in ("FETCH 1", "\\", "\\raw \\", 'SEARCH SUBJECT "\\', "STORE 1 FLAGS \\Seen", "APPEND x {3}\n\\"):
        assert not continued(text), text


_PARTS = st.sampled_from(
    ["NOOP", " ", "\n", "\\\n", "  ", "(", '"a b"', "{2}\nab", "{3}\n\n", "ü", "\\", "\\Seen", "{9}\n", "x"]
)


@settings(max_examples=500)
@given(st.lists(_PARTS, max_size=12).map("".join))
def test_offsets_and_places_belong_together(text: str) -> None:
    pieces = cut(text)
    assert [piece.start for piece in pieces] == sorted(piece.start for piece in pieces)
    for place in range(len(text) + 1):
        command, offset = at(text, place)
        assert 0 <= offset <= len(command.text)
    for piece in pieces:
        for offset, character in enumerate(piece.text):
            shown = text[piece.place(offset) : piece.place(offset) + 1]
            assert shown == character or character in "\r\n"
            if character not in "\r\n":
                assert piece.offset(piece.place(offset)) == offset
    gone = sum(stop - start for piece in pieces for _, start, stop in piece.breaks())
    kept = sum(len(piece.text.replace("\r", "")) for piece in pieces)
    assert kept + gone + len(pieces) - 1 == len(text)
