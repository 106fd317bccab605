"""Dovecot's rawlog: two files, or one; the octets are what was on the wire."""

from __future__ import annotations

from imapsh.logs.recognising import recognised
from imapsh.wire.pieces import CLIENT, EXACT, LINES, SERVER, Piece

from .reading import log_of, read, side

IN = (
    b"1795880514.104629 A2 SELECT INBOX\r\n1795880515.000001 A3 APPEND x {4}\r\n"
    b"1795880515.200000 a\r\n1795880515.200000 b\r\n"
)
OUT = b"1795880514.105491 * 6 EXISTS\r\n1795880514.105491 A2 OK done\r\n1795880515.100000 + OK\r\n"


def pair(client: bytes, server: bytes) -> list[Piece]:
    """Return the pieces of a log in two files."""
    return read(client, "rawlog", path="x.in", sister=log_of(server, "x.out"))


def test_a_line_loses_its_time_and_nothing_else() -> None:
    assert side(read(OUT, path="x.out"), SERVER) == b"* 6 EXISTS\r\nA2 OK done\r\n+ OK\r\n"


def test_two_files_are_merged_by_time() -> None:
    pieces = pair(IN, OUT)
    assert [one.direction for one in pieces] == list("CSSCSCC")
    assert side(pieces, CLIENT) == b"A2 SELECT INBOX\r\nA3 APPEND x {4}\r\na\r\nb\r\n"
    assert pieces[0].time == 1795880514.104629
    assert {one.exactness for one in pieces} == {EXACT}


def test_the_file_that_was_named_second_may_be_the_clients() -> None:
    assert read(OUT, path="x.out", sister=log_of(IN, "x.in")) == pair(IN, OUT)


def test_a_line_of_mail_that_looks_like_a_mark_is_mail() -> None:
    octets = b"1795880514.104629 A3 APPEND x {6+}\r\n1795880514.104629 I: b\r\n1795880514.104629 \r\n"
    assert side(read(octets, path="x.in"), CLIENT) == b"A3 APPEND x {6+}\r\nI: b\r\n\r\n"


def test_one_file_names_the_side() -> None:
    pieces = read(b"1795880514.104629 I: A2 NOOP\r\n1795880514.104700 O: A2 OK done\r\n")
    assert [(one.direction, one.octets, one.offset) for one in pieces] == [
        (CLIENT, b"A2 NOOP\r\n", 21),
        (SERVER, b"A2 OK done\r\n", 51),
    ]


def test_the_next_piece_of_a_long_line_follows_without_a_line_end() -> None:
    long = b'* LIST () "/" "' + b"x" * 9000
    octets = (
        b"1795880514.104700 O> " + long + b"1795880514.104800 O> " + b"y" * 8192 + b"1795880514.104900 I: A3 NOOP\r\n"
        b'1795880514.105000 O: "\r\n'
    )
    pieces = read(octets)
    assert side(pieces, SERVER) == long + b"y" * 8192 + b'"\r\n'
    assert side(pieces, CLIENT) == b"A3 NOOP\r\n"
    assert [one.time for one in pieces][1] == 1795880514.1048


def test_what_looks_like_a_mark_in_the_first_octets_of_a_long_piece_is_mail() -> None:
    mail = b"1795880514.104800 O: " + b"x" * 9000
    octets = b"1795880514.104700 O> " + mail + b"1795880514.104800 O: \r\n"
    assert side(read(octets), SERVER) == mail + b"\r\n"


def test_a_piece_that_ends_in_a_line_end_all_the_same_is_joined_to_the_next() -> None:
    octets = b"1795880514.104700 O> A2 O\n1795880514.104700 O: K done\r\n"
    assert side(read(octets), SERVER) == b"A2 OK done\r\n"


def test_connections_that_follow_each_other_in_one_file_are_apart() -> None:
    one = (
        b"1795880514.1 I: A1 LOGOUT\r\n1795880514.1 O: * BYE bye\r\n1795880514.1 O: A1 OK done\r\n"
        b"1795880514.1 O: * OK ready\r\n1795880514.1 I: A1 FETCH 1 BODY[]\r\n"
        b"1795880514.1 O: * 1 FETCH (BODY[] {7}\r\n1795880514.1 O: * BYE\r\n1795880514.1 O: )\r\n"
        b"1795880514.1 I: A2 NOOP\r\n"
    ).replace(b".1 ", b".104700 ")
    pieces = read(one)
    assert side(pieces, CLIENT) == b"A1 LOGOUT\r\n"
    assert side(pieces, CLIENT, "2") == b"A1 FETCH 1 BODY[]\r\nA2 NOOP\r\n"
    assert side(pieces, SERVER, "2").startswith(b"* OK ready\r\n")


def test_a_file_without_a_name_is_told_by_its_lines() -> None:
    assert {one.direction for one in read(OUT)} == {SERVER}
    assert {one.direction for one in read(IN)} == {CLIENT}


def test_it_is_recognised_by_its_times() -> None:
    form = recognised(log_of(OUT))
    assert form is not None
    assert form.name == "rawlog"


def test_a_line_that_goes_on_has_no_time_of_its_own() -> None:
    pieces = read(OUT + b"1795880516.000000 * 7 EX", path="x.out")
    assert pieces[-1] == Piece(SERVER, b"* 7 EX", len(OUT) + 18, 1795880516.0)
    pieces = read(b"ISTS\r\n" + OUT, path="x.out")
    assert pieces[0] == Piece(SERVER, b"ISTS\r\n", 0, None)


def test_blocks_lose_their_marks_with_and_without_times() -> None:
    client = b"<<<\nA3 APPEND x {9}\r\n>>>\n<<<\n<<<\na>>>\n>>>\n<<<\n\r\n>>>\n"
    server = b"<<<\nA1 OK Logged in\r\n>>>\n<<<\n+ O>>>\n<<<\nK\r\nA3 OK done\r\n>>>\n"
    pieces = pair(client, server)
    assert side(pieces, CLIENT) == b"A3 APPEND x {9}\r\n<<<\na>>>\n\r\n"
    assert side(pieces, SERVER) == b"A1 OK Logged in\r\n+ OK\r\nA3 OK done\r\n"
    stamped = b"<<<\n1795880514.104700 + OK\r\n1795880514.104700 A3 O>>>\n<<<\nK done\r\n>>>\n"
    assert side(read(stamped), SERVER) == b"+ OK\r\nA3 OK done\r\n"


def test_two_files_without_times_are_put_in_order_by_their_tags() -> None:
    pieces = pair(b"<<<\nA2 NOOP\r\nA3 NOOP\r\n>>>\n", b"<<<\nA1 OK in\r\nA2 OK done\r\n>>>\n<<<\nA3 OK done\r\n>>>\n")
    assert [one.octets[:2] for one in pieces] == [b"A1", b"A2", b"A2", b"A3", b"A3"]


def test_the_cr_that_an_editor_took_is_put_back() -> None:
    pieces = pair(IN.replace(b"\r\n", b"\n"), OUT.replace(b"\r\n", b"\n"))
    assert side(pieces, CLIENT) == side(pair(IN, OUT), CLIENT)
    assert {one.exactness for one in pieces} == {LINES}
    alone = read(IN.replace(b"\r\n", b"\n"), path="x.in")
    assert {one.exactness for one in alone} == {EXACT}  # a client may have sent no CR
