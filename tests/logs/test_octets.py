"""Octets that nothing was added to."""

from __future__ import annotations

from imapsh.wire.pieces import SERVER

from .reading import read, side


def test_the_octets_of_a_server_come_as_they_are() -> None:
    octets = b"* OK ready\r\n* 1 FETCH (BODY[] {3}\r\na\nb)\r\nA1 OK done\r\n"
    assert side(read(octets), SERVER) == octets
