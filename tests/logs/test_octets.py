"""Octets that nothing was added to."""

from __future__ import annotations

import pytest

from imapsh.wire.pieces import CLIENT, EXACT, LINES, SERVER, Piece

from .reading import log_of, read, side

#: A conversation, line by line; mail that looks like lines of either side, answers to `+`, literals within a line.
TALK = (
    (SERVER, b"* OK ready\r\n"),
    (CLIENT, b"A1 LOGIN {4}\r\n"),
    (SERVER, b"+ go\r\n"),
    (CLIENT, b"fred {6}\r\n"),
    (SERVER, b"+ go\r\n"),
    (CLIENT, b"secret\r\n"),
    (SERVER, b"A1 OK {3}\r\n"),
    (CLIENT, b"A2 AUTHENTICATE PLAIN\r\n"),
    (SERVER, b"+ \r\n"),
    (CLIENT, b"*\r\n"),
    (SERVER, b"A2 BAD no\r\n"),
    (CLIENT, b"A3 authenticate PLAIN\r\n"),
    (SERVER, b"+\r\n"),
    (CLIENT, b"AGEAYg==\r\n"),
    (SERVER, b"A3 OK in\r\n"),
    (CLIENT, b"A4 IDLE\r\n"),
    (SERVER, b"+ idling\r\n"),
    (SERVER, b"* 3 EXISTS\r\n"),
    (CLIENT, b"DONE\r\n"),
    (SERVER, b"A4 OK done\r\n"),
    (CLIENT, b"A5 APPEND x {24+}\r\n"),
    (CLIENT, b"* 1 EXISTS\r\n"),
    (CLIENT, b"A5 OK no\r\n"),
    (CLIENT, b"\r\n"),
    (CLIENT, b"\r\n"),
    (SERVER, b"A5 OK done\r\n"),
    (CLIENT, b"A6 UID FETCH 1 (BODY[1] BODY[2])\r\n"),
    (SERVER, b"* 1 FETCH (BODY[1] {10}\r\n"),
    (SERVER, b"A7 NOOP\r\n"),
    (SERVER, b"x BODY[2] {5}\r\n"),
    (SERVER, b"DONE\n"),
    (SERVER, b")\r\n"),
    (SERVER, b"A6 OK done\r\n"),
    (CLIENT, b"A7 APPEND x {99}\r\n"),
    (SERVER, b"A7 NO too much\r\n"),
    (CLIENT, b"A8 SELECT {0}\r\n"),
    (SERVER, b"+ go\r\n"),
    (CLIENT, b"\r\n"),
    (SERVER, b"A8 NO no name\r\n"),
)
MIXED = b"".join(octets for _, octets in TALK)


def lines_of(pieces: list[Piece]) -> list[tuple[str, bytes]]:
    """Return the pieces with those of one line joined."""
    lines: list[tuple[str, bytes]] = []
    for piece in pieces:
        if lines and lines[-1][0] == piece.direction and not lines[-1][1].endswith(b"\n"):
            lines[-1] = (piece.direction, lines[-1][1] + piece.octets)
        else:
            lines.append((piece.direction, piece.octets))
    return lines


def test_the_octets_of_a_server_come_as_they_are() -> None:
    octets = b"* OK ready\r\n* 1 FETCH (BODY[] {9}\r\nA1 NOOP\r\n)\r\nA1 OK done\r\n"
    assert read(octets) == [Piece(SERVER, octets, 0)]


def test_the_octets_of_a_client_come_as_they_are() -> None:
    octets = b"A1 APPEND x {9}\r\n* 1 LIKE\r\n\r\na2 noop\r\n"
    assert read(octets) == [Piece(CLIENT, octets, 0)]


def test_of_both_sides_mixed_each_line_is_told_by_the_grammar() -> None:
    pieces = read(MIXED)
    assert lines_of(pieces) == list(TALK)
    assert b"".join(one.octets for one in pieces) == MIXED
    assert [one.offset for one in pieces][:3] == [0, 12, 26]
    assert {one.exactness for one in pieces} == {EXACT}


def test_a_recording_that_lost_its_cr_has_it_put_back() -> None:
    octets = b"* OK ready\nA1 FETCH 1 BODY[]\n* 1 FETCH (BODY[] {9}\nA2 NOOP\n)\nA1 OK done\nA2 NOOP\n"
    pieces = read(octets)
    assert side(pieces, CLIENT) == b"A1 FETCH 1 BODY[]\r\nA2 NOOP\r\n"
    assert side(pieces, SERVER) == octets.replace(b"A1 FETCH 1 BODY[]\n", b"")[:-8].replace(b"\n", b"\r\n")
    assert {one.exactness for one in pieces} == {LINES}


def test_a_line_that_is_no_response_is_the_clients_if_it_has_a_tag_and_a_word() -> None:
    pieces = read(b"* OK ready\r\nA1 NOOP\r\nA1 OK\r\nA2 XYZZY\r\nA2 BAD\r\n\x80\r\n")
    assert side(pieces, CLIENT) == b"A1 NOOP\r\nA2 XYZZY\r\n"
    assert side(pieces, SERVER) == b"* OK ready\r\nA1 OK\r\nA2 BAD\r\n\x80\r\n"


def both(client: bytes, server: bytes) -> list[tuple[str, bytes]]:
    return lines_of(read(client, "raw", path="x.in", sister=log_of(server, "x.out")))


def test_two_files_without_times_are_put_in_an_order_that_is_possible() -> None:
    pieces = read(MIXED)
    assert both(side(pieces, CLIENT), side(pieces, SERVER)) == list(TALK)


def test_a_reply_to_a_login_that_is_not_in_the_log_comes_first() -> None:
    lines = both(b"A2 NOOP\r\n", b"A1 OK Logged in\r\nA2 OK done\r\n* 1 EXISTS\r\n")
    assert [octets[:2] for _, octets in lines] == [b"A1", b"A2", b"A2", b"* "]


def test_commands_that_did_not_wait_come_each_before_its_reply() -> None:
    lines = both(b"A2 NOOP\r\nA3 NOOP\r\nA4 NOOP\r\n", b"A2 OK\r\n* 1 EXISTS\r\nA3 OK\r\n")
    assert [side for side, _ in lines] == list("CSCSSC")


@pytest.mark.parametrize("client", [b"A2 NOOP\r\n", b"A2 APPEND x {10}\r\nabc", b"A2 IDLE\r\nDO", b"A2 FETCH {3}\r\n"])
def test_a_log_that_was_cut_keeps_all_octets(client: bytes) -> None:
    server = b"* OK ready\r\n+ go\r\n* 1 FETCH (BODY[] {99}\r\nA2 OK"
    lines = both(client, server)
    assert b"".join(octets for side, octets in lines if side == CLIENT) == client
    assert b"".join(octets for side, octets in lines if side == SERVER) == server
