"""The logging of aioimaplib: all octets but the messages that it appends."""

from __future__ import annotations

from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, NOTE, RENDERED, SERVER, Piece

from .reading import read


def test_all_that_came_at_once_is_a_piece() -> None:
    octets = b"2026-11-29 08:01:28,319 - aioimaplib - Received : b'* 1 FETCH (BODY[] {1}\\r\\na'\n"
    assert read(octets) == [Piece(SERVER, b"* 1 FETCH (BODY[] {1}\r\na", 50, 1795939288.319)]


def test_an_appended_message_is_left_out() -> None:
    append, go = b"Sending : b'AAAA1 APPEND x {9}\\r\\n'\n", b"Received : b'+ OK\\r\\n'\n"
    assert [(one.direction, one.octets, one.exactness) for one in read(append + go)] == [
        (CLIENT, b"AAAA1 APPEND x {9}\r\n", ELIDED),
        (SERVER, b"+ OK\r\n", EXACT),
        (CLIENT, b"\r\n", EXACT),
    ]
    assert len(read(append + b"Received : b'AAAA1 NO full\\r\\n'\n")) == 2


def test_a_login_whose_password_was_hidden_is_pictured() -> None:
    assert read(b"Sending : b'AAAA1 LOGIN demo \"*******\"\\r\\n'\n")[0].exactness == RENDERED


def test_the_end_is_a_note() -> None:
    assert read(b"DEBUG:aioimaplib:connection lost: None\n", "aioimaplib")[0].direction == NOTE
