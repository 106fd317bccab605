"""COMPRESS in a session (RFC 4978): cut anywhere, in the clear for who looks, and no way to take memory or to crash."""

from __future__ import annotations

import re
import tracemalloc
import zlib

import pytest

from imapsh.errors import ConnectionLost, LimitError
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.wire.deflate import Deflate
from imapsh.wire.limits import DEFAULT, RATIO

from .player import Player, Trace

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n"
OPENED = b'* 3 EXISTS\r\n* 1 FETCH (BODY[] {7}\r\na\r\n\x00\xffb\n FLAGS ())\r\n* LIST () "/" "open\r\n  string"\r\n'
DONE = b"A1 OK DEFLATE active\r\n"


def compressed() -> tuple[Player, Deflate]:
    """A session right after its COMPRESS, which the server has not answered yet, and the server's coder."""
    played = Player().play("S: " + GREETING.decode().strip() + "\n>>> compress deflate\nC: A1 compress deflate")
    return played, Deflate()


def told(events: list[Event]) -> list[str]:
    kept = [event for event in events if isinstance(event, Received | Completed)]
    return [f"{event.response.frame.raw!r} {event.response!r}" for event in kept]


def conversation(step: int) -> list[str]:
    played, server = compressed()
    coded = DONE + server.deflate(OPENED[:20]) + server.deflate(OPENED[20:])
    for at in range(0, len(coded), step or len(coded)):
        played.session.receive(coded[at : at + (step or len(coded))])
        played.pump()
    assert played.session.capabilities == {"IMAP4REV1", "COMPRESS=DEFLATE"}
    assert played.session.received_octets == len(GREETING) + len(coded)
    return told(played.events)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 30])
def test_cut_anywhere_the_events_are_the_same(step: int) -> None:
    whole = conversation(0)
    assert len(whole) == 5
    assert conversation(step) == whole


def test_the_client_deflates_too_and_the_trace_is_in_the_clear() -> None:
    played, server = compressed()
    played.session.receive(DONE)
    played.pump()
    assert played.completed[-1].exchange.changes == ["compressed from here on"]
    before = played.session.sent_octets
    for tag in (b"A2", b"A3"):
        played.session.line("NOOP")
        played.pump()
        assert server.inflate(played.out) == tag + b" NOOP\r\n"  # each can be read at once
        before, played.out = before + len(played.out), b""
        assert played.session.sent_octets == before
        played.session.receive(server.deflate(tag + b" OK done\r\n"))
        played.pump()
    assert [done.response.tag for done in played.completed] == ["A1", "A2", "A3"]
    assert played.trace.from_client.endswith(b"A2 NOOP\r\nA3 NOOP\r\n")
    assert played.trace.from_server == GREETING + DONE + b"A2 OK done\r\nA3 OK done\r\n"


def test_nothing_is_sent_before_the_reply() -> None:
    played, server = compressed()
    played.session.line("NOOP")
    played.pump()
    assert played.out == b""
    played.session.receive(DONE)
    played.pump()
    assert server.inflate(played.out) == b"A2 NOOP\r\n"


@pytest.mark.parametrize("reply", [b"A1 NO [COMPRESSIONACTIVE] via TLS\r\n", b"A1 BAD what\r\n"])
def test_refused_all_stays_in_the_clear(reply: bytes) -> None:
    played, _ = compressed()
    played.session.receive(reply + b"* 3 EXISTS\r\n")
    played.session.line("NOOP")
    played.pump()
    assert played.out == b"A2 NOOP\r\n"
    assert played.last.response.name == "EXISTS"


def test_a_second_ok_changes_nothing() -> None:
    played, server = compressed()
    played.session.receive(DONE)
    played.pump()
    played.session.line("COMPRESS DEFLATE")
    played.pump()
    played.session.receive(server.deflate(b"A2 OK again\r\n* 3 EXISTS\r\n"))
    played.pump()
    assert played.last.response.name == "EXISTS"


