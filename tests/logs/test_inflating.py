"""What was sent under COMPRESS is inflated where the lines of a log must be known."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import pytest

from imapsh.errors import ParseError
from imapsh.logs import inflating
from imapsh.logs.inflating import inflated_alone
from imapsh.wire.pieces import CLIENT, SERVER

from .reading import faults, log_of, read, side

CLIENTS = b"a1 NOOP\r\na2 COMPRESS DEFLATE\r\n"
SERVERS = b"a1 OK done\r\na2 OK begin\r\n"
CLIENTS_MORE = [b"a3 NOOP\r\n", b"a4 IDLE\r\n", b"DONE\r\n", b"a5 NOOP\r\n"]
SERVERS_MORE = [
    b"* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\na3 OK x\r\n",
    b"+ idling\r\n",
    b"a4 OK done\r\n",
    b"a5 OK done\r\n",
]
CLEAR = {CLIENT: CLIENTS + b"".join(CLIENTS_MORE), SERVER: SERVERS + b"".join(SERVERS_MORE)}


Writer = Callable[[int, bytes, list[bytes]], bytes]


def deflated(parts: list[bytes]) -> Iterator[bytes]:
    stream = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    for part in parts:
        yield stream.compress(part) + stream.flush(zlib.Z_SYNC_FLUSH)


def stamped(time: int, plain: bytes, parts: list[bytes]) -> bytes:
    """Write octets as Dovecot's rawlog does: a time stands where a line begins."""
    made, begins = b"", True
    for octets in (*plain.splitlines(keepends=True), *deflated(parts)):
        time += 1
        for line in octets.splitlines(keepends=True) if b"\r" not in octets or octets in plain else [octets]:
            made += (b"%d.000000 " % time if begins else b"") + line
            begins = line.endswith(b"\n")
    return made


def raw(_: int, plain: bytes, parts: list[bytes]) -> bytes:
    return plain + b"".join(deflated(parts))


@pytest.mark.parametrize("write", [raw, stamped])
@pytest.mark.parametrize("late", [0, 1])
def test_two_files_are_put_in_order_by_their_lines(write: Writer, late: int) -> None:
    client = write(1795880514 + late, CLIENTS, CLIENTS_MORE)
    server = write(1795880514, SERVERS, SERVERS_MORE)
    pieces = read(client, path="x.in", sister=log_of(server, "x.out"))
    assert {whose: side(pieces, whose) for whose in CLEAR} == CLEAR
    assert faults(pieces) == []
    assert {one.time is None for one in pieces} == {write is raw}


def test_a_file_of_one_side_is_inflated_too() -> None:
    for whose, path, plain, more in ((CLIENT, "x.in", CLIENTS, CLIENTS_MORE), (SERVER, "x.out", SERVERS, SERVERS_MORE)):
        assert side(read(stamped(1795880514, plain, more), path=path), whose) == CLEAR[whose]


def test_what_the_log_has_in_the_clear_stays_as_it_is() -> None:
    lines = list(enumerate(CLEAR[SERVER].splitlines(keepends=True)))
    assert list(inflated_alone(iter(lines))) == lines


def test_what_is_not_deflated_is_told() -> None:
    with pytest.raises(ParseError, match="behind COMPRESS at octet 9 is not DEFLATE"):
        list(inflated_alone(iter([(0, b"a2 OK on\n"), (9, b"\xff\xff\xff\xff\xff\xff")])))


def test_few_octets_that_are_very_many_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "LONGEST", 1 << 20)
    bomb = b"".join(deflated([b"x" * (1 << 24)]))
    with pytest.raises(ParseError, match="longer than 1,048,576 octets"):
        list(inflated_alone(iter([(0, b"a2 OK on\n"), (9, bomb)])))
    lines = inflated_alone(iter([(0, b"a2 OK on\n"), (9, b"".join(deflated([b"x\n" * (1 << 20)])))]))
    assert sum(1 for _ in lines) == 1 + (1 << 20)
