"""The line that is read by one expression has the value that the rules give it."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.grammar.common import flags_line, reply_line
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import fetch
from imapsh.session.knowledge import make_parser
from imapsh.wire.frames import Frame

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
