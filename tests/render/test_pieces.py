from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imapsh.render.pieces import Piece, pieces
from tests.render.reading import read
from tests.render.test_pretty import FRAGMENTS


def octets_of(piece: Piece) -> bytes:
    return piece.block if isinstance(piece.block, bytes) else piece.source.encode("latin-1")


@given(st.lists(FRAGMENTS, max_size=14).map(b"".join))
def test_pieces_joined_are_the_octets_but_for_line_ends(octets: bytes) -> None:
    for response in read(octets):
        raw, at = response.frame.raw, 0
        for piece in pieces(response):
            # the CRLF that ends a line is no piece: the line's end stands for it
            while at < piece.start:
                assert raw[at : at + 2] == b"\r\n"
                at += 2
            assert octets_of(piece) == raw[at : at + len(octets_of(piece))]
            at += len(octets_of(piece))
        assert raw[at:] in (b"", b"\r\n")
