"""Reads recorded octets that nothing was added to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.wire.pieces import SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log


def read_octets(log: Log) -> Iterator[Piece]:
    """Yield the octets as those of a server."""
    for offset, octets in log.pieces():
        yield Piece(SERVER, octets, offset)
