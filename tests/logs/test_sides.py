"""Whose a line is, by the grammar alone."""

from __future__ import annotations

import pytest

from imapsh.logs.sides import NOBODY, Sides, is_client, is_server, sides_in
from imapsh.wire.pieces import CLIENT, SERVER


def taken(*lines: bytes) -> list[str]:
    """Return whose the lines are, of which none holds octets of two."""
    sides = Sides()
    return [side for line in lines for side, _ in sides.take(line)]


@pytest.mark.parametrize("line", [b"* 1 EXISTS\r\n", b"+ \r\n", b"+\r\n", b"a1 OK\r\n", b"a1 no [X] y\r\n", b"* OK"])
def test_a_line_of_a_server(line: bytes) -> None:
    assert is_server(line)
    assert not is_client(line)


@pytest.mark.parametrize("line", [b"a1 noop\r\n", b". UID FETCH 1 FLAGS\r\n", b"a COMPRESS DEFLATE\r\n", b"done\r\n"])
def test_a_line_of_a_client(line: bytes) -> None:
    assert is_client(line)
    assert not is_server(line)


@pytest.mark.parametrize("line", [b"", b"\r\n", b"Dear Sir\r\n", b"a1\r\n", b"a UID x\r\n", b"a1 OKAY\r\n", b"{3}\r\n"])
def test_a_line_of_neither(line: bytes) -> None:
    assert not is_client(line)
    assert not is_server(line)


def test_the_head_of_a_recording_has_the_sides_that_are_not_in_literals() -> None:
    assert sides_in([b"* 1 FETCH (BODY[] {9}\r\n", b"a1 noop\r\n", b")\r\n"]) == {SERVER}
    assert sides_in([b"a1 APPEND x {9}\r\n", b"* noop!\r\n", b"\r\n", b"a2 noop\r\n"]) == {CLIENT}


def test_a_line_of_nobody_changes_nothing() -> None:
    assert taken(b"a1 APPEND x {5}\r\n", b"+ go\r\n", b"abc\r\n", b"\r\n", b"--- {3}\r\n", b"a1 OK\r\n") == [
        CLIENT, SERVER, CLIENT, CLIENT, NOBODY, SERVER,
    ]  # fmt: skip


def test_a_literal_whose_plus_is_lost_is_the_clients() -> None:
    assert taken(b"a1 APPEND x {5}\r\n", b"abc\r\n", b"\r\n", b"a1 OK\r\n") == [CLIENT, CLIENT, CLIENT, SERVER]


def test_a_refused_literal_is_not_waited_for() -> None:
    assert taken(b"a1 APPEND x {5}\r\n", b"a1 NO\r\n", b"abc\r\n") == [CLIENT, SERVER, NOBODY]
