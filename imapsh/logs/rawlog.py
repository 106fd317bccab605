"""Reads Dovecot's rawlog: the time stands before each line, also of literals, and nothing is lost.

A log in two files has one for each direction, `.in` for what the client sent.  A log in one file has `I: ` or `O: `
behind the time, seen from the server, or `I> ` and `O> ` for a piece without a line end.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING

from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_STAMP = lazy(rb"(\d{9,11}\.\d{6}) (?:([IO])([:>]) )?")
_SERVERS = lazy(rb"\d+\.\d+ (?:\* |\+ |\S+ (?:OK|NO|BAD) )")


def read_rawlog(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line; those of two files come in the order of their times."""
    if log.sister is None:
        yield from _lines(log)
        return
    both = sorted((log, log.sister), key=_direction)  # of two at the same time the client's is first
    yield from merge(*map(_lines, both), key=lambda piece: piece.time or 0.0)


def _lines(log: Log) -> Iterator[Piece]:
    direction, time = _direction(log), None
    for offset, line in log.lines():
        found = _STAMP.match(line)
        if found is None:
            yield Piece(direction, line, offset, time)
            continue
        time = float(found[1])
        if found[2] is not None:
            direction = CLIENT if found[2] == b"I" else SERVER
        octets = line[found.end() :]
        if found[3] == b">":
            octets = octets.removesuffix(b"\n")
        yield Piece(direction, octets, offset + found.end(), time)


def _direction(log: Log) -> str:
    """Return whose lines a file of a log in two files holds: by its name, or by the first of its lines."""
    if log.path.endswith((".in", ".out")):
        return CLIENT if log.path.endswith(".in") else SERVER
    return SERVER if any(map(_SERVERS.match, log.first_lines)) else CLIENT
