"""Lines of which a log lost something."""

from __future__ import annotations

import pytest

from imapsh.logs.lines import exactness, restored
from imapsh.wire.pieces import ELIDED, LINES


@pytest.mark.parametrize("line", [b"* OK", b"* OK\n", b"* OK\r\n", b"* OK\r"])
def test_a_line_gets_one_crlf(line: bytes) -> None:
    assert restored(line) == b"* OK\r\n"


def test_a_line_that_announces_a_literal_is_elided() -> None:
    assert exactness(b"* 1 FETCH (BODY[] {26}\r\n") == ELIDED
    assert exactness(b"* 1 FETCH (BODY[] NIL)\r\n") == LINES
