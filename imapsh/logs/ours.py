"""Reads the trace that imapsh itself writes (`imapsh.wire.trace`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, Piece
from imapsh.wire.trace import TraceReader

if TYPE_CHECKING:
    from imapsh.logs.source import Log


_LOGIN = lazy(rb"(?i)\S+ LOGIN ")
_ANNOUNCED = rb"\{(\d{1,5})\+?\}\r\n"
_MASKED = lazy(_ANNOUNCED + rb"\*{8}(?![*])")
_ENDS = lazy(_ANNOUNCED + rb"\Z")
_MASK = b"*" * 8


def read_trace(log: Log) -> Iterator[Piece]:
    """Yield a piece for each record.  Raises ParseError if the trace is damaged."""
    trace = TraceReader(octets for _, octets in log.pieces())
    logins = _Logins()
    began = trace.header.date or 0.0
    for record in trace:
        octets = logins.filled(record.octets) if record.direction == CLIENT else record.octets
        time = None if record.time is None else began + record.time
        yield Piece(record.direction, octets, record.offset, time, record.connection, record.exactness)


class _Logins:
    """Gives the literals of a LOGIN their length again, for which version 1 has eight stars, whatever it was."""

    def __init__(self) -> None:
        self._due = 0  # octets of the literal that it announced at its end

    def filled(self, octets: bytes) -> bytes:
        """Return the octets of a record with as many stars as were announced."""
        if self._due and octets.startswith(_MASK):
            octets = b"*" * self._due + octets[len(_MASK) :]
        elif not (self._due or _LOGIN.match(octets)):
            return octets
        octets = _MASKED.sub(lambda found: found[0][: -len(_MASK)] + b"*" * int(found[1]), octets)
        ends = _ENDS.search(octets)
        self._due = int(ends[1]) if ends is not None else 0
        return octets
