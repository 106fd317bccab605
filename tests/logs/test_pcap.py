"""Packet captures: connections are found by what they say, and what is not IMAP is named in a sentence."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from imapsh.errors import ParseError
from imapsh.logs.pcap import read_pcap
from imapsh.logs.source import Log
from imapsh.wire.pieces import CLIENT, NOTE, SERVER, Piece
from tests.servers.certs import Certs

from .packets import ACK, PUSH, RST, SYN, Connection, Encrypted, Packet, pcap, pcapng, tshark
from .reading import log_of, read, side

MESSAGE = b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1000
ANSWER = b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\na2 OK done\r\n" % (len(MESSAGE), MESSAGE)
TURNS = (
    ("S", b"* OK ready\r\n"),
    ("C", b"a1 LOGIN u p\r\n"),
    ("S", b"a1 OK in\r\n"),
    ("C", b"a2 FETCH 1 BODY[]\r\n"),
    ("S", ANSWER),
)
TIME = 1795880514.25


@pytest.fixture(autouse=True)
def _needed() -> None:
    tshark()


def connection(turns: Iterable[tuple[str, bytes]] = TURNS, **how: int) -> Connection:
    """A connection on which the sides send these octets, one after the other."""
    made = Connection(**how)
    made.opened(TIME)
    for number, (who, octets) in enumerate(turns):
        made.sent(who, octets, TIME + number)
    made.closed(TIME + 99)
    return made


def check(octets: bytes, number: str = "0") -> list[Piece]:
    pieces = read(octets)
    for who, name in (("S", SERVER), ("C", CLIENT)):
        assert side(pieces, name, number) == b"".join(sent for one, sent in TURNS if one == who)
    return pieces


@pytest.mark.parametrize("version", [4, 6])
def test_both_sides_of_a_connection_are_read_with_their_times(version: int) -> None:
    pieces = check(pcap(connection(version=version).packets))
    assert pieces[0] == Piece(SERVER, b"* OK ready\r\n", 0, TIME, "0")
    assert [one.time for one in pieces if one.direction == CLIENT] == [TIME + 1, TIME + 3]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("nano", [False, True])
def test_a_capture_has_either_order_of_octets_and_either_fraction(order: str, nano: bool) -> None:
    check(pcap(connection().packets, order, nano=nano))


def test_the_numbers_of_octets_may_begin_again() -> None:
    check(pcap(connection(first=2**32 - 5).packets))


def test_the_newer_format_is_read(tmp_path: Path) -> None:
    check(pcapng(connection().packets))
    path = tmp_path / "-x"
    path.write_bytes(pcapng(connection().packets))
    with path.open("rb") as file:
        assert side(read_pcap(Log(file, str(path))), CLIENT, "0") == b"a1 LOGIN u p\r\na2 FETCH 1 BODY[]\r\n"


def test_segments_that_come_late_or_twice_are_put_in_order() -> None:
    packets = connection().packets
    data = [number for number, one in enumerate(packets) if len(one.octets) > 1000]
    packets[data[0]], packets[data[2]] = packets[data[2]], packets[data[0]]
    packets.insert(data[4], packets[data[3]])
    check(pcap(packets))


def test_a_capture_without_the_opening_is_read_by_its_first_lines() -> None:
    check(pcap(connection(port=12345).packets[3:]))
    turns = (("C", b"a1 NOOP\r\n"), ("S", b"a1 OK done\r\n"))
    pieces = read(pcap(connection(turns, port=12345).packets[3:]))
    assert [one.direction for one in pieces] == [CLIENT, SERVER]


def test_what_the_capture_lacks_is_a_note() -> None:
    packets = connection().packets
    data = [number for number, one in enumerate(packets) if len(one.octets) > 1000]
    del packets[data[1]]
    pieces = read(pcap(packets))
    assert [one.octets for one in pieces if one.direction == NOTE] == [
        b"1,400 octets of the server are not in the capture"
    ]
    assert len(side(pieces, SERVER, "0")) == sum(len(octets) for who, octets in TURNS if who == "S") - 1400


def test_packets_that_were_cut_are_a_note() -> None:
    made = Connection()
    made.opened()
    made.packet("S", PUSH | ACK, b"* OK ready\r\n* OK and more\r\n", length=12)
    pieces = read(pcap(made.packets))
    assert [(one.direction, one.octets) for one in pieces] == [
        (SERVER, b"* OK ready\r\n"),
        (NOTE, b"15 octets of the server are not in the capture"),
    ]


def test_several_connections_are_told_apart_and_others_passed_over() -> None:
    web = connection(
        (("C", b"GET / HTTP/1.1\r\n\r\n"), ("S", b"HTTP/1.1 200 OK\r\n\r\n* OK no\r\n")), client=5, port=80
    )
    first, second = connection(client=41000).packets, connection(client=42000).packets
    mixed = [one for pair in zip(first, second, strict=True) for one in pair]
    octets = pcap([*web.packets, *mixed])
    assert {one.connection for one in check(octets, "1")} == {"1", "2"}
    check(octets, "2")


def test_a_port_that_is_used_again_is_another_connection() -> None:
    first = Connection()
    first.opened()
    first.sent("S", b"* OK one\r\n")
    first.packet("S", RST)
    second = connection(first=9)
    pieces = read(pcap([*first.packets, *second.packets]))
    assert side(pieces, SERVER, "0") == b"* OK one\r\n"
    assert side(pieces, CLIENT, "1") == b"a1 LOGIN u p\r\na2 FETCH 1 BODY[]\r\n"


WEB = connection((("C", b"GET / HTTP/1.1\r\n\r\n"), ("S", b"HTTP/1.1 200 OK\r\n\r\n")), port=80).packets


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (pcap(()), "the capture holds no TCP connection"),
        (pcap(WEB), "the capture holds no IMAP in its 1 TCP connection"),
        (b"\xd4\xc3\xb2\xa1" + b"\xff" * 99, "tshark cannot read the capture: "),
        (pcap([Packet(1.0, b"E" + bytes(40))]), "the capture holds no TCP connection"),
    ],
)
def test_a_capture_of_something_else_is_named_in_a_sentence(octets: bytes, sentence: str) -> None:
    with pytest.raises(ParseError, match=f"^{sentence}"):
        read(octets, "pcap")


def test_a_capture_that_was_cut_ends_with_a_note() -> None:
    pieces = read(pcap(connection().packets)[:-7])
    assert pieces[-1].direction == NOTE
    assert b"cut short" in pieces[-1].octets


def encrypted(certs: Certs, log: Path, *, starttls: bool = False, client: int = 40000) -> Connection:
    tls = Encrypted(certs, str(log))
    before = (("S", b"* OK ready\r\n"), ("C", b"a0 STARTTLS\r\n"), ("S", b"a0 OK go\r\n")) if starttls else ()
    tls.send(TURNS[starttls:])
    return connection((*before, *tls.flights), port=143 if starttls else 993, client=client)


@pytest.mark.parametrize("inside", [False, True])
def test_tls_is_decrypted_by_the_keys(
    certs: Certs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    log = tmp_path / "keys"
    packets = encrypted(certs, log).packets
    if not inside:
        monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    pieces = check(pcapng(packets, log.read_bytes() if inside else b""))
    assert all(one.time for one in pieces)


def test_tls_of_starttls_is_decrypted_after_what_was_plain(certs: Certs, tmp_path: Path) -> None:
    log = tmp_path / "keys"
    packets = encrypted(certs, log, starttls=True).packets
    pieces = read(pcapng(packets, log.read_bytes()))
    assert side(pieces, CLIENT, "0") == b"a0 STARTTLS\r\na1 LOGIN u p\r\na2 FETCH 1 BODY[]\r\n"
    assert side(pieces, SERVER, "0") == b"* OK ready\r\na0 OK go\r\na1 OK in\r\n" + ANSWER


def test_several_connections_in_tls_are_told_apart(certs: Certs, tmp_path: Path) -> None:
    log = tmp_path / "keys"
    made = [encrypted(certs, log, starttls=number == 1, client=5000 + number).packets for number in range(3)]
    pieces = read(pcapng([one for packets in made for one in packets], log.read_bytes()))
    for number in "02":
        assert side(pieces, SERVER, number) == b"* OK ready\r\na1 OK in\r\n" + ANSWER
    assert side(pieces, SERVER, "1") == b"* OK ready\r\na0 OK go\r\na1 OK in\r\n" + ANSWER


def test_tls_that_nothing_decrypts_is_named_in_a_sentence(
    certs: Certs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSLKEYLOGFILE", raising=False)
    log = tmp_path / "keys"
    with pytest.raises(ParseError, match=r"the capture holds TLS and nothing that decrypts it; .*SSLKEYLOGFILE"):
        read(pcap(encrypted(certs, log).packets))
    pieces = read(pcap(encrypted(certs, log, starttls=True).packets))
    notes = [one.octets for one in pieces if one.direction == NOTE]
    assert notes[0] == b"TLS begins"
    assert notes[1].startswith(b"nothing decrypts the TLS of this connection; let SSLKEYLOGFILE name the key log")


def test_a_segment_that_opens_alone_is_nothing() -> None:
    made = Connection()
    made.packet("C", SYN)
    with pytest.raises(ParseError, match=r"no IMAP in its 1 TCP connection$"):
        read(pcap(made.packets))


def test_a_capture_from_a_stream_is_copied_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pieces = read_pcap(log_of(pcap(connection().packets)))
    assert next(pieces).octets == b"* OK ready\r\n"
    (copy,) = tmp_path.iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600
    assert list(pieces)
    assert not list(tmp_path.iterdir())
