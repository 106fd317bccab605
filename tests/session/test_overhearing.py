"""The conversations of one log."""

from __future__ import annotations

import pytest

from imapsh.errors import ParseError
from imapsh.session import overhearing
from imapsh.session.overhearing import overhear
from imapsh.wire.pieces import CLIENT, SERVER, Piece


def test_of_very_many_connections_the_one_that_was_silent_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overhearing, "MOST_CONVERSATIONS", 2)
    said = [("a", b"* OK x\r\n* BYE"), ("b", b"* OK x\r\n"), ("a", b" y"), ("c", b"* OK x\r\n"), ("d", b"* OK x\r\n")]
    pieces = [Piece(SERVER, octets, 0, connection=key) for key, octets in said]
    assert [(key, found.response.name) for key, found in overhear(pieces)] == [
        *(("a", "OK"), ("b", "OK"), ("c", "OK"), ("a", "BYE"), ("d", "OK")),
    ]


def test_what_is_not_deflate_is_told_with_its_place() -> None:
    pieces = [
        Piece(SERVER, b"* PREAUTH hi\r\n", 0), Piece(CLIENT, b"A1 COMPRESS DEFLATE\r\n", 14),
        Piece(SERVER, b"A1 OK now\r\n", 35), Piece(SERVER, b"\xff\xff\xff no deflate", 46),
    ]  # fmt: skip
    with pytest.raises(ParseError, match="at octet 46 are octets under COMPRESS that are not DEFLATE"):
        list(overhear(pieces))
