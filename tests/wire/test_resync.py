"""A literal that is given up: the same however the octets came, nothing lost, and reading goes on behind it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.wire.deflate import Deflate, InflatingPusher
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher, Unfinished
from imapsh.wire.reader import FrameReader
from imapsh.wire.sinks import HashSink, SpoolSink, opener

from .streams import STREAMS

FETCH = b"* 1 FETCH (UID 7 BODY[1] {4096}\r\nshort text\r\n)\r\n"
DONE = b"A3 OK FETCH done\r\n"


def pushed(*pieces: bytes, pusher: Pusher | None = None) -> tuple[Pusher, list[Frame]]:
    pusher = pusher or Pusher(FrameReader())
    frames: list[Frame] = []
    for piece in pieces:
        pusher.feed(piece)
        frames += taken(pusher)
    return pusher, frames


def taken(pusher: Pusher) -> list[Frame]:
    return [frame for frame in pusher if isinstance(frame, Frame)]


def resynced(pusher: Pusher) -> list[Frame]:
    frame = pusher.resync()
    assert frame is not None
    return [frame, *taken(pusher)]


def test_what_stands_behind_is_read_again() -> None:
    pusher, frames = pushed(FETCH + DONE)
    assert frames == []
    assert pusher.unfinished == Unfinished("literal", 4096, 33, b"short text\r\n)\r\n" + DONE)
    first, second = resynced(pusher)
    assert first.parts == (b"* 1 FETCH (UID 7 BODY[1] {4096}\r\n", b"short text\r\n", b")\r\n")
    (violation,) = first.violations
    assert (violation.rule, violation.offset) == ("literal", 25)
    assert "4096" in violation.message
    assert "12 come" in violation.message
    assert not first.incomplete
    assert (second.raw, second.offset) == (DONE, len(FETCH))


def test_nothing_is_left_to_give_up() -> None:
    pusher, _ = pushed(FETCH + DONE)
    resynced(pusher)
    assert pusher.unfinished is None
    assert pusher.resync() is None


def test_reading_goes_on_with_what_comes_next() -> None:
    pusher, _ = pushed(FETCH + b"* 2 FETCH (BODY[2] {5}\r\nab")
    first, *none = resynced(pusher)
    assert first.raw == FETCH
    assert none == []
    assert pusher.unfinished == Unfinished("literal", 5, 2, b"ab")
    _, (second, third) = pushed(b"cde)\r\n", DONE, pusher=pusher)
    assert second.raw == b"* 2 FETCH (BODY[2] {5}\r\nabcde)\r\n"
    assert (third.raw, third.offset) == (DONE, second.offset + second.length)


def test_where_nothing_is_believable_all_is_the_literals() -> None:
    pusher, _ = pushed(b"* 1 FETCH (BODY[] {99}\r\na poem\r\n")
    (first,) = resynced(pusher)
    assert first.parts[1] == b"a poem\r\n"
    assert "8 came" in first.violations[0].message
    _, (second,) = pushed(DONE, pusher=pusher)
    assert second.raw == DONE


def test_nothing_came_of_it() -> None:
    pusher, _ = pushed(b"* 1 FETCH (BODY[] {99}\r\n")
    assert pusher.unfinished == Unfinished("literal", 99, 0)
    (first,) = resynced(pusher)
    assert first.raw == b"* 1 FETCH (BODY[] {99}\r\n"


def test_half_a_line() -> None:
    pusher, _ = pushed(b"* OK ha")
    assert pusher.unfinished == Unfinished("line", received=7)
    (first,) = resynced(pusher)
    assert first.incomplete
    _, (second,) = pushed(DONE, pusher=pusher)
    assert (second.raw, second.offset) == (DONE, 7)


def test_half_a_line_behind_a_literal() -> None:
    pusher, _ = pushed(b"* 1 FETCH (BODY[] {2}\r\nab FLA")
    assert pusher.unfinished == Unfinished("line", received=4)
    (first,) = resynced(pusher)
    assert first.parts == (b"* 1 FETCH (BODY[] {2}\r\n", b"ab", b" FLA")
    assert first.incomplete


@pytest.mark.parametrize(
    ("line", "kind"),
    [(b'* LIST () "/" "a\r\n', "quoted string"), (b"* 1 FETCH (FLAGS (\\Seen)\r\n", "parenthesis")],
)
def test_a_line_that_is_left_open(line: bytes, kind: str) -> None:
    pusher, _ = pushed(line)
    assert pusher.unfinished == Unfinished(kind)
    (first,) = resynced(pusher)
    assert first.raw == line
    assert not first.incomplete


def test_a_half_line_behind_one_that_is_left_open_is_for_later() -> None:
    pusher, _ = pushed(b"* 1 FETCH (FLAGS (\\Seen)\r\nA3 OK FE")
    (first,) = resynced(pusher)
    assert first.raw == b"* 1 FETCH (FLAGS (\\Seen)\r\n"
    _, (second,) = pushed(b"TCH done\r\n", pusher=pusher)
    assert (second.raw, second.offset) == (DONE, first.length)


def test_a_spooled_literal_is_read_back() -> None:
    reader = FrameReader(opener=opener(10, SpoolSink))
    pusher, _ = pushed(FETCH, DONE, pusher=Pusher(reader))
    assert pusher.unfinished == Unfinished("literal", 4096, 33, b"short text\r\n)\r\n" + DONE)
    assert [frame.raw for frame in resynced(pusher)] == [FETCH, DONE]


def test_what_cannot_be_read_back_stays_the_literals() -> None:
    pusher, _ = pushed(FETCH, DONE, pusher=Pusher(FrameReader(opener=opener(10, HashSink))))
    (first,) = resynced(pusher)
    assert first.length == len(FETCH + DONE)
    assert first.violations[0].rule == "literal"
    _, (second,) = pushed(b"A4 OK\r\n", pusher=pusher)
    assert second.raw == b"A4 OK\r\n"


def test_the_trace_sees_every_octet_once() -> None:
    seen: list[bytes] = []
    pusher, _ = pushed(FETCH, DONE[:5], pusher=Pusher(FrameReader(), seen.append))
    resynced(pusher)
    pushed(DONE[5:] + DONE, pusher=pusher)
    assert b"".join(seen) == FETCH + DONE + DONE


def test_under_compress() -> None:
    server, client = Deflate(), Deflate()
    pusher = InflatingPusher(Pusher(FrameReader()), client)
    pushed(server.deflate(FETCH + DONE), pusher=pusher)
    first, second = resynced(pusher)
    assert (first.raw, second.raw) == (FETCH, DONE)
    _, (third,) = pushed(server.deflate(DONE), pusher=pusher)
    assert third.raw == DONE


TROUBLED = [
    FETCH + DONE,
    FETCH + b"* 2 FETCH (BODY[] {3}\r\nabc)\r\n" + DONE,
    FETCH + b"* 2 FETCH (BODY[] {300}\r\nabc)\r\n" + DONE,
    b"* 1 FETCH (FLAGS (\\Seen)\r\n",
    b"* OK ha",
    *(stream for stream in STREAMS if len(stream) < 1000),
]


@settings(max_examples=300)
@given(st.sampled_from(TROUBLED), st.lists(st.integers(0, 1000), max_size=6))
def test_cut_anywhere_and_resynced_it_is_the_same(stream: bytes, cuts: list[int]) -> None:
    """What is received before the giving up decides, not in which pieces."""
    places = [0, *sorted({cut for cut in cuts if 0 < cut < len(stream)}), len(stream)]
    whole, frames = pushed(stream)
    parted, pieces = pushed(*(stream[a:b] for a, b in pairwise(places)))
    while whole.unfinished is not None:
        assert parted.unfinished == whole.unfinished
        frames += resynced(whole)
        pieces += resynced(parted)
    assert parted.unfinished is None
    assert [(frame.parts, frame.offset, frame.incomplete, frame.violations) for frame in pieces] == [
        (frame.parts, frame.offset, frame.incomplete, frame.violations) for frame in frames
    ]
    assert b"".join(frame.raw for frame in frames) + (whole.reader.pending or b"") == stream
