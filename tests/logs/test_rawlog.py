"""Dovecot's rawlog: two files, or one; the octets are what was on the wire."""

from __future__ import annotations

from imapsh.logs.formats import recognised
from imapsh.wire.pieces import CLIENT, SERVER

from .reading import log_of, read, side

IN = (
    b"1795880514.104629 A2 SELECT INBOX\r\n1795880515.000001 A3 APPEND x {4}\r\n"
    b"1795880515.200000 a\r\n1795880515.200000 b\r\n"
)
OUT = b"1795880514.105491 * 6 EXISTS\r\n1795880514.105491 A2 OK done\r\n1795880515.100000 + OK\r\n"


def test_a_line_loses_its_time_and_nothing_else() -> None:
    assert side(read(OUT, path="x.out"), SERVER) == b"* 6 EXISTS\r\nA2 OK done\r\n+ OK\r\n"


def test_two_files_are_merged_by_time() -> None:
    pieces = read(IN, path="x.in", sister=log_of(OUT, "x.out"))
    assert [one.direction for one in pieces] == list("CSSCSCC")
    assert side(pieces, CLIENT) == b"A2 SELECT INBOX\r\nA3 APPEND x {4}\r\na\r\nb\r\n"
    assert pieces[0].time == 1795880514.104629


def test_one_file_names_the_side_and_the_pieces_without_an_end() -> None:
    octets = b"1795880514.104629 I: A2 NOOP\r\n1795880514.104700 O> A2 O\n1795880514.104700 O: K done\r\n"
    pieces = read(octets)
    assert side(pieces, CLIENT) == b"A2 NOOP\r\n"
    assert side(pieces, SERVER) == b"A2 OK done\r\n"


def test_a_file_without_a_name_is_told_by_its_lines() -> None:
    assert {one.direction for one in read(OUT)} == {SERVER}
    assert {one.direction for one in read(IN)} == {CLIENT}


def test_it_is_recognised_by_its_times() -> None:
    form = recognised(log_of(OUT))
    assert form is not None
    assert form.name == "rawlog"