def closed_by(*pieces: bytes) -> Closed:
    played, _ = compressed()
    for piece in pieces:
        played.session.receive(piece)
        played.pump()
    return played.closed


def test_what_is_no_deflate_closes() -> None:
    for pieces in ((DONE + b"* 3 EXISTS\r\n",), (DONE, b"* 3 EXISTS\r\n")):
        error = closed_by(*pieces).error
        assert type(error) is ConnectionLost
        assert "not DEFLATE" in str(error)


def test_octets_behind_the_end_of_the_stream_close() -> None:
    coder = zlib.compressobj(wbits=-15)
    coded = coder.compress(b"* 3 EXISTS\r\n") + coder.flush()
    error = closed_by(DONE + coded, b"* 4 EXISTS\r\n").error
    assert type(error) is ConnectionLost
    assert "after the end of its DEFLATE stream" in str(error)


@pytest.mark.parametrize("pieces", [[DONE, b""], [DONE + Deflate().deflate(b"* 3 EXISTS\r\n* 4 EX"), b""]])
def test_the_end_comes_behind_what_is_left(pieces: list[bytes]) -> None:
    played, _ = compressed()
    for piece in pieces:
        played.session.receive(piece)
    played.pump()
    assert type(played.closed.error) is ConnectionLost
    assert "without BYE" in str(played.closed.error)
    if len(pieces[0]) > len(DONE):
        assert [event.response.frame.raw for event in played.received[-2:]] == [b"* 3 EXISTS\r\n", b"* 4 EX"]


@pytest.mark.slow
def test_a_bomb_trips_the_limit_of_a_line_and_takes_no_memory() -> None:
    bomb = Deflate().deflate(b"\0" * (1 << 28))
    trace = Trace()
    session = Session(limits=DEFAULT.change("line=1000000"), trace=trace)
    session.receive(GREETING)
    session.line("COMPRESS DEFLATE")
    assert list(session.events())
    tracemalloc.start()
    session.receive(DONE + bomb)
    events = list(session.events())
    assert tracemalloc.get_traced_memory()[1] < 1 << 23
    tracemalloc.stop()
    assert isinstance(events[-1], Closed)
    assert isinstance(events[-1].error, LimitError)


@pytest.mark.slow
def test_a_bomb_of_responses_comes_one_by_one() -> None:
    bomb = Deflate().deflate(b"* 1 EXISTS\r\n" * 500_000)
    session = Session()
    session.receive(GREETING)
    session.line("COMPRESS DEFLATE")
    assert list(session.events())
    tracemalloc.start()
    session.receive(DONE + bomb)
    seen = 0
    for _ in zip(range(20_000), session.events(), strict=False):
        seen += 1
    assert tracemalloc.get_traced_memory()[1] < 1 << 23
    tracemalloc.stop()
    assert seen == 20_000


