"""The announcements of literals, and what of a side's octets is in them."""

from __future__ import annotations

import pytest

from imapsh.logs.literals import Announced, Literals, announced


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"a1 LOGIN {4}\r\n", Announced(4, True)),
        (b"a1 LOGIN {4+}\n", Announced(4, False)),
        (b"* 1 FETCH (BINARY[] ~{10}\r\n", Announced(10, True)),
        (b"a1 NOOP\r\n", None),
        (b"{4}", None),
        (b"{x}\r\n", None),
        (b"{" + b"9" * 30 + b"}\r\n", None),
    ],
)
def test_a_line_announces_at_its_end(line: bytes, expected: Announced | None) -> None:
    assert announced(line) == expected


def test_what_is_in_a_literal_or_behind_one_begins_no_line() -> None:
    literals = Literals()
    states = []
    for line in (b"* 1 FETCH (BODY[1] {5}\r\n", b"a\r\n", b"bc BODY[2] {0}\r\n", b")\r\n", b"* OK {3}\r\n", b"* 2 EX"):
        literals.take(line)
        states.append((literals.left, literals.midway))
    assert states == [(5, True), (2, True), (0, True), (0, False), (0, False), (0, True)]
