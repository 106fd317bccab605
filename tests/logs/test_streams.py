"""Segments of TCP are put in order, and the first line of IMAP tells who the server is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.logs import streams
from imapsh.logs.streams import Dialogue, Flow, Run, Segment
from imapsh.wire.pieces import CLIENT, NOTE, SERVER

TEXT = bytes(range(100))


def segment(begin: int, end: int, *, first: int = 0, captured: int | None = None) -> Segment:
    """Octets of TEXT, when the number of the first octet is `first`."""
    octets = TEXT[begin : end if captured is None else begin + captured]
    return Segment(0.0, "a", False, (first + begin) % 2**32, 0, end - begin, octets)


def opened(first: int = 0) -> Flow:
    flow = Flow()
    assert list(flow.take(Segment(0.0, "a", True, (first - 1) % 2**32, 0, 0, b""))) == []
    return flow


def octets(runs: list[Run]) -> bytes:
    assert not any(run.lost for run in runs)
    return b"".join(run.octets for run in runs)


@given(
    cuts=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=20),
    first=st.sampled_from([0, 2**32 - 50]),
)
def test_segments_in_any_order_and_more_than_once_give_the_octets_once(cuts: list[tuple[int, int]], first: int) -> None:
    flow = opened(first)
    runs = [run for begin, end in cuts if begin < end for run in flow.take(segment(begin, end, first=first))]
    runs += [run for begin in range(90, -1, -10) for run in flow.take(segment(begin, begin + 10, first=first))]
    assert octets(runs) == TEXT
    assert not flow.waits


def test_what_the_other_side_has_got_is_not_waited_for() -> None:
    flow = opened()
    assert list(flow.take(segment(20, 30))) == []
    assert list(flow.acknowledged(10)) == []
    (run,) = flow.acknowledged(30)
    assert (run.octets, run.lost) == (TEXT[20:30], 20)


def test_at_the_end_all_comes_with_what_is_lost() -> None:
    flow = opened()
    assert [*flow.take(segment(20, 30)), *flow.take(segment(50, 60))] == []
    assert [(run.octets, run.lost) for run in flow.end()] == [(TEXT[20:30], 20), (TEXT[50:60], 20)]


def test_what_is_held_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HELD", 25)
    flow = opened()
    assert [*flow.take(segment(20, 30)), *flow.take(segment(30, 40))] == []
    assert [run.lost for run in flow.take(segment(50, 60))] == [20, 0]


def test_many_small_segments_are_not_held_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SEGMENTS", 2)
    flow = opened()
    assert [*flow.take(segment(20, 21)), *flow.take(segment(22, 23))] == []
    assert [run.lost for run in flow.take(segment(24, 25))] == [20]


def test_a_packet_that_was_cut_lacks_its_end() -> None:
    flow = opened()
    assert [(run.octets, run.lost) for run in flow.take(segment(0, 30, captured=10))] == [(TEXT[:10], 0), (b"", 20)]


def test_the_greeting_tells_a_connection_that_was_seen_from_its_opening() -> None:
    dialogue = Dialogue("7", client="c")
    assert list(dialogue.take("c", b"a1 NOOP\r\n")) == []
    pieces = [*dialogue.take("s", b"* OK ready\r\n"), *dialogue.note("x", None)]
    assert [(one.direction, one.connection) for one in pieces] == [(CLIENT, "7"), (SERVER, "7"), (NOTE, "7")]


@pytest.mark.parametrize("greeting", [b"220 ESMTP\r\n", b"+OK\r\n", b"SSH-2.0\r\n", b"\x16\x03\x01"])
def test_other_greetings_are_refused(greeting: bytes) -> None:
    dialogue = Dialogue("", client="c")
    assert [*dialogue.take("s", greeting), *dialogue.take("s", b"* OK\r\n"), *dialogue.note("x", None)] == []
    assert dialogue.refused


@pytest.mark.parametrize("line", [b"* 5 EXISTS\r\n", b"a1 OK done\r\n", b"* SEARCH\r\n"])
def test_without_the_opening_a_line_of_a_server_tells_it(line: bytes) -> None:
    pieces = [one for node, sent in (("x", b"abc"), ("y", line)) for one in Dialogue("").take(node, sent)]
    assert [one.direction for one in pieces] == [SERVER]


def test_without_the_opening_a_line_of_a_client_tells_it() -> None:
    dialogue = Dialogue("")
    pieces = [*dialogue.take("x", b"abc"), *dialogue.take("y", b"a1 UID FETCH 1 UID\r\n")]
    assert [one.direction for one in pieces] == [SERVER, CLIENT]


def test_what_never_tells_it_is_given_up() -> None:
    dialogue = Dialogue("")
    for _ in range(60):
        assert list(dialogue.take("x", b"nothing\r\n")) == []
    assert dialogue.refused
