"""The trace that imapsh writes."""

from __future__ import annotations

from imapsh.wire.pieces import CLIENT, SERVER, Piece

from .reading import read


def test_each_record_is_a_piece_with_its_time_and_place() -> None:
    octets = b"imapsh-trace 1\nS +0.500000 7\n* OK x\n\nC +1.000000 9\nA1 NOOP\r\n\n"
    assert read(octets) == [Piece(SERVER, b"* OK x\n", 29, 0.5), Piece(CLIENT, b"A1 NOOP\r\n", 51, 1.0)]


def test_a_header_with_a_date_makes_dates_of_the_times() -> None:
    octets = b'imapsh-trace 2\n{"date": "2026-11-28T15:41:54Z"}\nS +0.500000 7 b\n* OK x\n\n'
    assert read(octets) == [Piece(SERVER, b"* OK x\n", octets.index(b"* OK"), 1795880514.5, "b")]


def test_the_literal_of_a_login_has_its_length_again() -> None:
    record = b"A1 LOGIN ann {3+}\r\n********\r\n"
    octets = b"imapsh-trace 1\nC +1.0 %d\n%s\nC +1.0 9\nA2 NOOP\r\n\n" % (len(record), record)
    assert [one.octets for one in read(octets)] == [b"A1 LOGIN ann {3+}\r\n***\r\n", b"A2 NOOP\r\n"]
