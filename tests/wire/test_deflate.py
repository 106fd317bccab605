"""COMPRESS as a filter: what is sent can be read at once, and few octets cannot become many unasked."""

from __future__ import annotations

import zlib

import pytest

from imapsh.errors import ConnectionLost
from imapsh.wire.deflate import Deflate
from imapsh.wire.limits import Limits


def test_each_side_reads_the_other_at_once() -> None:
    ours, theirs = Deflate(), Deflate()
    for line in (b"* 1 EXISTS\r\n", b"x" * 5000, b""):
        assert theirs.inflate(ours.deflate(line)) == line


def test_octets_may_come_in_any_pieces() -> None:
    data = bytes(range(256)) * 40
    coded, theirs = Deflate().deflate(data), Deflate()
    assert b"".join(theirs.inflate(coded[at : at + 1]) for at in range(len(coded))) == data


def test_no_more_is_inflated_than_asked_for() -> None:
    bomb, theirs = Deflate().deflate(b"\0" * 10_000_000), Deflate(Limits(inflated=0))
    first = theirs.inflate(bomb, 1000)
    assert len(first) == 1000
    total = len(first)
    while piece := theirs.inflate(b"", 1_000_000):
        total += len(piece)
    assert total == 10_000_000


def test_what_is_no_deflate_is_an_error() -> None:
    with pytest.raises(ConnectionLost, match="not DEFLATE"):
        Deflate().inflate(b"* OK not compressed\r\n")


def test_the_end_of_the_stream_is_known() -> None:
    coder, theirs = zlib.compressobj(wbits=-15), Deflate()
    theirs.inflate(coder.compress(b"bye") + coder.flush())
    assert theirs.ended
