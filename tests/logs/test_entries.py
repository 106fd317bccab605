"""Logs of mail programs that write an entry for each line."""

from __future__ import annotations

import pytest

from imapsh.wire.pieces import CLIENT, ELIDED, LINES, RENDERED, SERVER

from .reading import faults, read, side

NODE = rb"""
[IMAP|Debug]: [connection] Connected to host
[IMAP|Debug]: => 'A5 UID FETCH 8 (UID FLAGS BODY.PEEK[HEADER.FIELDS (TO)])'
[IMAP|Debug]: <= '* 8 FETCH (X-GM-LABELS ("\\\\Important") UID 8 BODY[HEADER.FIELDS (TO)] {2733}'
[IMAP|Debug]: <= '* 8 FETCH (X-GM-LABELS ("\\\\Important") UID 8 )'
[IMAP|Debug]: <= '* 9 FETCH (UID 9 BODY[TEXT] {5}'
[IMAP|Debug]: <= '* 9 FETCH (UID 9 FLAGS ())'
[IMAP|Debug]: <= "A5 OK it's done"
"""

EVOLUTION = b"""\
[imapx:A] I/O: 'A00003 UID FETCH 8 (BODY.PEEK[])'
[imapx:A] Token TAG: '*'
[imapx:A] I/O: '* 8 FETCH (UID 8 BODY[] {16}\r
'quoted'\r
ab\r
\r
)\r
A00003 OK done'
camel-Message: A00004 NOOP
[imapx:B] I/O: 'B00001 NOOP'
[imapx:B] I/O: 'B00001 OK done'
"""

K9 = b"""\
V/k9      (23954): conn1113484808<<<#null# [OK, [CAPABILITY, IMAP4rev1, STARTTLS], Dovecot ready.]
D/k9      (23954): Saving 10 capabilities for conn1113484808
V/k9      (23954): conn1113484808>>> 1 STARTTLS
V/k9      (23954): conn1113484808<<<#1# [OK, Begin TLS negotiation now.]
V/k9      (23954): conn1113484808>>> [Command Hidden, Enable Sensitive Debug Logging To Show]
V/k9      (23954): conn1113484808<<<#null# [8, FETCH, [FLAGS, [\\Seen], UID, 8]]
V/k9      (23954): conn1113484808<<<#+# [idling]
"""


def test_node_imap_shows_a_line_again_in_the_place_of_a_literal() -> None:
    pieces = read(NODE)
    assert [(one.direction, one.octets, one.exactness) for one in pieces] == [
        (CLIENT, b"A5 UID FETCH 8 (UID FLAGS BODY.PEEK[HEADER.FIELDS (TO)])\r\n", LINES),
        (SERVER, b'* 8 FETCH (X-GM-LABELS ("\\\\Important") UID 8 BODY[HEADER.FIELDS (TO)] {2733}\r\n', ELIDED),
        (SERVER, b")\r\n", LINES),
        (SERVER, b"* 9 FETCH (UID 9 BODY[TEXT] {5}\r\n", ELIDED),
        (SERVER, b" FLAGS ())\r\n", LINES),
        (SERVER, b"A5 OK it's done\r\n", LINES),
    ]
    assert faults(pieces) == []


def test_evolution_writes_what_it_read_at_once() -> None:
    pieces = read(EVOLUTION)
    assert side(pieces, CLIENT, "A") == b"A00003 UID FETCH 8 (BODY.PEEK[])\r\n"
    expected = b"* 8 FETCH (UID 8 BODY[] {16}\r\n'quoted'\r\nab\r\n\r\n)\r\nA00003 OK done\r\n"
    assert side(pieces, SERVER, "A") == expected
    assert side(pieces, SERVER, "B") == b"B00001 OK done\r\n"
    without = read(EVOLUTION.replace(b"\r\n", b"\n").replace(b"camel-Message: A00004 NOOP\n", b""))
    assert side(without, SERVER, "A") == expected


def test_a_literal_of_the_client_that_is_not_there_ends_its_line() -> None:
    pieces = read(b"=> 'A5 APPEND x {27}'\n<= '+ go'\n<= 'A5 OK done'\n=> 'A6 NOOP'\n<= 'A6 OK done'\n")
    assert side(pieces, CLIENT) == b"A5 APPEND x {27}\r\n\r\nA6 NOOP\r\n"
    assert faults(pieces) == []


def test_k9_writes_lists_of_which_responses_are_made() -> None:
    pieces = read(K9)
    assert [one.octets for one in pieces] == [
        b"* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready.\r\n",
        b"1 STARTTLS\r\n",
        b"1 OK Begin TLS negotiation now.\r\n",
        b"********\r\n",
        b"* 8 FETCH (FLAGS (\\Seen) UID 8)\r\n",
        b"+ idling\r\n",
    ]
    assert {one.exactness for one in pieces if one.direction == SERVER} == {RENDERED}
    assert {one.connection for one in pieces} == {"conn1113484808"}


def test_geary_and_outlook_name_the_side() -> None:
    geary = b"[deb] 10:00:00.0 Geary.Imap: [a] SEND: a001 NOOP\n[deb] 10:00:00.1 Geary.Imap: [a] RECV: a001 OK done\n"
    outlook = b"IMAP: 10:00:00 [tx] ab12 NOOP\r\nIMAP: 10:00:00 [rx] ab12 OK done\r\nIMAP: 10:00:00 [db] Closing\r\n"
    assert [(one.direction, one.octets) for one in read(geary)] == [
        (CLIENT, b"a001 NOOP\r\n"),
        (SERVER, b"a001 OK done\r\n"),
    ]
    assert [(one.direction, one.octets) for one in read(outlook)] == [
        (CLIENT, b"ab12 NOOP\r\n"),
        (SERVER, b"ab12 OK done\r\n"),
    ]


@pytest.mark.parametrize(
    ("before", "time"),
    [
        (b"2026-11-26 10:00:00 mail.example.org %s ", 1795687200.0),
        (b"10:00:00.5 mail.example.org:993 %s ", 36000.5),
        (b"mail.example.org %s ", None),
    ],
)
def test_lines_with_arrows_have_a_time_and_an_address_before_them(before: bytes, time: float | None) -> None:
    octets = before % b">" + b"A1 NOOP\n" + before % b"<" + b"A1 OK done\nother > lines are of nobody\n"
    pieces = read(octets)
    assert [(one.direction, one.octets, one.time) for one in pieces[:2]] == [
        (CLIENT, b"A1 NOOP\r\n", time),
        (SERVER, b"A1 OK done\r\n", time),
    ]
    assert all(octets.startswith(one.octets.rstrip(), one.offset) for one in pieces)


def test_the_times_of_outlook_and_geary_are_theirs() -> None:
    assert [one.time for one in read(b"IMAP: 10:00:07 [tx] ab12 NOOP\nIMAP: 10:00:09 [rx] ab12 OK x\n")] == [
        36007.0,
        36009.0,
    ]
    assert [one.time for one in read(b"[deb] 10:00:00.2500 Geary.Imap: [a] SEND: a001 NOOP\n")] == [36000.25]
