"""The debug output of imaplib2: all octets of several threads, which may overtake each other."""

from __future__ import annotations

from imapsh.logs import imaplib2_debug
from imapsh.wire.pieces import CLIENT, NOTE, SERVER, Piece

from .reading import read, side

WRITER = b"  00:00.01 mail writer > b'BMDC1 APPEND x {2}\\r\\n'\n"


def test_octets_come_as_they_were() -> None:
    octets = (
        b"[imap]:   42:24.05 mail reader < b'* 1 FETCH (BODY[] {3}\\r\\n'\n[imap]:   42:24.05 mail reader < b'a\\n'\n"
    )
    assert read(octets)[0] == Piece(SERVER, b"* 1 FETCH (BODY[] {3}\r\n", 33, 2544.05, "mail")
    assert side(read(octets), SERVER, "mail") == b"* 1 FETCH (BODY[] {3}\r\na\n"


def test_an_answer_that_overtook_its_command_is_put_behind_it() -> None:
    octets = (
        WRITER + b"  00:00.02 mail reader < b'+ go\\r\\n'\n  00:00.02 mail writer > b'ab\\r\\n'\n"
        b"  00:00.03 mail reader < b'BMDC2 OK done\\r\\n'\n  00:00.03 mail reader < b'* 1 EXISTS\\r\\n'\n"
        b"  00:00.03 mail writer > b'BMDC2 APPEND x {1}\\r\\n'\n"
    )
    assert [one.octets for one in read(octets)[1:]] == [
        b"+ go\r\n", b"ab\r\n", b"BMDC2 APPEND x {1}\r\n", b"BMDC2 OK done\r\n", b"* 1 EXISTS\r\n",
    ]  # fmt: skip


def test_untagged_responses_that_overtook_their_command_are_put_behind_it() -> None:
    octets = (
        b"  00:00.01 mail writer > b'BMDC1 NOOP\\r\\n'\n  00:00.02 Account sync a data=b'BMDC2 SELECT x'\n"
        b"  00:00.03 mail reader < b'* 1 EXISTS\\r\\n'\n  00:00.03 mail writer > b'BMDC2 SELECT x\\r\\n'\n"
    )
    assert [one.direction for one in read(octets)] == [CLIENT, CLIENT, SERVER]
    assert [one.direction for one in read(octets.replace(b"data=b'BMDC", b"data=b'ABCD"))] == [CLIENT, SERVER, CLIENT]


def test_a_reply_that_overtook_a_literal_is_put_behind_it() -> None:
    octets = (
        WRITER + b"  00:00.02 mail reader < b'+ go\\r\\n'\n  00:00.02 MainThread write literal size 2\n"
        b"  00:00.03 mail reader < b'BMDC1 OK done\\r\\n'\n  00:00.03 mail writer > b'ab\\r\\n'\n"
    )
    assert [one.octets for one in read(octets)[2:]] == [b"ab\r\n", b"BMDC1 OK done\r\n"]


def test_an_answer_whose_command_does_not_come_is_not_lost() -> None:
    early = b"  00:00.03 mail reader < b'BMDC9 OK done\\r\\n'\n"
    assert side(read(WRITER + early), SERVER, "mail") == b"BMDC9 OK done\r\n"
    many = imaplib2_debug._MOST + 1
    assert side(read(WRITER + early * many), SERVER, "mail") == b"BMDC9 OK done\r\n" * many


def test_mail_is_no_answer() -> None:
    octets = (
        WRITER
        + b"  00:00.03 mail reader < b'* 1 FETCH (BODY[] {9}\\r\\n'\n  00:00.03 mail reader < b'BMDC9 OK\\r\\n'\n"
    )
    again = octets + b"  00:00.04 mail writer > b'BMDC2 NOOP\\r\\n'\n"
    assert [one.direction for one in read(again)] == [CLIENT, SERVER, SERVER, CLIENT]


def test_a_second_connection_to_a_host_has_a_key_of_its_own() -> None:
    begun = (
        b"  00:00.01 mail writer starting\n  00:00.01 mail reader < b'* OK\\r\\n'\n  00:00.01 mail reader finished\n"
    )
    assert [(one.direction, one.connection) for one in read(begun * 2)] == [
        (NOTE, "mail"), (SERVER, "mail"), (NOTE, "mail"),
        (NOTE, "mail (2)"), (SERVER, "mail (2)"), (NOTE, "mail (2)"),
    ]  # fmt: skip


def test_python_2_wrote_no_b() -> None:
    assert read(b"  00:00.01 mail reader < '* OK\\r\\n'\n")[0].octets == b"* OK\r\n"