@pytest.mark.parametrize("line", [b"* 1 EXISTS\r\n", b"* X\r\n", b"+\r\n", b"\r\n", b"* 1 FETCH (FLAGS ())\r\n"])
def test_e1_what_is_inflated_beyond_all_measure_ends_the_connection(line: bytes) -> None:
    coder = zlib.compressobj(9, wbits=-15)
    bomb = coder.compress(line * ((1 << 20) // len(line))) + coder.flush(zlib.Z_SYNC_FLUSH)
    session = Session(limits=DEFAULT.change("inflated=30000"))
    session.receive(GREETING)
    session.line("COMPRESS DEFLATE")
    assert list(session.events())
    session.receive(DONE + bomb)
    *seen, end = session.events()
    assert isinstance(end, Closed)
    assert isinstance(end.error, LimitError)
    assert (end.error.limit, end.error.allowed) == ("inflated", 30000)
    assert 30000 // len(line) <= len(seen) < (1 << 18) // len(line)
    assert (found := re.search(r"in (\d+) octets under COMPRESS, which is (\d+) times as much", str(end.error)))
    assert end.error.seen // int(found[1]) == int(found[2]) > RATIO


def test_e1_octets_of_literals_count_less_and_honest_data_does_not_count() -> None:
    limits = DEFAULT.change("inflated=200000")
    zeros = b"* 1 FETCH (BODY[] {1500000}\r\n" + bytes(1_500_000) + b")\r\n"
    flags = b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % number for number in range(1, 20_000))
    for data in (zeros, flags):
        session = Session(limits=limits)
        session.receive(GREETING)
        session.line("COMPRESS DEFLATE")
        assert list(session.events())
        session.receive(DONE + Deflate().deflate(data))
        events = [event for event in session.events() if isinstance(event, Received)]
        assert not session.closed
        assert len(events) == data.count(b"* ")


LEFT = "A2 UNAUTHENTICATE\r\n"


@pytest.mark.parametrize("step", range(24))
def test_unauthenticate_ends_it_in_both_directions(step: int) -> None:
    """RFC 8437 section 4.1: the client's end behind the command, the server's behind its OK."""
    played, server = compressed()
    played.session.receive(DONE)
    played.session.line("UNAUTHENTICATE")
    played.pump()
    assert server.inflate(played.out) == LEFT.encode()
    played.out = b""
    coded = server.deflate(b"A2 OK see you\r\n")
    for at in range(0, len(coded), step or len(coded)):
        played.session.receive(coded[at : at + (step or len(coded))])
        played.pump()
    assert played.completed[-1].exchange.changes[-1] == "not compressed from here on"
    played.session.line("CAPABILITY")
    played.pump()
    assert played.out == b"A3 CAPABILITY\r\n"
    played.session.receive(b"* CAPABILITY IMAP4rev1\r\nA3 OK done\r\n")
    played.pump()
    assert played.completed[-1].response.tag == "A3"
    assert played.findings == []
    assert [event.response.kind for event in played.received] == ["status", "untagged"]


def test_what_stands_behind_the_end_of_the_stream_is_in_the_clear() -> None:
    played, _ = compressed()
    coder = zlib.compressobj(wbits=-15)
    played.session.receive(DONE)
    played.session.line("UNAUTHENTICATE")
    played.pump()
    coded = coder.compress(b"A2 OK see you\r\n") + coder.flush()
    played.session.receive(coded + b"* OK next\r\n")
    played.pump()
    assert played.last.response.value.text == "next"


@pytest.mark.parametrize("last", [b"", zlib.compressobj(wbits=-15).flush(), b"\0\0\0\xff\xff\3\0", b"\1\0\0\xff\xff"])
@pytest.mark.parametrize("behind", [b"* OK next\r\n", b"* BYE\r\n", b"\0\0\r\n", b"\1 odd\r\n"])
def test_of_the_stream_that_ends_only_the_rest_is_passed_over(last: bytes, behind: bytes) -> None:
    played, server = compressed()
    played.session.receive(DONE)
    played.session.line("UNAUTHENTICATE")
    played.pump()
    for octet in server.deflate(b"A2 OK see you\r\n") + last + behind:
        played.session.receive(bytes([octet]))
        played.pump()
    assert played.last.response.frame.raw == behind
    assert [event.response.frame.raw for event in played.received] == [GREETING, behind]


@pytest.mark.parametrize("length", range(1, 40))
def test_the_end_of_a_stream_of_any_alignment_is_passed_over(length: int) -> None:
    played, _ = compressed()
    played.session.receive(DONE)
    played.session.line("UNAUTHENTICATE")
    played.pump()
    coder = zlib.compressobj(wbits=-15)
    coded = coder.compress(b"A2 OK " + bytes(range(60, 60 + length)) + b"\r\n") + coder.flush()
    for octet in coded + b"* OK next\r\n":
        played.session.receive(bytes([octet]))
        played.pump()
    assert [event.response.frame.raw for event in played.received] == [GREETING, b"* OK next\r\n"]
