"""The trace file: what is written is read back, octet by octet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.errors import ParseError
from imapsh.wire import trace as trace_file
from imapsh.wire.trace import LONGEST, Header, Record, Trace, TraceReader, is_trace, read_trace


def clock() -> Callable[[], float]:
    times = iter(range(1000, 100000))
    return lambda: float(next(times))


def written(records: list[tuple[str, bytes]]) -> bytes:
    pieces: list[bytes] = []
    trace = Trace(pieces.append, clock())
    for direction, octets in records:
        if direction == "#":
            trace.note(octets.decode("utf-8"))
        else:
            (trace.received if direction == "S" else trace.sent)(octets)
    return b"".join(pieces)


def test_is_readable_as_text() -> None:
    octets = written([("#", b"connected"), ("S", b"* OK hi\r\n"), ("C", b"a NOOP\r\n")])
    assert octets.decode() == (
        'imapsh-trace 2\n{"masked": "passwords and tokens"}\n# +1.000000 9\nconnected\n'
        "S +2.000000 9\n* OK hi\r\n\nC +3.000000 8\na NOOP\r\n\n"
    )
    assert is_trace(octets)
    assert not is_trace(b"* OK imapsh-trace 1\n")


@given(st.lists(st.tuples(st.sampled_from("SC"), st.binary(max_size=40)), max_size=6), st.integers(1, 30))
def test_what_is_written_is_read_back(records: list[tuple[str, bytes]], size: int) -> None:
    octets = written(records)
    found = list(read_trace(octets))
    assert [(record.direction, record.octets) for record in found] == records
    assert [record.time for record in found] == [float(1 + index) for index in range(len(records))]
    assert all(octets[r.offset : r.offset + len(r.octets)] == r.octets for r in found)
    assert list(read_trace(octets[i : i + size] for i in range(0, len(octets), size))) == found


def test_a_trace_cut_short_gives_what_there_is() -> None:
    octets = written([("S", b"* OK hello\r\n"), ("C", b"a NOOP\r\n")])
    for end in range(octets.index(b"}\n") + 2, len(octets)):
        found = list(read_trace(octets[:end]))
        assert all(isinstance(record, Record) for record in found)
        assert b"* OK hello\r\na NOOP\r\n".startswith(b"".join(record.octets for record in found))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"* OK\r\n",
        b"imapsh-trace 3\n{}\n",
        b"imapsh-trace 2\n",
        b"imapsh-trace 2\n[]\n",
        b"imapsh-trace 1\nX +1.0 2\nab\n",
        b"imapsh-trace 1\nS +1.0 1\nab\n",
    ],
)
def test_what_is_no_trace_is_refused(octets: bytes) -> None:
    with pytest.raises(ParseError, match="trace"):
        list(read_trace(octets))


def test_e7_a_record_that_is_announced_too_long_is_refused_before_it_is_read() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"imapsh-trace 1\nS +1.0 %d\n" % (LONGEST + 1)
        raise AssertionError("its octets are asked for")

    with pytest.raises(
        ParseError, match=r"damaged at octet 15: a record has at most 67,108,864 octets, not 67,108,865"
    ):
        list(read_trace(pieces()))


def test_e7_what_is_longer_is_written_as_several_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_file, "LONGEST", 4)
    written: list[bytes] = []
    Trace(written.append, lambda: 0.0).sent(b"a NOOP\r\n")
    assert [record.octets for record in read_trace(b"".join(written))][-2:] == [b"a NO", b"OP\r\n"]


HEADER = Header("imapsh 9", 1795880514.5, "imap.example.org:993", "implicit", "passwords")


def test_the_header_is_read_back_and_a_later_one_may_have_more() -> None:
    pieces: list[bytes] = []
    Trace(pieces.append, lambda: 0.0, HEADER)
    assert TraceReader(b"".join(pieces)).header == HEADER
    assert TraceReader(b'imapsh-trace 2\n{"server": "x", "color": [1]}\n').header == Header(server="x", masked="")
    assert TraceReader(b"imapsh-trace 1\n").header == Header(masked="")


def test_a_record_names_its_connection_and_how_exact_it_is() -> None:
    pieces: list[bytes] = []
    trace = Trace(pieces.append, lambda: 0.0)
    trace.record("S", b"* OK\r\n", "2", time=7.5)
    trace.record("S", b"* 1 FETCH (BODY[] {9}\r\n", exactness="elided")
    assert [one[1:2] + one[3:] for one in read_trace(b"".join(pieces))] == [
        (7.5, b"* OK\r\n", "2", "exact"),
        (0.0, b"* 1 FETCH (BODY[] {9}\r\n", "", "elided"),
    ]
