"""The line that is read by one expression has the value that the rules give it."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.grammar.common import flags_line, reply_line, section_frame
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import fetch
from imapsh.session.knowledge import make_parser
from imapsh.wire.frames import Frame, Spilled

COMMON = [
    rb"* 1 FETCH (FLAGS (\Seen))",
    rb"* 100000 FETCH (FLAGS ())",
    rb"* 2 FETCH (UID 7 FLAGS (\Seen $Junk work))",
    rb"* 3 FETCH (FLAGS (\Deleted) UID 999999999)",
    rb"* 3 FETCH (UID 4 FLAGS (\Deleted) UID 5)",
]
OTHERS = [
    rb"* 0 FETCH (FLAGS (\Seen))",
    rb"* 1 FETCH (FLAGS (\Seen ))",
    rb"* 1 FETCH (FLAGS (\\Seen))",
    rb"* 1 FETCH (FLAGS (\*))",
    b"* 1 FETCH (FLAGS (caf\xc3\xa9))",
    rb"* 1 FETCH (FLAGS (a)b))",
    rb"* 1 FETCH (UID 0 FLAGS ())",
    rb"* 1 fetch (flags ())",
    rb"* 4294967295 FETCH (FLAGS ())",
    rb"* 1 FETCH (FLAGS () X 1)",
    rb"* 1 FETCH (FLAGS ()) ",
]


@pytest.mark.parametrize("line", COMMON)
def test_the_value_is_that_of_the_rules(line: bytes) -> None:
    octets = line + b"\r\n"
    cursor = Cursor(Frame((octets,)), readers=table.readers)
    number, _, _ = line[2:].partition(b" ")
    cursor.pos = line.index(b" (")
    read = fetch(cursor, int(number))
    value = flags_line(octets)
    assert value == read
    assert value is not None
    assert list(value.items) == list(read.items)


@pytest.mark.parametrize("line", OTHERS)
@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b""])
def test_other_lines_are_left_to_the_rules(line: bytes, ending: bytes) -> None:
    assert flags_line(line + ending) is None


REPLIES = [
    b"A1 OK done",
    b"7 NO no such mailbox (try another)",
    b"c BAD  two spaces",
    b"A1 OK ",
    b"A1 OK x [ALERT] y\x7f",
]
NO_REPLIES = [
    b"A1 OK",
    b"A1 OK[ALERT] x",
    b"A1 OK [ALERT] x",
    b"A1 ok done",
    b"A1 BYE done",
    b"A1  OK done",
    b"+ OK done",
    b"* OK done",
    b"A+ OK done",
    b"A1 OK caf\xc3\xa9",
    b"A1 OK a\0b",
    b"A1 OK a\rb",
    b"A1 OKAY done",
]


@pytest.mark.parametrize("line", REPLIES)
def test_a_reply_is_that_of_the_rules(line: bytes) -> None:
    parser = make_parser()
    frame = Frame((line + b"\r\n",))
    read = parser._read(Cursor(frame, readers=table.readers))
    assert not read.violations
    reply = reply_line(line + b"\r\n")
    assert reply is not None
    assert reply == (read.tag, read.name, read.value.text)
    assert read.value.code is None
    short = parser.parse(frame)
    assert (short.kind, short.tag, short.name, short.value) == (read.kind, read.tag, read.name, read.value)
    assert short.violations == ()


@pytest.mark.parametrize("line", [*NO_REPLIES, *COMMON])
def test_other_lines_are_no_plain_replies(line: bytes) -> None:
    assert reply_line(line + b"\r\n") is None


@pytest.mark.parametrize("line", REPLIES)
@pytest.mark.parametrize("ending", [b"\n", b"", b"\r\n\r\n"])
def test_a_reply_must_end_as_lines_do(line: bytes, ending: bytes) -> None:
    assert reply_line(line + ending) is None


@pytest.mark.parametrize("line", COMMON)
@pytest.mark.parametrize("ending", [b"\n", b"", b"\r\n\r\n"])
def test_the_line_must_end_as_lines_do(line: bytes, ending: bytes) -> None:
    assert flags_line(line + ending) is None


SECTIONS = [
    (b"* 1 FETCH (BODY[HEADER] {3}", b"a\r\n", b")"),
    (b"* 2 FETCH (BODY[] {0}", b"", b")"),
    (b"* 3 FETCH (UID 7 BODY[1.2.MIME]<0> {1}", b"\xff", b")"),
    (b"* 4 FETCH (UID 7 FLAGS (\\Seen x) BODY[TEXT] {1}", b"x", b" UID 8)"),
    (b"* 5 FETCH (FLAGS () BODY[3] {1}", b"x", b" UID 9)"),
]
NO_SECTIONS = [
    (b"* 1 FETCH (BODY[HEADER] {1}", b"\0", b")"),
    (b"* 1 FETCH (BODY[HEADER] ~{1}", b"x", b")"),
    (b"* 1 FETCH (BODY[HEADER] {1+}", b"x", b")"),
    (b"* 1 FETCH (BODY[header] {1}", b"x", b")"),
    (b"* 1 FETCH (BODY[0] {1}", b"x", b")"),
    (b"* 1 FETCH (BODY[MIME] {1}", b"x", b")"),
    (b"* 1 FETCH (BINARY[1] {1}", b"x", b")"),
    (b"* 1 FETCH (FLAGS (\\*) BODY[1] {1}", b"x", b")"),
    (b"* 1 FETCH (BODY[1] {1}", b"x", b"))"),
    (b"* 1 FETCH (BODY[1] {1}", b"x", b" )"),
    (b"* 0 FETCH (BODY[1] {1}", b"x", b")"),
    (b"* 1 FETCH (UID 0 BODY[1] {1}", b"x", b")"),
]


@pytest.mark.parametrize(("line", "literal", "behind"), SECTIONS)
def test_a_section_is_that_of_the_rules(line: bytes, literal: bytes, behind: bytes) -> None:
    parser = make_parser()
    frame = Frame((line + b"\r\n", literal, behind + b"\r\n"))
    read = parser._read(Cursor(frame, readers=table.readers))
    value = section_frame(frame.parts)
    assert value == read.value
    assert value is not None
    assert list(value.items) == list(read.value.items)
    short = parser.parse(frame)
    assert (short.kind, short.tag, short.name, short.value) == (read.kind, read.tag, read.name, read.value)


def test_a_section_in_a_file_is_that_of_the_rules() -> None:
    frame = Frame((b"* 1 FETCH (BODY[] {5}\r\n", Spilled(5), b")\r\n"))
    read = make_parser()._read(Cursor(frame, readers=table.readers))
    assert section_frame(frame.parts) == read.value


@pytest.mark.parametrize(("line", "literal", "behind"), NO_SECTIONS)
def test_other_sections_are_left_to_the_rules(line: bytes, literal: bytes, behind: bytes) -> None:
    assert section_frame((line + b"\r\n", literal, behind + b"\r\n")) is None
