from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.responses import Response
from imapsh.render import pieces as module
from imapsh.render.pieces import BLOCK, Piece, _label, pieces
from tests.render.reading import read
from tests.render.test_pretty import FRAGMENTS


def octets_of(piece: Piece) -> bytes:
    return piece.block if isinstance(piece.block, bytes) else piece.source.encode("latin-1")


def slowly(response: Response) -> list[Piece]:
    """The pieces of a FETCH as of any other response, with their offsets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_is_common", lambda response, body: False)
        return pieces(response)


@given(st.lists(FRAGMENTS, max_size=14).map(b"".join))
def test_pieces_joined_are_the_octets_but_for_line_ends(octets: bytes) -> None:
    for response in read(octets):
        raw, at = response.frame.raw, 0
        for piece in slowly(response):
            # the CRLF that ends a line is no piece: the line's end stands for it
            while at < piece.start:
                assert raw[at : at + 2] == b"\r\n"
                at += 2
            assert octets_of(piece) == raw[at : at + len(octets_of(piece))]
            at += len(octets_of(piece))
        assert raw[at:] in (b"", b"\r\n")


ITEMS = st.sampled_from(
    [
        rb"FLAGS (\Seen $Forwarded NonJunk 12)", b"FLAGS ()", b"flags (Old)", b"UID 4711", b"RFC822.SIZE 12",
        b"MODSEQ (9)",
        b'INTERNALDATE "17-Jul-1996 02:44:25 -0700"', b'BODY ("text" "plain" NIL NIL NIL "7bit" 20 2)',
        b'ENVELOPE (NIL "FLAGS (a b) =?utf-8?q?_x?=" (("O \\"x\\" )(" NIL "o" "a")) NIL NIL NIL NIL NIL NIL "<1@x>")',
        b'X-LIST (a:b 1:* <0> NIL (FLAGS ("x" y)))', b"BODY[1] NIL", b'BODY[HEADER] {3}\r\na"(', b"X-GM-LABELS (\\A b)",
    ]
)  # fmt: skip


@given(st.lists(ITEMS, min_size=1, max_size=6, unique=True))
def test_a_common_fetch_has_the_pieces_of_any_other_response_but_for_offsets(items: list[bytes]) -> None:
    for response in read(b"* 7 FETCH (" + b" ".join(items) + b")\r\n"):
        assert [piece._replace(start=0) for piece in pieces(response)] == [
            piece._replace(start=0) for piece in slowly(response)
        ]


def test_most_fetches_are_common() -> None:
    (response,) = read(b'* 7 FETCH (FLAGS (\\Seen) ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n')
    assert pieces(response) != slowly(response)


class Uncopied(list[Piece]):
    """A list that cannot be sliced."""

    def __getitem__(self, index: Any) -> Any:
        assert not isinstance(index, slice)
        return super().__getitem__(index)


def test_e6_the_label_of_a_literal_is_found_without_a_copy_of_all_before_it() -> None:
    made = pieces(read(b"* 1 FETCH (FLAGS () BODY[1.MIME] {1}\r\nx)\r\n")[0])
    at = next(index for index, piece in enumerate(made) if piece.kind is BLOCK)
    assert _label(Uncopied(made[:at])) == "BODY[1.MIME]"
