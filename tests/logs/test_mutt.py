"""The debug files of mutt and NeoMutt: literals have no mark, and other lines stand in the midst of them."""

from __future__ import annotations

import pytest

from imapsh.logs import mutt
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, RENDERED, SERVER, Piece

from .reading import faults, read, side

AT = b"[2026-11-29 08:01:28] "
SENT, CAME = (
    b"[2026-11-29 08:01:28]<2> mutt_socket_write_d() 4> ",
    b"[2026-11-29 08:01:28]<5> mutt_socket_readln_d() 4< ",
)
FETCH = AT + b"4< * 1 FETCH (BODY[] {9}\n" + AT + b"imap_read_literal: reading 9 bytes\n"
STEP = AT + b"Fetching message... 0K/96K (0%)\n"
APPEND = AT + b"4> a0005 APPEND x {9}\r\n" + AT + b"4< + OK\n"


def told(octets: bytes) -> list[tuple[str, bytes, str]]:
    return [(one.direction, one.octets, one.exactness) for one in read(octets)]


def test_the_file_descriptor_is_the_connection() -> None:
    octets = AT + b"Connected to x:143 on fd=4\n" + AT + b"4< * OK ready\n" + AT + b"IMAP queue drained\n"
    assert read(octets) == [
        Piece(NOTE, b"Connected to x:143 on fd=4", 22, 1795939288.0, "4", LINES),
        Piece(SERVER, b"* OK ready\r\n", 74, 1795939288.0, "4", LINES),
    ]
    assert {one.connection for one in read(octets * 2)} == {"4", "4 (2)"}


def test_commands_that_are_sent_at_once_are_lines() -> None:
    octets = AT + b'4> a0002 NOOP\r\na0003 LIST "" ""\r\n' + AT + b"Getting mailbox\nnobody's\n"
    assert told(octets) == [(CLIENT, b"a0002 NOOP\r\n", LINES), (CLIENT, b'a0003 LIST "" ""\r\n', LINES)]


def test_a_literal_that_is_not_shown_is_left_out() -> None:
    assert told(FETCH + STEP + AT + b"4< )\n")[:2] == [
        (SERVER, b"* 1 FETCH (BODY[] {9}\r\n", ELIDED),
        (SERVER, b")\r\n", LINES),
    ]


@pytest.mark.parametrize(
    ("shown", "octets"),
    [
        (b"ab\n\nxyz" + AT + b"4< )\n", b"ab\r\n\r\nxyz)\r\n"),
        (b"ab\n\nx\n\n" + AT + b"4< )\n", b"ab\r\n\r\nx\r\n)\r\n"),
        (STEP + b"ab\nx" + STEP + b"yz" + STEP + b"\n\n" + AT + b"4< )\n", b"ab\r\nxyz\r\n)\r\n"),
        (b"123456789" + AT + b"4< )\n", b"123456789)\r\n"),
        (b"12345\nab\nrest\n" + AT + b"4< )\n", b"12345\r\nab)\r\n"),
    ],
)
def test_a_literal_that_is_shown_has_the_length_announced(shown: bytes, octets: bytes) -> None:
    pieces = read(FETCH + shown)
    assert side(pieces, SERVER, "4") == b"* 1 FETCH (BODY[] {9}\r\n" + octets
    assert {one.exactness for one in pieces} == {LINES}


def test_a_literal_that_is_not_whole_is_left_out() -> None:
    assert told(FETCH + b"abc\n" + AT + b"4< )\n") == [
        (SERVER, b"* 1 FETCH (BODY[] {9}\r\n", ELIDED),
        (SERVER, b")\r\n", LINES),
    ]


def test_a_literal_that_is_too_long_to_hold_comes_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutt, "_HELD", 4)
    assert [one[1] for one in told(FETCH + b"abc\nde\nx" + AT + b"4< )\n")[1:]] == [b"abc\r\n", b"de\r\n", b")\r\n"]
    assert side(read(FETCH + b"abc\nd" + AT + b"4< )\n"), SERVER, "4").endswith(b"abc\r\nd   )\r\n")
    cut = FETCH.replace(AT, CAME[:24] + b" f() ") + b"abc\nd\ne\n" + CAME + b")\n"
    assert [one[2] for one in told(cut)] == [ELIDED, LINES]


def test_an_upload_that_is_not_shown_is_left_out() -> None:
    pieces = read(APPEND + AT + b"4> \r\n" + AT + b"4< a0005 OK done\n")
    assert [one.exactness for one in pieces] == [ELIDED, LINES, LINES, LINES]
    assert faults(pieces) == []


def test_an_upload_that_is_shown_comes_in_parts() -> None:
    pieces = read(
        APPEND + AT + b"4> ab\r\nc" + AT + b"4> de\r" + AT + b"4> \n" + AT + b"4> \r\n" + AT + b"4< a0005 OK done\n"
    )
    assert side(pieces, CLIENT, "4") == b"a0005 APPEND x {9}\r\nab\r\ncde\r\n\r\n"
    assert faults(pieces) == []


def test_an_upload_that_is_refused_does_not_come() -> None:
    pieces = read(AT + b"4> a0005 APPEND x {9}\r\n" + AT + b"4< a0005 NO full\n" + AT + b"4> a0006 NOOP\r\n")
    assert side(pieces, CLIENT, "4") == b"a0005 APPEND x {9}\r\na0006 NOOP\r\n"
    assert faults(pieces) == []


def test_a_login_that_is_hidden_is_pictured() -> None:
    octets = AT + b"4< * OK ready\n" + AT + b"Sending LOGIN command for demo...\n" + AT + b"4< a0001 OK done\n"
    assert told(octets)[1] == (CLIENT, b"a0001 LOGIN <user> <pass>\r\n", RENDERED)
    assert faults(read(octets)) == []


def test_other_protocols_are_nobody_s() -> None:
    octets = (
        AT + b"5< 220 mail.example.org ESMTP\n" + AT + b"5> EHLO x\r\n" + AT + b"6< +OK POP3\n" + AT + b"4< * OK x\n"
    )
    assert [one.connection for one in read(octets)] == ["4"]


def test_neomutt_cuts_long_lines() -> None:
    octets = CAME + b"* LIST () NIL abc" + SENT + b"a0001 NOOP\r\n" + CAME + b"* 1 EXISTS\n"
    assert told(octets) == [
        (SERVER, b"* LIST () NIL abc\r\n", RENDERED),
        (CLIENT, b"a0001 NOOP\r\n", LINES),
        (SERVER, b"* 1 EXISTS\r\n", LINES),
    ]
    shown = CAME + b"* 1 FETCH (BODY[] {99}\n" + CAME.replace(b"4< ", b"\n").replace(b"mutt_socket_readln_d", b"f")
    literal = shown.replace(b"f() \n", b"imap_read_literal() reading 99 bytes\n") + b"abc" + CAME + b")\n"
    assert [one[2] for one in told(literal)] == [ELIDED, LINES]


def test_a_line_of_thousands_of_times_is_read() -> None:
    assert len(read((AT + b"4< * 1 EXISTS ") * 5000 + b"\n")) == 5000
