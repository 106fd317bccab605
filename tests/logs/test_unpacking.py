"""Files that hold a log in another form."""

from __future__ import annotations

import gzip
import io

import pytest

from imapsh.errors import ParseError
from imapsh.logs.source import Log
from imapsh.logs.unpacking import unpacked
from imapsh.wire.pieces import SERVER

from .reading import log_of, read, side

RAW = "* OK [ALERT] Grüße €\r\na1 OK done\r\n"
OCTETS = RAW.encode()


@pytest.mark.parametrize(
    ("octets", "kept"),
    [
        (OCTETS, ""),
        (b"\xef\xbb\xbf" + OCTETS, ""),
        (gzip.compress(OCTETS, mtime=0), "gzip"),
        (b"\xff\xfe" + RAW.encode("utf-16-le"), "UTF-16"),
        (b"\xfe\xff" + RAW.encode("utf-16-be"), "UTF-16"),
        (gzip.compress(b"\xff\xfe" + RAW.encode("utf-16-le"), mtime=0), "UTF-16 in gzip"),
        (b"*", ""),
        (b"", ""),
    ],
)
def test_a_file_gives_the_octets_of_the_log(octets: bytes, kept: str) -> None:
    log = log_of(octets)
    assert log.kept == kept
    assert b"".join(piece for _, piece in log.pieces()) == (OCTETS if len(octets) > 1 else octets)


def test_a_place_behind_a_byte_order_mark_is_that_of_the_file() -> None:
    octets = b"\xef\xbb\xbfS: * OK x\nC: a1 NOOP\n"
    assert [octets[one.offset : one.offset + 4] for one in read(octets)] == [b"* OK", b"a1 N"]


@pytest.mark.parametrize("size", [2, 3, 5, 7, 100])
def test_characters_are_not_torn_apart(size: int) -> None:
    file, _, _ = unpacked(io.BytesIO(b"\xff\xfe" + (RAW + "\N{GRINNING FACE}").encode("utf-16-le")))
    parts = iter(lambda: file.read(size), b"")
    assert b"".join(parts).decode() == RAW + "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("damage", "said"),
    [(lambda packed: packed[:-9], "its end is missing"), (lambda packed: packed[:60] + b"\xff" * 50, "is damaged")],
)
def test_a_packed_file_that_is_damaged_is_read_up_to_there(damage, said: str) -> None:  # type: ignore[no-untyped-def]
    packed = gzip.compress(b"".join(b"* %d EXISTS\r\n" % number for number in range(90_000)), 1)
    log = Log(io.BytesIO(damage(packed))) if said.startswith("its") else None
    with pytest.raises(ParseError, match=said):
        list((log or Log(io.BytesIO(damage(packed)))).lines())


def test_a_packed_log_is_read() -> None:
    assert side(read(gzip.compress(OCTETS, mtime=0)), SERVER) == OCTETS
