"""The debug output of imaplib, and IMAPClient's logging: literals are left out, and commands come in parts."""

from __future__ import annotations

import pytest

from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, RENDERED, SERVER, Piece

from .reading import faults, read, side

SENT = b"DEBUG:imapclient.imapclient:> b'AAAA1 SEARCH SUBJECT'\n"

ANSWER = [b"< b'* SEARCH'", b"< b'AAAA1 OK done'"]


def test_a_line_gets_its_crlf_and_the_place_of_its_octets() -> None:
    pieces = read(b"  42:18.49 > b'IIPP2 NOOP'\n  42:18.50 < b'IIPP2 OK \\\\ \\'\"'\n")
    assert pieces == [
        Piece(CLIENT, b"IIPP2 NOOP\r\n", 13, 2538.49, "IIPP", LINES),
        Piece(SERVER, b"IIPP2 OK \\ '\"\r\n", 40, 2538.5, "IIPP", LINES),
    ]


def test_a_literal_is_left_out_and_what_is_behind_it_comes_next() -> None:
    octets = (
        b"  42:18.49 < b'* 1 FETCH (BODY[] {26}'\n  42:18.49 read literal size 26\n  42:18.49 < b')'\n"
        b"  42:18.49 > b'IIPP4 APPEND Drafts {18}'\n  42:18.50 < b'+ OK'\n  42:18.50 write literal size 18\n"
    )
    assert [(one.direction, one.octets, one.exactness) for one in read(octets)] == [
        (SERVER, b"* 1 FETCH (BODY[] {26}\r\n", ELIDED),
        (SERVER, b")\r\n", LINES),
        (CLIENT, b"IIPP4 APPEND Drafts {18}\r\n", ELIDED),
        (SERVER, b"+ OK\r\n", LINES),
        (CLIENT, b"\r\n", LINES),
    ]


def test_an_answer_of_authenticate_is_told_by_its_size() -> None:
    octets = b"  00:00.01 > b'IIPP1 AUTHENTICATE PLAIN'\n  00:00.01 < b'+ '\n  00:00.01 write literal size 20\n"
    assert read(octets)[-1] == Piece(CLIENT, b"(20 octets)\r\n", 71, 0.01, "IIPP", RENDERED)


def test_the_time_goes_on_in_the_next_hour() -> None:
    octets = b"  59:59.99 > b'IIPP1 NOOP'\n  00:00.01 < b'* 1 EXISTS'\n  59:59.98 < b'* 2 EXISTS'\n"
    assert [one.time for one in read(octets)] == [3599.99, 3600.01, 7199.98]


def test_tags_tell_the_connections_apart() -> None:
    octets = (
        b"  00:00.01 new IMAP4 connection, tag=b'IIPP'\n  00:00.02 < b'* OK ready'\n  00:00.03 > b'CDEF1 NOOP'\n"
        b"  00:00.04 < b'* 1 EXISTS'\n  00:00.05 < b'IIPP1 OK done'\n"
    )
    assert [(one.direction, one.connection) for one in read(octets)] == [
        (NOTE, "IIPP"), (SERVER, "IIPP"), (CLIENT, "CDEF"), (SERVER, "CDEF"), (SERVER, "IIPP"),
    ]  # fmt: skip


def test_idle_of_later_versions_ends_with_done() -> None:
    assert read(b"  00:00.01 > b'IIPP1 IDLE'\n  00:00.02 idle done\n")[1].octets == b"DONE\r\n"


@pytest.mark.parametrize(
    ("logged", "sent"),
    [
        ([b"> b' {2+}\\r\\nab'"], b" {2+}\r\nab\r\n"),
        ([b"> b' {2+}\\r\\nab'", b"> b'TEXT'", b"> b' {1+}\\r\\nc'"], b" {2+}\r\nab TEXT {1+}\r\nc\r\n"),
        ([b"> b' {2}\\r\\n'", b"< b'+ go'", b"   (literal) > b'ab'", b"> b'SEEN'"], b" {2}\r\nab SEEN\r\n"),
        ([b"> b' {90+}\\r\\nab'...b'xy'"], b" {90+}\r\n\r\n"),
        ([b"> b' {900}\\r\\n'", b"< b'+ go'", b"   (literal) > b'ab'...b'cd'", b"> b'SEEN'"], b" {900}\r\n SEEN\r\n"),
    ],
)
def test_a_command_that_imapclient_sends_in_parts_is_one(logged: list[bytes], sent: bytes) -> None:
    octets = SENT + b"".join(b"DEBUG:imapclient.imapclient:%b\n" % line for line in [*logged, *ANSWER])
    pieces = read(octets, "imapclient")
    assert side(pieces, CLIENT, "AAAA") == b"AAAA1 SEARCH SUBJECT" + sent
    assert faults(pieces) == []


def test_what_imapclient_hides_is_pictured() -> None:
    pieces = read(b"2026-11-29 08:01:28,056 DEBUG > b'AAAA1 LOGIN **REDACTED**\n", "imapclient")
    assert pieces == [Piece(CLIENT, b"AAAA1 LOGIN **REDACTED**\r\n", 32, 1795939288.056, "AAAA", RENDERED)]


def test_done_is_the_client_s() -> None:
    assert [one.direction for one in read(b"> b'AAAA1 IDLE'\n< b'+ idling'\n< DONE\n", "imapclient")] == list("CSC")
