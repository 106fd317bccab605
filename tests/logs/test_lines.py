"""Lines of which a log lost something."""

from __future__ import annotations

import pytest

from imapsh.logs.lines import Body, exactness, restored
from imapsh.wire.pieces import ELIDED, LINES


@pytest.mark.parametrize("line", [b"* OK", b"* OK\n", b"* OK\r\n", b"* OK\r"])
def test_a_line_gets_one_crlf(line: bytes) -> None:
    assert restored(line) == b"* OK\r\n"


def test_a_line_that_announces_a_literal_is_elided() -> None:
    assert exactness(b"* 1 FETCH (BODY[] {26}\r\n") == ELIDED
    assert exactness(b"* 1 FETCH (BODY[] NIL)\r\n") == LINES


@pytest.mark.parametrize(
    ("line", "octets", "rest", "left"),
    [
        (b"ab\n", b"ab\r\n", b"", 1),
        (b"abc\n", b"abc\r\n", b"", 0),
        (b"abcd\n", b"abcd\n", b"", 0),
        (b"abcdef\n", b"abcde", b"f\n", 0),
        (b"abc\r\n", b"abc\r\n", b"", 0),
    ],
)
def test_a_body_whose_cr_is_lost_has_the_length_announced(line: bytes, octets: bytes, rest: bytes, left: int) -> None:
    body = Body(5, kept=False)
    assert body.take(line) == (octets, rest)
    assert body.left == left


def test_a_body_whose_line_ends_are_kept_is_as_it_is() -> None:
    assert Body(9, kept=True).take(b"ab\n") == (b"ab\n", b"")
