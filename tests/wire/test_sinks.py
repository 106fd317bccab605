"""Sinks for large literals."""

from __future__ import annotations

import io
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from imapsh.wire.frames import Spilled
from imapsh.wire.sinks import (
    CountSink,
    FileSink,
    HashSink,
    SpoolSink,
    blocks_of,
    head_of,
    is_kept,
    octets_of,
    opener,
    sum_of,
)
from tests.shell.disks import full_disk

PIECES = (b"one", b"", b"two" * 1000)
OCTETS = b"".join(PIECES)


def test_a_file_gets_the_octets() -> None:
    file = io.BytesIO()
    sink = FileSink(file)
    for piece in PIECES:
        sink.write(piece)
    assert sink.finish() == Spilled(len(OCTETS), "", file)
    assert file.getvalue() == OCTETS


def test_a_hash_keeps_only_the_digest() -> None:
    sink = HashSink()
    for piece in PIECES:
        sink.write(piece)
    assert sink.finish() == Spilled(len(OCTETS), sha256(OCTETS).hexdigest())


def test_a_spool_can_be_read_back() -> None:
    sink = SpoolSink()
    for piece in PIECES:
        sink.write(piece)
    spilled = sink.finish()
    assert (spilled.octets, spilled.sha256) == (len(OCTETS), sha256(OCTETS).hexdigest())
    with spilled.where as file:  # type: ignore[union-attr]
        assert file.read() == OCTETS


def test_a_spool_is_hashed_later_if_somebody_asks() -> None:
    sink = SpoolSink(sums=False)
    for piece in PIECES:
        sink.write(piece)
    assert sink.tail(5) == OCTETS[-5:]
    spilled = sink.finish()
    assert (spilled.octets, spilled.sha256) == (len(OCTETS), "")
    reading = octets_of(spilled, 1000)
    assert next(reading) == OCTETS[:1000]
    assert sum_of(spilled) == sha256(OCTETS).hexdigest()
    assert b"".join(reading) == OCTETS[1000:]
    spilled.where.close()  # type: ignore[union-attr]
    assert sum_of(spilled) == ""
    assert sum_of(Spilled(3, "ab")) == "ab"


def test_the_tail_of_a_spool_is_all_of_a_short_one() -> None:
    sink = SpoolSink()
    sink.write(b"abc")
    assert (sink.tail(2), sink.tail(9)) == (b"bc", b"abc")
    with sink.finish().where as file:  # type: ignore[union-attr]
        assert file.read() == b"abc"


def test_only_what_is_larger_goes_to_a_sink() -> None:
    choose = opener(100, HashSink)
    assert choose(100, b"") is None
    assert isinstance(choose(101, b""), HashSink)


def spooled(octets: bytes) -> Spilled:
    return Spilled(len(octets), "", io.BytesIO(octets))


@pytest.mark.parametrize(
    "octets",
    [
        b"a line\r\n" * 30_000,
        b"x" * (1 << 16) + b"\r\n",
        b"x" * ((1 << 16) - 1) + b"\r\nrest",
        ("x" + "é灯\U0001f600" * 40_000).encode(),
        bytes(range(256)) * 700,
        b"\xff" * 200_000,
        b"\r" * 200_000,
    ],
)
def test_a16_blocks_are_the_octets_and_cut_neither_lines_nor_characters(octets: bytes) -> None:
    blocks = list(blocks_of(spooled(octets)))
    assert b"".join(blocks) == octets
    assert max(map(len, blocks)) <= 2 << 16
    assert not any(one.endswith(b"\r") and two.startswith(b"\n") for one, two in pairwise(blocks))
    assert "".join(one.decode("utf-8", "replace") for one in blocks) == octets.decode("utf-8", "replace")


def test_a16_several_read_the_same_file_in_turns() -> None:
    octets = bytes(range(256)) * 1000
    spilled = spooled(octets)
    one, two = octets_of(spilled), octets_of(spilled)
    assert [b"".join(pieces) for pieces in zip(*zip(one, two, strict=True), strict=True)] == [octets, octets]
    assert head_of(spilled, 70_000) == octets[:70_000]
    assert head_of(spilled, 1 << 30) == octets


def test_a16_what_cannot_be_read_has_no_octets(tmp_path: Path) -> None:
    spilled = spooled(b"abc")
    assert is_kept(spilled)
    spilled.where.close()  # type: ignore[union-attr]
    with (tmp_path / "to-write").open("wb") as file:
        for part in (spilled, Spilled(3), Spilled(3, "ab", "a name"), Spilled(3, "", file)):  # type: ignore[arg-type]
            assert not is_kept(part)
            assert list(octets_of(part)) == []
            assert head_of(part, 2) == b""


def test_a_disk_that_is_full_leaves_the_number_and_the_sum() -> None:
    failed: list[OSError] = []
    with full_disk(1000):
        sink = SpoolSink(failed.append)
        for _ in range(200):
            sink.write(b"x" * 1000)
        spilled = sink.finish()
    assert [error.strerror for error in failed] == ["File too large"]
    assert (spilled.octets, spilled.sha256) == (200_000, sha256(b"x" * 200_000).hexdigest())
    assert (spilled.where, is_kept(spilled), sink.tail(3)) == (None, False, b"")


def test_a_full_disk_is_an_error_where_nobody_is_told() -> None:
    sink = SpoolSink()
    with full_disk(1000), pytest.raises(OSError, match="File too large"):
        sink.write(b"x" * 100_000)


def test_octets_are_counted_alone() -> None:
    sink = CountSink()
    sink.write(b"ab")
    sink.write(b"c")
    assert sink.finish() == Spilled(3)
