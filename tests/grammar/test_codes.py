"""Arguments of codes and lists in shapes that no server should send, and charsets as they are written."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh import table
from imapsh.grammar.responses import Parser
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Code, StatusText
from imapsh.grammar.writer import response
from imapsh.wire.frames import Frame

from .reading import one

ARGUMENTS = [
    ("BADCHARSET UTF-8", ("UTF-8",), 17),
    ("BADCHARSET UTF-8 US-ASCII", ("UTF-8", "US-ASCII"), 17),
    ("BADCHARSET ()", (), 18),
    ('BADCHARSET "X]1"', ("X]1",), 17),
    (r"PERMANENTFLAGS \A \B C", (r"\A", r"\B", "C"), 21),
    (r"PERMANENTFLAGS \A C \*", (r"\A", "C", r"\*"), 21),
    ("UIDNEXT (5)", 5, 14),
    ("MODIFIED (2,4)", SequenceSet.parse("2,4"), 15),
]


@pytest.mark.parametrize("name", ["OK", "NO", "BAD", "BYE", "PREAUTH"])
@pytest.mark.parametrize(
    "rest",
    [
        "", " ", "  ", "  x", " x", " 12 FETCH (", " [", " []", " [ALERT]", " [ALERT] x", " [UIDNEXT 5] x",
        " [CAPABILITY IMAP4rev1 AUTH=PLAIN] x", " [CAPABILITY IMAP4rev1 SORT=] x", " [CAPABILITY x=", "\t x", " \x00",
        " [BADCHARSET (UTF-8)] caf\xe9", "x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("greeting", [False, True])
def test_a_status_is_read_as_one_in_lower_case_is(name: str, rest: str, greeting: bool) -> None:
    # the short way takes those in upper case alone
    first, other = (
        Parser(table.readers).parse(Frame((f"* {word}{rest}\r\n".encode("latin-1"),)), greeting=greeting)
        for word in (name, name.lower())
    )
    assert (first.kind, first.name, first.value) == (other.kind, other.name, other.value)
    assert first.violations == other.violations


@pytest.mark.parametrize(
    ("line", "code", "offsets"),
    [
        ("* OK [ UIDNEXT 5 ] x", Code("UIDNEXT", 5, "5"), [6, 16]),
        ("* OK [UIDNEXT 5 ] x", Code("UIDNEXT", 5, "5"), [15]),
        ("* OK [  ALERT] x", Code("ALERT"), [6]),
        ("* NO [ALERT  ] x", Code("ALERT"), [11]),
        ("a OK [ MODIFIED 2,4 ] x", Code("MODIFIED", SequenceSet.parse("2,4"), "2,4"), [6, 19]),
    ],
)
def test_a14_spaces_around_a_code_are_the_fault(line: str, code: Code, offsets: list[int]) -> None:
    response = one(line.encode() + b"\r\n")
    assert response.value == StatusText(code, "x")
    assert [violation.offset for violation in response.violations] == offsets


def test_a14_words_in_brackets_that_are_not_a_code_stay_what_they_are() -> None:
    assert one(b"* OK [ hello UIDNEXT ] x\r\n").value.code.name == ""


@pytest.mark.parametrize(("code", "argument", "offset"), ARGUMENTS)
def test_c12_the_argument_of_a_code_is_kept(code: str, argument: Any, offset: int) -> None:
    found = one(f"* OK [{code}] text\r\n".encode())
    assert (found.value.code.arg, found.value.text) == (argument, "text")
    assert [violation.offset for violation in found.violations] == [offset]


LISTS = [
    ("ESEARCH (COUNT 17)", {"COUNT": 17}, 10),
    ('ESEARCH (TAG "a") UID (COUNT 17) (MIN 2)', {"COUNT": 17, "MIN": 2}, 24),
    ('ESEARCH (TAG "a") (UID COUNT 17 MIN 2)', {"COUNT": 17, "MIN": 2}, 20),
    ('ESEARCH ((TAG "a")) COUNT 17', {"COUNT": 17}, 11),
    ('ESEARCH (TAG "a") ALL (1:3)', {"ALL": SequenceSet.parse("1:3")}, 24),
]


@pytest.mark.parametrize(("line", "items", "offset"), LISTS)
def test_c12_results_in_parentheses_are_read(line: str, items: dict[str, Any], offset: int) -> None:
    found = one(f"* {line}\r\n".encode())
    assert found.value.items == items
    assert found.violations[0].offset == offset


def test_c12_lists_of_lists_and_sets_in_parentheses_are_read() -> None:
    assert one(b'* QUOTA "" ((STORAGE 1 2) (MESSAGE 1 2))\r\n').value.resources == {
        "STORAGE": (1, 2),
        "MESSAGE": (1, 2),
    }
    assert one(b'* METADATA "" ((/a "x") (/b "y"))\r\n').value.entries == {"/a": "x", "/b": "y"}
    assert one(b"* SEARCH (1 2 3)\r\n").value[:2] == ((1, 2, 3), None)
    vanished = one(b"* VANISHED (1:3)\r\n").value
    assert (vanished.earlier, vanished.uids) == (False, SequenceSet.parse("1:3"))


@pytest.mark.parametrize(
    ("charset", "written"), [("X]1", b'"X]1"'), ("UTF-8", b"UTF-8"), ("a b", b'"a b"'), ("", b'""')]
)
def test_e24_a_charset_is_an_atom_without_brackets_or_quoted(charset: str, written: bytes) -> None:
    octets = response("NO", StatusText(Code("BADCHARSET", (charset,)), "x"))
    assert octets == b"* NO [BADCHARSET (" + written + b")] x\r\n"
    found = one(octets)
    assert (found.value.code.arg, found.violations) == ((charset,), ())
