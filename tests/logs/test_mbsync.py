"""The output of mbsync: one store or two, with the octets of messages or without."""

from __future__ import annotations

import pytest

from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, RENDERED, SERVER, Piece

from .reading import faults, read, side

OPENING = b"Opening far side store r...\nResolving x... ok\nConnecting to x (192.0.2.1:143)... \n"
FETCH = b">>> 1 UID FETCH 1 (BODY.PEEK[])\r\n* 1 FETCH (UID 1 BODY[] {9}\n"


def test_bare_lines_are_told_from_what_mbsync_says() -> None:
    octets = OPENING + b"* OK ready\nLogging in...\n*** IMAP Warning *** x\n>>> 1 NOOP\r\n1 OK done\n+ go\n1 day\n"
    assert [(one.direction, one.octets) for one in read(octets)] == [
        (SERVER, b"* OK ready\r\n"), (CLIENT, b"1 NOOP\r\n"), (SERVER, b"1 OK done\r\n"), (SERVER, b"+ go\r\n"),
    ]  # fmt: skip
    assert read(b">>> 1 NOOP\r\n")[0] == Piece(CLIENT, b"1 NOOP\r\n", 4, None, "", LINES)


def test_labels_are_connections() -> None:
    octets = b"F: * OK a\nN: * OK b\n(2 in progress) N: >>> 7 NOOP\r\nF: >+> eHk=\r\n"
    assert [(one.octets, one.connection) for one in read(octets)] == [
        (b"* OK a\r\n", "F"), (b"* OK b\r\n", "N"), (b"7 NOOP\r\n", "N"), (b"eHk=\r\n", "F"),
    ]  # fmt: skip


@pytest.mark.parametrize("end", [b"", b"=== (9 bytes omitted)\n", b"near side: 0 messages\n"])
def test_a_message_that_is_not_shown_is_left_out(end: bytes) -> None:
    pieces = read(FETCH + end + b")\n")
    assert [(one.octets, one.exactness) for one in pieces[1:]] == [
        (b"* 1 FETCH (UID 1 BODY[] {9}\r\n", ELIDED),
        (b")\r\n", LINES),
    ]


def test_a_message_is_as_it_was() -> None:
    octets = FETCH + b"=========\nab\r\n\n1 OK=========\n)\n1 OK done\n"
    assert side(read(octets), SERVER).endswith(b"{9}\r\nab\r\n\n1 OK)\r\n1 OK done\r\n")


def test_a_message_without_a_line_end_is_followed_at_once() -> None:
    octets = FETCH + b"=========\nab\r\n12345=========\n)\n1 OK done\n"
    assert side(read(octets), SERVER).endswith(b"{9}\r\nab\r\n12345)\r\n1 OK done\r\n")


def test_a_log_without_cr_gets_it_back_in_messages() -> None:
    octets = (FETCH + b"=========\nab\r\n\r\nxyz=========\n)\n").replace(b"\r\n", b"\n")
    assert side(read(octets), SERVER).endswith(b"{9}\r\nab\r\n\r\nxyz)\r\n")


def test_an_upload_is_as_it_was_and_has_its_end() -> None:
    octets = b'>>> 9 APPEND "INBOX" {4+}\r\n>>>>>>>>>\na\r\nb>>>>>>>>>\n9 OK done\n'
    assert side(read(octets), CLIENT) == b'9 APPEND "INBOX" {4+}\r\na\r\nb\r\n'
    assert side(read(octets), SERVER) == b"9 OK done\r\n"


@pytest.mark.parametrize(("plus", "go"), [(b"+", b""), (b"", b"+ go\n")])
def test_an_upload_that_is_not_shown_is_left_out(plus: bytes, go: bytes) -> None:
    pieces = read(b'>>> 9 APPEND "INBOX" {4%b}\r\n%b9 OK done\n>>> 10 NOOP\r\n' % (plus, go))
    assert pieces[0].exactness == ELIDED
    assert side(pieces, CLIENT) == b'9 APPEND "INBOX" {4%b}\r\n\r\n10 NOOP\r\n' % plus
    assert faults(pieces) == []


@pytest.mark.parametrize("hidden", [b"1 LOGIN <user> <pass>", b"1 AUTHENTICATE PLAIN <authdata>"])
def test_what_mbsync_hides_is_pictured(hidden: bytes) -> None:
    pieces = read(b"* OK ready\n>>> " + hidden + b"\r\n1 OK done\n", "mbsync")
    assert pieces[1].exactness == RENDERED
    assert faults(pieces) == []


def test_a_store_may_be_opened_again() -> None:
    talk = OPENING + b"* OK ready\n>>> 1 LOGOUT\r\n* BYE x\n1 OK done\n"
    assert {one.connection for one in read(talk * 2)} == {"", "(2)"}
    labelled = talk.replace(b"* ", b"F: * ").replace(b">>>", b"F: >>>").replace(b"\n1 OK", b"\nF: 1 OK")
    assert {one.connection for one in read(labelled * 2)} == {"F", "F (2)"}


def test_tls_is_a_note() -> None:
    assert read(b">>> 1 STARTTLS\r\n1 OK go\nConnection is now encrypted\n")[2].direction == NOTE
