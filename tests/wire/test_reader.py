"""Frames: the same however the octets come, nothing lost, limits before memory."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.errors import LimitError
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.limits import Limits
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader, Octets
from imapsh.wire.sinks import HashSink, opener

from .streams import COMMAND, STREAMS, described, pulled, pushed

SHORT = [stream for stream in STREAMS if len(stream) < 3000]


@pytest.mark.parametrize("stream", STREAMS)
def test_whole_and_pulled_are_the_same_and_lose_nothing(stream: bytes) -> None:
    whole = pushed([stream])
    assert described(whole) == described(pulled(stream))
    assert b"".join(frame.raw for frame in whole if isinstance(frame, Frame)) == stream


@pytest.mark.parametrize("stream", SHORT)
def test_byte_by_byte_is_the_same(stream: bytes) -> None:
    assert described(pushed(stream[i : i + 1] for i in range(len(stream)))) == described(pushed([stream]))


@pytest.mark.parametrize("stream", [stream for stream in SHORT if len(stream) < 300])
def test_cut_in_two_anywhere_is_the_same(stream: bytes) -> None:
    whole = described(pushed([stream]))
    for cut in range(1, len(stream)):
        assert described(pushed([stream[:cut], stream[cut:]])) == whole


@settings(max_examples=300)
@given(st.sampled_from(SHORT), st.lists(st.integers(0, 3000), max_size=8))
def test_cut_at_random_is_the_same(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted({cut for cut in cuts if 0 < cut < len(stream)}), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(places) if a < b]
    assert described(pushed(pieces)) == described(pushed([stream]))


PIECES = [
    b"* ", b"a1 OK ", b'"', b"\\", b"(", b")", b" ", b"\r\n", b"\n", b"{2}\r\n", b"~{1}\r\n", b"{1+}\r\n",
    b"[BADCHARSET (", b"]", b"\0", b"\xff", b"x", b"{9}",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_octets_are_framed_without_loss(pieces: list[bytes]) -> None:
    stream = b"".join(pieces)
    whole = pushed([stream])
    assert described(whole) == described(pulled(stream)) == described(pushed(p for p in pieces if p))
    assert b"".join(frame.raw for frame in whole if isinstance(frame, Frame)) == stream


@pytest.mark.parametrize("stream", [s for s in SHORT if len(s) < 200])
def test_the_stream_may_end_anywhere(stream: bytes) -> None:
    """The last frame is incomplete where it was cut, and holds what came."""
    for end in range(len(stream)):
        frames = [frame for frame in pushed([stream[:end]]) if isinstance(frame, Frame)]
        assert b"".join(frame.raw for frame in frames) == stream[:end]
        if end and stream[end - 1 : end] != b"\n":
            assert frames[-1].incomplete


def test_text_announces_nothing_but_codes_may() -> None:
    plain = (b"* OK [ALERT] ticket {12}\r\n", b"+ {3}\r\n", b"a NO x {1}\r\n")
    frames = pushed([*plain, b"a NO [BADCHARSET ({1}\r\nx)] y {2}\r\n"])
    assert [len(frame.parts) for frame in frames if isinstance(frame, Frame)] == [1, 1, 1, 3]


@pytest.mark.parametrize("size", [b"-1", b"", b"0x5", b" 5", b"5 "])
def test_what_is_no_size_announces_nothing(size: bytes) -> None:
    frames = pushed([b"* X {" + size + b"}\r\n* 1 EXISTS\r\n"])
    raws = [frame.raw for frame in frames if isinstance(frame, Frame)]
    assert raws == [b"* X {" + size + b"}\r\n", b"* 1 EXISTS\r\n"]


@pytest.mark.parametrize("size", [str(1 << 63), str(1 << 64), "9" * 5000])
def test_a_size_beyond_63_bits_is_no_literal(size: str) -> None:
    first, second = pulled(f"* X {{{size}}}\r\n* 1 EXISTS\r\n".encode())
    assert [violation.rule for violation in first.violations] == ["number64"]
    assert second.raw == b"* 1 EXISTS\r\n"


def test_zeros_in_front_of_a_size_count_for_nothing() -> None:
    (frame,) = pulled(b"* X {" + b"0" * 5000 + b"2}\r\nab\r\n")
    assert frame.literals == (b"ab",)


def test_a_literal_beyond_the_limit_is_refused_before_memory_is_taken() -> None:
    tracemalloc.start()
    with pytest.raises(LimitError, match="literal limit is 1000 and the server sent 4000000000") as caught:
        pushed([b"* 1 FETCH (BODY[] {4000000000}\r\nab"], limits=Limits(literal=1000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (caught.value.limit, caught.value.allowed, caught.value.seen) == ("literal", 1000, 4_000_000_000)
    assert peak < 1 << 20


def test_a_line_beyond_the_limit_is_refused_while_it_grows() -> None:
    pusher = Pusher(FrameReader(limits=Limits(line=10 << 10)))
    for _ in range(10):
        pusher.feed(b"x" * 1024)
        assert pusher.take() is None
    pusher.feed(b"x")
    with pytest.raises(LimitError, match="line limit"):
        pusher.take()


@pytest.mark.parametrize("step", [1, 1 << 20])
@pytest.mark.parametrize("size", [0, 1])
def test_literals_beyond_the_limit_are_refused_however_small_they_are(step: int, size: int) -> None:
    octets = b"* X" + b" {%d}\r\n%s" % (size, b"x" * size) * 10 + b"\r\n"
    pieces = [octets[i : i + step] for i in range(0, len(octets), step)]
    (frame,) = pushed(pieces, limits=Limits(literals=10))
    assert isinstance(frame, Frame)
    assert frame.literals == (b"x" * size,) * 10
    with pytest.raises(LimitError, match="literals limit is 9 and the server sent 10"):
        pushed(pieces, limits=Limits(literals=9))
    assert len(pushed(pieces, limits=Limits(literals=0))) == 1


@pytest.mark.parametrize("step", [1, 1 << 20])
def test_lines_behind_literals_count_as_memory(step: int) -> None:
    octets = b"* X" + (b" {1}\r\nx " + b"y" * 100) * 20 + b"\r\n"
    pieces = [octets[i : i + step] for i in range(0, len(octets), step)]
    assert len(pushed(pieces, limits=Limits(memory=3000))) == 1
    with pytest.raises(LimitError, match="memory limit is 1500"):
        pushed(pieces, limits=Limits(memory=1500))


def test_what_honest_servers_send_is_within_the_limit_of_literals() -> None:
    entries = b" ".join(b"/private/vendor/%d {5}\r\nvalue" % number for number in range(20_000))
    (frame,) = pushed([b'* METADATA "" (' + entries + b")\r\n"])
    assert isinstance(frame, Frame)
    assert len(frame.literals) == 20_000


def test_a_line_of_ten_megabytes_is_one_frame() -> None:
    line = b'* X "' + b"a" * (10 << 20) + b'"\r\n'
    (frame,) = pushed([line[i : i + 65536] for i in range(0, len(line), 65536)], limits=Limits(line=11 << 20))
    assert isinstance(frame, Frame)
    assert frame.length == len(line)


def test_a_line_left_open_is_joined_to_so_many_and_no_more() -> None:
    frames = pushed([b"* X (" + b"\r\n a" * 5000 + b"\r\n"])
    assert len(frames) > 2
    assert b"".join(frame.raw for frame in frames if isinstance(frame, Frame)) == b"* X (" + b"\r\n a" * 5000 + b"\r\n"


def test_large_literals_go_to_a_sink_piece_by_piece() -> None:
    stream = b"* 1 FETCH (BODY[1] {3}\r\nabc BODY[2] {100000}\r\n" + b"x" * 100000 + b" UID 4)\r\n"
    tracemalloc.start()
    frames = pushed((stream[i : i + 1000] for i in range(0, len(stream), 1000)), opener=opener(10, HashSink))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (frame,) = frames
    assert isinstance(frame, Frame)
    small, large = frame.literals
    assert small == b"abc"
    assert isinstance(large, Spilled)
    assert large.octets == 100000
    assert frame.length == len(stream)
    assert peak < 50000


def test_a_command_literal_is_announced_once_before_it_is_read() -> None:
    stream = b"a LOGIN {3}\r\nida {2+}\r\npw\r\nb NOOP\r\n"
    for pieces in ([stream], [stream[i : i + 1] for i in range(len(stream))]):
        found = pushed(pieces, COMMAND)
        requests = [item for item in found if isinstance(item, Octets)]
        assert requests == [Octets(3, True, False, True), Octets(2, False, False, True)]
        frames = [item.raw for item in found if isinstance(item, Frame)]
        assert frames == [b"a LOGIN {3}\r\nida {2+}\r\npw\r\n", b"b NOOP\r\n"]


def test_a_refused_command_is_dropped_and_the_next_is_read() -> None:
    pusher = Pusher(FrameReader(COMMAND))
    pusher.feed(b"a APPEND x {100}\r\n")
    assert pusher.take() == Octets(100, True, False, True)
    pusher.refuse()
    pusher.feed(b"b NOOP\r\n")
    frame = pusher.take()
    assert isinstance(frame, Frame)
    assert frame.raw == b"b NOOP\r\n"


def test_a_raw_line_is_a_frame_whatever_it_holds() -> None:
    reader = FrameReader(COMMAND)
    pusher = Pusher(reader)
    reader.raw_line = True
    pusher.feed(b"a {3}\r\nb NOOP\r\n")
    assert [item.raw for item in pusher if isinstance(item, Frame)] == [b"a {3}\r\n", b"b NOOP\r\n"]


def test_a_line_read_ahead_is_a_frame_of_its_own() -> None:
    pusher = Pusher(FrameReader())
    pusher.feed(b'* X "open\r\n')
    assert pusher.take() is None
    pusher.feed(b"* 2 EXISTS\r\n")
    assert [item.raw for item in pusher if isinstance(item, Frame)] == [b'* X "open\r\n', b"* 2 EXISTS\r\n"]


def test_what_no_frame_used_can_be_taken_out() -> None:
    pusher = Pusher(FrameReader())
    pusher.feed(b"a OK begin TLS now\r\n\x16\x03\x01 injected")
    assert isinstance(pusher.take(), Frame)
    assert pusher.rest() == b"\x16\x03\x01 injected"


@pytest.mark.parametrize("sink", [None, HashSink])
def test_what_is_all_of_a_literal_is_taken_at_once(sink: type[HashSink] | None) -> None:
    whole, size = b"* 1 FETCH (BODY[] {9}\r\n123456789)\r\n", 9
    pusher = Pusher(FrameReader(opener=opener(1, sink) if sink else None))
    taken = []
    for at in range(len(whole)):
        flows = pusher.feed(whole[at : at + 1])
        found = pusher.take()
        assert not (flows and found)
        taken += [at] * flows
        if isinstance(found, Frame):
            assert at == len(whole) - 1
            assert found.length == len(whole)
    begin = whole.index(b"1234")
    assert taken == [*range(begin + 1, begin + size - 1)]  # the first one begins it, the last one ends it


def test_limits_are_changed_by_name() -> None:
    assert Limits().change("line=5").line == 5
    for wrong in ("lines=5", "line", "line=x", f"line={'9' * 5000}"):
        with pytest.raises(ValueError, match="is not a limit"):
            Limits().change(wrong)


ONE_LITERAL = [
    b"* 1 FETCH (BODY[] {3}\r\nabc)\r\n",
    b"* 1 FETCH (BODY[] {0}\r\n)\r\n",
    b"* 1 FETCH (BODY[] ~{3}\r\nabc)\r\n",
    b"* 1 FETCH (BODY[] {3}\r\na\r\n UID 4)\r\n",
    b"* 1 FETCH (BODY[] {3}\r\nabc BODY[1] {2}\r\nxy)\r\n",
    b'* 1 FETCH (BODY[] {3}\r\nabc X "y)"\r\n',
    b"* 1 FETCH (BODY[] {3}\r\nabc\r\n",
    b"* 1 FETCH (BODY[] {3}\r\nabc)\n",
    b"* 1 FETCH (BODY[] {3}\r\nabc (\r\n ))\r\n",
    b"* 1 FETCH (BODY[] {3+}\r\nabc)\r\n",
    b'* 1 FETCH (X "{3}\r\n',
    b"* 1 FETCH (BODY[] {3}\r\nabc)))\r\n",
    b"* 1 FETCH (BODY[] {99999999999999999999}\r\n",
]


@pytest.mark.parametrize("stream", ONE_LITERAL)
def test_a_literal_that_has_come_whole_makes_the_same_frame(stream: bytes) -> None:
    stream += b"* 2 EXISTS\r\n"
    whole = described(pushed([stream]))
    assert described(pulled(stream)) == whole
    for cut in range(1, len(stream)):
        assert described(pushed([stream[:cut], stream[cut:]])) == whole


@pytest.mark.parametrize("cut", [None, 30])
@pytest.mark.parametrize("limits", [Limits(literal=9), Limits(memory=9), Limits(line=9)])
def test_a_literal_that_has_come_whole_trips_the_same_limit(limits: Limits, cut: int | None) -> None:
    stream = b"* 1 FETCH (BODY[] {10}\r\n0123456789)\r\n"
    with pytest.raises(LimitError):
        pushed([stream[:cut], stream[cut:]] if cut else [stream], limits=limits)


def test_a_literal_that_has_come_whole_is_told_once() -> None:
    told: list[bytes] = []
    stream = ONE_LITERAL[0] * 2
    pusher = Pusher(FrameReader(), told.append)
    pusher.feed(stream)
    assert len(list(pusher)) == 2
    assert told == [b"* 1 FETCH (BODY[] {3}\r\n", b"abc", b")\r\n"] * 2


def test_a_sink_gets_a_literal_that_has_come_whole() -> None:
    frames = pushed([ONE_LITERAL[0]], opener=opener(2, HashSink))
    assert [frame.parts[1] for frame in frames if isinstance(frame, Frame)] == [Spilled(3, frames[0].parts[1].sha256)]  # type: ignore[union-attr]
    assert [frame.parts[1] for frame in pushed([ONE_LITERAL[0]], opener=opener(3, HashSink))] == [b"abc"]  # type: ignore[union-attr]


def test_a_pusher_says_if_nothing_is_left_behind_a_frame() -> None:
    pusher = Pusher(FrameReader())
    pusher.feed(b"* 1 EXISTS\r\n* 1 FETCH (BODY[] {2}\r\nab)\r\n* 2")
    found = [pusher.drained for _ in pusher]
    pusher.feed(b" EXISTS\r\n")
    found += [pusher.drained for _ in pusher]
    assert found == [False, False, True]
    pusher.feed(b"* 1 FETCH (FLAGS (\r\n* 2 EXISTS\r\n")  # the second is read to see whether the first goes on
    assert [pusher.drained for _ in pusher] == [False, True]


@pytest.mark.parametrize(("kept", "together", "some"), [(None, True, False), (64, True, True), (64, False, False)])
def test_literals_come_together_if_their_opener_lets_them(kept: int | None, together: bool, some: bool) -> None:
    def opener(octets: int, line: bytes) -> None:
        return None

    if kept is not None:
        opener.kept, opener.together = kept, together  # type: ignore[attr-defined]
    assert (FrameReader(opener=opener).small > 0) is some
