"""Sinks for large literals."""

from __future__ import annotations

import io
from hashlib import sha256

from imapsh.wire.frames import Spilled
from imapsh.wire.sinks import FileSink, HashSink, SpoolSink, opener

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
    with spilled.where as file:  # type: ignore[attr-defined]
        assert file.read() == OCTETS


def test_only_what_is_larger_goes_to_a_sink() -> None:
    choose = opener(100, HashSink)
    assert choose(100, b"") is None
    assert isinstance(choose(101, b""), HashSink)
