"""Reads the trace that imapsh itself writes (`imapsh.wire.trace`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.wire.pieces import Piece
from imapsh.wire.trace import read_trace as read_records

if TYPE_CHECKING:
    from imapsh.logs.source import Log


def read_trace(log: Log) -> Iterator[Piece]:
    """Yield a piece for each record.  Raises ParseError if the trace is damaged."""
    for record in read_records(octets for _, octets in log.pieces()):
        yield Piece(record.direction, record.octets, record.offset, record.time)
