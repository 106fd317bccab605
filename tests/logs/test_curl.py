"""The output of curl: `-v`, `--trace-ascii` and `--trace`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, LINES, NOTE, SERVER, Piece

from .reading import faults, read, side

FOUND = b"* Found 9 bytes to download\n"
LOST = FOUND + b"* Written 9 bytes, 0 bytes are left for transfer\n"
ANNOUNCED = b"< * 1 FETCH (BODY[] {9}\r\n"


def test_a_line_is_as_it_was() -> None:
    octets = b"15:42:17.446693 > A001 NOOP\r\n15:42:18.000000 < A001 OK done\n"
    assert read(octets) == [
        Piece(CLIENT, b"A001 NOOP\r\n", 18, 56537.446693, "", EXACT),
        Piece(SERVER, b"A001 OK done\r\n", 47, 56538.0, "", LINES),
    ]


def test_a_message_that_went_elsewhere_is_left_out() -> None:
    pieces = read(b"> A001 NOOP\r\n" + ANNOUNCED + LOST + b"< )\r\n")
    assert [(one.octets, one.exactness) for one in pieces[1:]] == [
        (b"* 1 FETCH (BODY[] {9}\r\n", ELIDED),
        (b")\r\n", EXACT),
    ]


def test_a_literal_that_is_there_is_read() -> None:
    pieces = read(ANNOUNCED + b"< Hello, a\r\n< )\r\n")
    assert [one.exactness for one in pieces] == [EXACT] * 3


def test_a_message_is_left_out_in_a_log_of_which_only_the_lines_were_kept() -> None:
    pieces = read(b"> A001 FETCH 1 BODY[]\r\n" + ANNOUNCED + b"< )\r\n< A001 OK done\r\n")
    assert pieces[1].exactness == ELIDED
    assert faults(pieces) == []


def test_a_message_between_the_lines_is_nobody_s() -> None:
    body = b"> A001 quoted\r\n* 5 EXISTS\r\n"
    octets = ANNOUNCED + FOUND + body + b"* Written 9 bytes\n< )\r\n* Connection #0 to host x left intact\n" + body
    pieces = [one for one in read(octets) if one.direction != NOTE]
    assert [one.octets for one in pieces] == [b"* 1 FETCH (BODY[] {9}\r\n", b")\r\n"]


def test_an_upload_is_left_out() -> None:
    pieces = read(b"> A004 APPEND Drafts {63}\r\n< + OK\r\n} [63 bytes data]\n> \r\n< A004 OK done\r\n")
    assert [one.exactness for one in pieces] == [ELIDED, EXACT, EXACT, EXACT]
    assert faults(pieces) == []


def test_connections_have_the_numbers_that_curl_gives_them() -> None:
    octets = (
        b"* Connected to a (10.0.0.1) port 143 (#0)\n> A001 NOOP\r\n* Connection #0 to host a left intact\n"
        b"* Connected to b (10.0.0.2) port 143 (#1)\n> A002 NOOP\r\n* Closing connection 1\n"
        b"* Re-using existing connection #0 with host a\n> A003 NOOP\r\n"
    )
    found = [(one.octets, one.connection) for one in read(octets) if one.direction == CLIENT]
    assert found == [(b"A001 NOOP\r\n", "#0"), (b"A002 NOOP\r\n", "#1"), (b"A003 NOOP\r\n", "#0")]


def test_later_versions_show_the_connection_before_each_line() -> None:
    pieces = read(b"[0-2] > A001 NOOP\r\n[0-1] < * 1 EXISTS\r\n[0-x] < * 2 EXISTS\r\n", "curl")
    assert [one.connection for one in pieces] == ["#2", "#1", "#1"]


def test_a_progress_meter_may_stand_before_a_line() -> None:
    meter = b"\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
    assert side(read(b"> A001 NOOP\r\n" + meter + b"< A001 OK done\r\n"), SERVER) == b"A001 OK done\r\n"


def _dumped(octets: bytes, *, ascii_only: bool, head: bytes = b"<= Recv header") -> bytes:
    """Write octets as curl's tool_cb_dbg.c does."""
    rows, at, width = [b"%b, %d bytes (0x%x)\n" % (head, len(octets), len(octets))], 0, 64 if ascii_only else 16
    while at < len(octets):
        row = octets[at : at + width]
        end = octets.find(b"\r\n", at, at + width + 2) if ascii_only else -1
        if end >= 0:
            row = octets[at:end]
        shown = bytes(one if 32 <= one < 127 else 46 for one in row)
        rows.append(b"%04x: %b%b\n" % (at, b"" if ascii_only else (row.hex(" ") + " ").ljust(48).encode(), shown))
        at += len(row) + 2 * (end >= 0)
    return b"".join(rows)


@given(
    st.lists(st.sampled_from([b"\r\n", b"\n", b"\r", b"a", b"\xe4", b"x" * 31, b"b" * 62]), min_size=1).map(b"".join)
)
def test_a_trace_gives_the_octets_back(octets: bytes) -> None:
    assert side(read(_dumped(octets, ascii_only=False), "curl-trace"), SERVER) == octets
    kept = octets.replace(b"\r\n", b"\0").translate(
        bytes(one if 32 <= one < 127 or one == 0 else 46 for one in range(256))
    )
    assert side(read(_dumped(octets, ascii_only=True), "curl-trace-ascii"), SERVER) == kept.replace(b"\0", b"\r\n")


@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_trace_has_messages_but_for_what_came_with_the_line_before(ascii_only: bool) -> None:
    name = "curl-trace-ascii" if ascii_only else "curl-trace"
    line = _dumped(b"* 1 FETCH (FLAGS (" + b"x" * 38 + b") BODY[] {9}\r\n", ascii_only=ascii_only)  # {9} is on two rows
    data = _dumped(b"Hello\r\n\r\n", ascii_only=ascii_only, head=b"<= Recv data")
    end = _dumped(b")\r\n", ascii_only=ascii_only)
    found, lost = FOUND.replace(b"*", b"== Info:"), LOST.replace(b"*", b"== Info:")
    there, left_out = read(line + found + data + end, name), read(line + lost + data + end, name)
    assert b"{9}\r\nHello\r\n\r\n)\r\n" in side(there, SERVER)
    assert ELIDED not in {one.exactness for one in there}
    assert b"{9}\r\n)\r\n" in side(left_out, SERVER)
    assert [one.exactness for one in left_out].index(ELIDED) == len(left_out) - 2


def test_tls_in_a_trace_is_nobody_s() -> None:
    tls = _dumped(b"\x16\x03", ascii_only=False, head=b"=> Send SSL data")
    assert side(read(tls + _dumped(b"* OK\r\n", ascii_only=False), "curl-trace"), CLIENT) == b""


def test_a_row_that_an_editor_shortened_is_read() -> None:
    assert side(read(b"<= Recv header, 2 bytes (0x2)\n0000:\n", "curl-trace-ascii"), SERVER) == b"\r\n"
