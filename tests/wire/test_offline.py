"""Recorded octets: what stands behind a literal that the input does not fill is read again."""

from __future__ import annotations

import pytest

from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.offline import read_recorded
from imapsh.wire.sinks import HashSink, opener

from .streams import STREAMS

FETCH = b"* 95 FETCH (UID 44 BODY[1] {400}\r\nshort text only\r\n)\r\n"


def raws(frames: list[Frame]) -> list[bytes]:
    return [frame.raw for frame in frames]


def test_responses_behind_an_unfilled_literal_are_found() -> None:
    first, second = read_recorded(FETCH + b"f3 OK FETCH done\r\n")
    assert first.parts == (b"* 95 FETCH (UID 44 BODY[1] {400}\r\n", b"short text only\r\n", b")\r\n")
    assert [(violation.rule, violation.offset) for violation in first.violations] == [("literal", 27)]
    assert not first.incomplete
    assert (second.raw, second.offset) == (b"f3 OK FETCH done\r\n", len(FETCH))


def test_items_behind_the_literal_are_not_of_it() -> None:
    first, _ = read_recorded(b"* 1 FETCH (BODY[] {999999}\r\nab UID 5 FLAGS (\\Seen))\r\n* 2 EXISTS\r\n")
    assert first.parts[1:] == (b"ab", b" UID 5 FLAGS (\\Seen))\r\n")


def test_nothing_believable_behind_leaves_the_frame_incomplete() -> None:
    for tail in (b"", b"* OK said she\r\nand went\r\n", b"a poem\r\n"):
        (frame,) = read_recorded(FETCH + tail)
        assert frame.incomplete
        assert frame.raw == FETCH + tail


def test_one_unfilled_literal_in_another() -> None:
    stream = FETCH + FETCH + b"* 2 EXISTS\r\n" + FETCH
    frames = list(read_recorded(stream))
    assert raws(frames) == [FETCH, FETCH, b"* 2 EXISTS\r\n", FETCH]
    assert [frame.incomplete for frame in frames] == [False, False, False, True]


def test_many_are_read_in_proportion() -> None:
    frames = list(read_recorded(b"* 1 FETCH (BODY[] {9999999}\r\n" * 5000))
    assert len(frames) == 5000


def test_a_filled_literal_is_obeyed_whatever_it_holds() -> None:
    (frame,) = read_recorded(b"* 1 FETCH (BODY[] {16}\r\na OK x\r\nb OK y\r\n)\r\n")
    assert frame.literals == (b"a OK x\r\nb OK y\r\n",)
    assert frame.violations == ()


def test_held_literals_reach_their_sink_when_they_are_filled() -> None:
    stream = b"* 1 FETCH (BODY[] {1000}\r\n" + b"x" * 1000 + b")\r\n"
    (frame,) = read_recorded([stream[:500], stream[500:]], opener=opener(10, HashSink))
    (literal,) = frame.literals
    assert isinstance(literal, Spilled)
    assert literal.octets == 1000


def test_an_unfilled_literal_for_a_sink_is_read_again_too() -> None:
    frames = list(read_recorded([FETCH, b"f3 OK done\r\n"], opener=opener(10, HashSink)))
    assert raws(frames) == [FETCH, b"f3 OK done\r\n"]


TLS = b"\x16\x03\x01\x02\x00\x01\n\x00\xfe\n\x00\n"
DEFLATED = b"\x00\xb2\n\x01\x02* \n\xff\xfe(\n\x07"


@pytest.mark.parametrize("octets", [TLS, DEFLATED])
def test_octets_of_another_protocol_are_one_frame(octets: bytes) -> None:
    frames = list(read_recorded(b"a OK begin\r\n" + octets))
    assert raws(frames) == [b"a OK begin\r\n", octets]
    assert raws(list(read_recorded(octets + b"\n* 1 EXISTS\r\n"))) == [octets + b"\n", b"* 1 EXISTS\r\n"]


@pytest.mark.parametrize("stream", STREAMS)
def test_loses_nothing_and_pieces_make_no_difference(stream: bytes) -> None:
    frames = list(read_recorded(stream))
    assert b"".join(raws(frames)) == stream
    assert list(read_recorded(stream[i : i + 7] for i in range(0, len(stream), 7))) == frames
    offset = 0
    for frame in frames:
        assert frame.offset == offset
        offset += frame.length
