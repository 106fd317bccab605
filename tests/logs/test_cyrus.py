"""Cyrus telemetry: its marks are taken out, and text that looks like one is not."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapsh.logs import cyrus as module
from imapsh.wire.pieces import CLIENT, NOTE, SERVER, Piece
from tests.servers.base import Server, give_to_nobody

from .reading import read, side

HEADER = b"---------- fred Thu Nov 26 10:00:00 2026\n\n"
LIKE = b"a <1795880514< b >1795880515> c\r\n"


def test_a_mark_says_the_side_and_the_time() -> None:
    log = HEADER + b"<1795880514<A2 SELECT INBOX\r\n>1795880515>* 6 EXISTS\r\nA2 OK done\r\n"
    assert read(log) == [
        Piece(NOTE, b"telemetry of fred from Thu Nov 26 10:00:00 2026", 0, None, "1"),
        Piece(CLIENT, b"A2 SELECT INBOX\r\n", 54, 1795880514.0, "1"),
        Piece(SERVER, b"* 6 EXISTS\r\n", 83, 1795880515.0, "1"),
        Piece(SERVER, b"A2 OK done\r\n", 95, 1795880515.0, "1"),
    ]


def test_a_log_without_its_beginning_starts_at_the_first_mark() -> None:
    assert side(read(b"XISTS\r\n<1795880514<A2 NOOP\r\n", "cyrus"), CLIENT) == b"A2 NOOP\r\n"


def test_a_mark_in_the_middle_of_a_line_is_taken_out() -> None:
    assert side(read(b"<1795880514<A2 NO<1795880514<OP\r\n"), CLIENT) == b"A2 NOOP\r\n"
    pieces = read(b"<1795880514<A2 NOOP\r\nA3 N>1795880514>A2 OK x\r\n<1795880514<OOP\r\n")
    assert side(pieces, CLIENT) == b"A2 NOOP\r\nA3 NOOP\r\n"
    assert side(pieces, SERVER) == b"A2 OK x\r\n"


@pytest.mark.parametrize("cut", [0, 1, 14, 15, 20, len(LIKE) - 1])
def test_the_size_of_a_literal_tells_its_marks_from_its_text(cut: int) -> None:
    sent = b"A2 APPEND x {%d+}\r\n%s\r\n" % (len(LIKE), LIKE)
    begin = len(sent) - len(LIKE) - 2
    cut += begin
    log = b"<1795880514<" + sent[:cut] + b"<1795880515<" + sent[cut:] + b">1795880515>A2 OK done\r\n"
    assert side(read(log), CLIENT) == sent
    assert side(read(log), SERVER) == b"A2 OK done\r\n"


def test_a_server_writes_full_pieces() -> None:
    message = (LIKE + b"x" * 60 + b"\r\n") * 200
    answer = b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\nA2 OK done\r\n" % (len(message), message)
    pieces = [answer[at : at + 4096] for at in range(0, len(answer), 4096)]
    log = HEADER + b"".join(b">1795880514>" + piece for piece in pieces)
    assert side(read(log), SERVER, "1") == answer


def test_a_piece_that_is_not_full_is_seen_by_the_size_of_the_literal() -> None:
    log = b">1795880514>* 1 FETCH (BODY[] {30}\r\n" + b"x" * 9 + b">1795880514>" + b"y" * 21 + b")\r\nA2 OK x\r\n"
    assert side(read(log), SERVER) == b"* 1 FETCH (BODY[] {30}\r\n" + b"x" * 9 + b"y" * 21 + b")\r\nA2 OK x\r\n"


def test_a_long_literal_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_AHEAD", 100)
    sent = b"A2 APPEND x {500+}\r\n" + b"x" * 500 + b"\r\n"
    log = b"".join(b"<1795880514<" + sent[at : at + 50] for at in range(0, len(sent), 50))
    assert side(read(log), CLIENT) == sent


def test_a_literal_that_was_refused_is_not_waited_for() -> None:
    log = b"<1795880514<A2 APPEND x {9}\r\n>1795880514>A2 NO full\r\n<1795880514<A3 NOOP\r\n>1795880514>A3 OK\r\n"
    assert side(read(log), CLIENT) == b"A2 APPEND x {9}\r\nA3 NOOP\r\n"


def test_a_literal_that_the_log_lacks_ends_where_the_client_is_read() -> None:
    log = b">1795880514>* 1 FETCH (BODY[] {900}\r\nx\r\n<1795880514<A3 NOOP\r\n>1795880514>A3 OK done\r\n"
    assert side(read(log), CLIENT) == b"A3 NOOP\r\n"


def test_another_header_begins_another_connection() -> None:
    part = HEADER + b"<1795880514<A2 NOOP\r\n>1795880514>A2 OK done\r\n"
    assert [one.connection for one in read(part * 2)] == ["1"] * 3 + ["2"] * 3


@pytest.fixture
def telemetry(cyrus: Server, state_folder: Path) -> Iterator[Path]:
    """A folder where Cyrus writes what the user sends and receives."""
    folder = state_folder / "cyrus/conf/log" / cyrus.user
    folder.mkdir()
    give_to_nobody(folder)
    yield folder
    shutil.rmtree(folder)


def test_a_log_of_a_real_cyrus_is_what_was_sent_and_received(cyrus: Server, telemetry: Path) -> None:
    message = b"Subject: x\r\n\r\n" + LIKE + b"%s\r\n" % (b"0123456789" * 7) * 200
    sent = [
        b"a1 SELECT INBOX\r\n",
        b"a2 APPEND INBOX {%d+}\r\n%s\r\n" % (len(message), message),
        b"a3 FETCH * (BODY.PEEK[] FLAGS)\r\na4 NOOP\r\n",
        b"a5 LOGOUT\r\n",
    ]
    received: list[bytes] = []
    with socket.create_connection((cyrus.host, cyrus.port)) as connection, connection.makefile("rb") as lines:
        lines.readline()
        for octets in (f"a0 LOGIN {cyrus.user} {cyrus.password}\r\n".encode(), *sent):
            connection.sendall(octets)
            last = b"a4" if b"a4" in octets else octets[:2]
            while not received or not received[-1].startswith(last):
                received.append(lines.readline())
    log = b"".join(path.read_bytes() for path in telemetry.iterdir())
    pieces = read(log)
    assert side(pieces, CLIENT, "1") == b"".join(sent)
    assert side(pieces, SERVER, "1") == b"".join(received)
