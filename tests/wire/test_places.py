"""Places in the octets of one side are found again in the log."""

from __future__ import annotations

from imapsh.wire.pieces import SERVER, Piece
from imapsh.wire.places import Places


def test_a_place_is_that_of_the_piece_it_is_in() -> None:
    places = Places()
    places.add(Piece(SERVER, b"* OK hi\r\n", 100, 1.0))
    places.add(Piece(SERVER, b"* 1 EXISTS\r\n", 200, 2.0))
    assert [places.of(offset) for offset in (0, 2, 9, 20)] == [(100, 1.0), (102, 1.0), (200, 2.0), (211, 2.0)]


def test_what_the_log_left_out_counts() -> None:
    places = Places()
    places.add(Piece(SERVER, b"* 1 FETCH (BODY[] {9}\r\n", 0))
    places.skip(9)
    places.add(Piece(SERVER, b")\r\n* 2 EXISTS\r\n", 50))
    assert places.of(23 + 9 + 3) == (53, None)


def test_the_pieces_of_one_literal_are_forgotten() -> None:
    places = Places()
    places.add(Piece(SERVER, b"{9999}\r\n", 0))
    for number in range(1000):
        places.add(Piece(SERVER, b"x" * 10, 10 * number), begin=0)
    assert len(places._starts) <= 3
    assert places.of(0) == (0, None)


def test_inflated_octets_are_at_the_last_piece() -> None:
    places = Places()
    places.add(Piece(SERVER, b"zz", 7, 3.0))
    places.inflated = True
    assert places.of(5000) == (7, 3.0)
