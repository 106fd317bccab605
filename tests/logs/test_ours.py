"""The trace that imapsh writes."""

from __future__ import annotations

from imapsh.wire.pieces import CLIENT, SERVER, Piece

from .reading import read


def test_each_record_is_a_piece_with_its_time_and_place() -> None:
    octets = b"imapsh-trace 1\nS +0.500000 7\n* OK x\n\nC +1.000000 9\nA1 NOOP\r\n\n"
    assert read(octets) == [Piece(SERVER, b"* OK x\n", 29, 0.5), Piece(CLIENT, b"A1 NOOP\r\n", 51, 1.0)]
