"""The line that is read by one expression has the value that the rules give it."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.grammar.common import flags_line
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import fetch
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


@pytest.mark.parametrize("line", COMMON)
@pytest.mark.parametrize("ending", [b"\n", b"", b"\r\n\r\n"])
def test_the_line_must_end_as_lines_do(line: bytes, ending: bytes) -> None:
    assert flags_line(line + ending) is None
