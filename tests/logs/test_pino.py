"""The JSON lines of imapflow: pictures of lines, or with `logRaw` the octets."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, NOTE, RENDERED, SERVER, Piece

from .reading import faults, read, side


def record(source: str, words: str, **more: object) -> bytes:
    fields = {"level": 20, "time": 1795880514104, "pid": 7, "src": source, "msg": words, "cid": "abc", **more}
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


GREETING = record("s", "* OK ready")


def raw(source: str, octets: bytes, **more: object) -> bytes:
    words = "write to socket" if source == "c" else "read from socket"
    return record(source, words, data=b64encode(octets).decode(), compress=False, secure=True, **more)


def test_a_line_is_a_picture_with_its_time_and_connection() -> None:
    assert read(GREETING + record("c", "1 NOOP", time=1795880515000, cid="x")) == [
        Piece(SERVER, b"* OK ready\r\n", 0, 1795880514.104, "abc", RENDERED),
        Piece(CLIENT, b"1 NOOP\r\n", len(GREETING), 1795880515.0, "x", RENDERED),
    ]


def test_the_octets_of_a_literal_are_not_in_the_log() -> None:
    line = '* 1 FETCH (UID 1 BODY[1] "(* 61B literal *)" BODY[2] (* 6B literal *) FLAGS ())'
    assert [(one.octets, one.exactness) for one in read(record("s", line))] == [
        (b"* 1 FETCH (UID 1 BODY[1] {61}\r\n", ELIDED),
        (b" BODY[2] {6}\r\n", ELIDED),
        (b" FLAGS ())\r\n", RENDERED),
    ]


def test_what_is_sent_behind_a_continuation_is_known_already() -> None:
    log = (
        GREETING
        + record("c", '1 APPEND INBOX "(* 9B literal *)"')
        + record("s", "+ go")
        + record("c", "(* 9B continuation *)")
        + record("s", "1 OK done")
    )
    assert side(read(log), CLIENT, "abc") == b"1 APPEND INBOX {9}\r\n\r\n"
    assert faults(read(log)) == []


def test_with_the_octets_the_pictures_are_passed_over() -> None:
    log = raw("s", b"* OK rea") + raw("s", b"dy\r\n") + GREETING + record("c", "1 NOOP") + raw("c", b"1 NOOP\r\n")
    pieces = read(log)
    assert side(pieces, SERVER, "abc") == b"* OK ready\r\n"
    assert side(pieces, CLIENT, "abc") == b"1 NOOP\r\n"
    assert {one.exactness for one in pieces} == {EXACT}


def test_octets_that_were_hidden_are_a_picture() -> None:
    (piece,) = read(raw("c", b"(* value hidden *)\r\n", hidden=True))
    assert piece.exactness == RENDERED


def test_other_events_of_the_connection_are_notes() -> None:
    log = GREETING + record("connection", "Established secure TCP connection") + record("x", "nothing")
    assert [one.octets for one in read(log) if one.direction == NOTE] == [b"Established secure TCP connection"]


def test_a_time_may_be_a_date_and_a_line_may_have_something_before_it() -> None:
    (piece,) = read(b"worker | " + record("s", "* OK x", time="2026-11-26T10:00:00.500Z"))
    assert piece.time == 1795687200.5
    assert read(record("s", "* OK x", time=None))[0].time is None


@pytest.mark.parametrize("name", ["pino", "pino-raw"])
@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000 + b"\n",
        b'{"a":' * 100_000 + b"\n",
        b'{"src":"s","msg":"read from socket","data":"A"}\n',
        b'{"src":"s","msg":5}\n',
        b'{"src":["s"],"msg":"x"}\n',
        b'{"time":%s,"src":"x","msg":"x"}\n' % (b"9" * 5000),
        b"\xff{\n",
    ],
)
def test_a_line_of_something_else_is_passed_over(line: bytes, name: str) -> None:
    assert read(line, name) == []


def test_ends_of_lines_in_a_picture_do_not_end_it() -> None:
    assert side(read(record("s", "* OK a\r\nb")), SERVER, "abc") == b"* OK a b\r\n"
    assert read(record("s", "* OK \ud800", time=1e300)[:-1], "pino")[0].octets == b"* OK ?\r\n"


PRETTY = b"""\
[%s] DEBUG (4711): * OK ready
    src: "s"
    cid: "abc"
[%s] INFO (4711): something else
    err: {
      "type": "Error"
    }
[%s] DEBUG: 1 LOGIN "a" "(* value hidden *)"
    src: "c"
    cid: "abc"
"""


@pytest.mark.parametrize(
    ("time", "seconds"), [(b"10:00:00.104", 36000.104), (b"2026-11-26 10:00:00.104 +0000", 1795687200.104)]
)
def test_what_pino_pretty_wrote_is_the_same(time: bytes, seconds: float) -> None:
    octets = PRETTY % (time, time, time)
    pieces = read(octets)
    assert [(one.direction, one.octets[:8], one.connection) for one in pieces] == [
        (SERVER, b"* OK rea", "abc"),
        (CLIENT, b"1 LOGIN ", "abc"),
    ]
    assert [one.time for one in pieces] == [pytest.approx(seconds)] * 2
    assert [octets[one.offset : one.offset + 1] for one in pieces] == [b"["] * 2


def test_octets_that_pino_pretty_wrote_are_exact() -> None:
    octets = b'[10:00:00.104] TRACE (1): read from socket\n    src: "s"\n    data: "KiBPSyB4DQo="\n    cid: "abc"\n'
    assert [(one.direction, one.octets, one.exactness) for one in read(octets)] == [(SERVER, b"* OK x\r\n", EXACT)]
