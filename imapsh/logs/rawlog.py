"""Reads Dovecot's rawlog: the time stands before each line, also of literals, and nothing is lost.

A log in two files has one for each direction, `.in` for what the client sent.  A log in one file has `I: ` or `O: `
behind the time, seen from the server.  `I> ` and `O> ` are pieces of long lines: the next piece, with its own time,
follows without a line end.  The older `rawlog` program writes `<<<` before each block and `>>>` behind it if told so.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING

from imapsh.logs.inflating import COMPRESS, inflated, inflated_alone
from imapsh.logs.literals import Literals
from imapsh.logs.octets import Line, interleaved
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, LINES, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

CUT = 8192  #: octets that a piece without a line end has at least

_STAMP = lazy(rb"(\d{9,11}\.\d{6}) ")
_MARKED = lazy(rb"(\d{9,11}\.\d{6}) ([IO])([:>]) ")
_TAGGED = lazy(rb"[^*+ ]+ (?:OK|NO|BAD) ")
_SERVERS = lazy(rb"(?:\d+\.\d+ (?:O[:>] )?)?(?:\* |\+ |\S+ (?:OK|NO|BAD) )")
_MOST_TIMES = 10_000  # that are kept for lines that were inflated
_BEGIN, _END = b"<<<\n", b">>>\n"


def read_rawlog(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line; those of two files come in the order of their times."""
    both = [log] if log.sister is None else sorted((log, log.sister), key=direction_of)
    pieces = _merged(both)
    yield from _restored(pieces) if _without_returns(both) else pieces


def _merged(logs: list[Log]) -> Iterator[Piece]:
    if len(logs) == 2 and not any(map(_stamped, logs)):
        return interleaved(*inflated(*map(_lines, logs)))
    if len(logs) == 2 and _compresses(logs[0]):
        return _timed(logs)
    return merge(*map(_pieces, logs), key=lambda piece: piece.time or 0.0)  # at the same time the client's is first


def _compresses(client: Log) -> bool:
    return any(COMPRESS.match(_STAMP.sub(b"", line)) for line in client.first_lines)


def _timed(logs: list[Log]) -> Iterator[Piece]:
    """Yield the lines of both sides in an order that is possible, with the times that their octets have in the log."""
    times: dict[str, dict[int, float | None]] = {CLIENT: {}, SERVER: {}}

    def lines(log: Log, direction: str) -> Iterator[Line]:
        known = times[direction]
        for piece in _of_direction(_lines(log), direction):
            known[piece.offset] = piece.time
            if len(known) > _MOST_TIMES:
                del known[next(iter(known))]
            yield piece.offset, piece.octets

    for piece in interleaved(*inflated(lines(logs[0], CLIENT), lines(logs[1], SERVER))):
        yield piece._replace(time=times[piece.direction].get(piece.offset))


def direction_of(log: Log) -> str:
    """Return whose octets a file holds: by its name, or by the first of its lines."""
    if log.path.endswith((".in", ".out")):
        return CLIENT if log.path.endswith(".in") else SERVER
    return SERVER if any(map(_SERVERS.match, log.first_lines)) else CLIENT


def _pieces(log: Log) -> Iterator[Piece]:
    stamped = _stamped(log)
    if stamped and _MARKED.match(stamped[0]):
        return _several(_of_one_file(log))
    return _clear(_of_direction(_lines(log), direction_of(log)))


def _stamped(log: Log) -> list[bytes]:
    return [line for line in log.first_lines if _STAMP.match(line)]


def _lines(log: Log) -> Iterator[Line]:
    return _unblocked(log.lines()) if log.head.startswith(_BEGIN) else log.lines()


def _of_direction(lines: Iterator[Line], direction: str) -> Iterator[Piece]:
    """Read a file of one direction; a line without a time is as old as the one before."""
    time = None
    for offset, line in lines:
        found = _STAMP.match(line)
        at = 0
        if found is not None:
            time, at = float(found[1]), found.end()
        yield Piece(direction, line[at:], offset + at, time)


def _clear(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Inflate what one side sent under COMPRESS."""
    last: list[Piece] = []

    def lines() -> Iterator[Line]:
        for piece in pieces:
            last[:] = [piece]
            yield piece.offset, piece.octets

    for offset, octets in inflated_alone(lines()):
        yield last[0]._replace(offset=offset, octets=octets)


def _unblocked(lines: Iterator[Line]) -> Iterator[Line]:
    """Take the marks of blocks away: `>>>` ends a block only if the next begins behind it."""
    held: Line | None = None
    for offset, line in lines:
        if held is not None:
            yield from _of_block(held) if line == _BEGIN else (held,)
        begins = line == _BEGIN and (held is not None or not offset)
        held = (offset, line) if line.endswith(_END) else None
        if held is None and not begins:
            yield offset, line
    if held is not None:
        yield from _of_block(held)


def _of_block(last: Line) -> Iterator[Line]:
    offset, line = last
    if line := line.removesuffix(_END):
        yield offset, line


def _of_one_file(log: Log) -> Iterator[Piece]:
    for offset, line in log.lines():
        found = _MARKED.match(line)
        while found is not None:
            direction = CLIENT if found[2] == b"I" else SERVER
            begin, after = found.end(), None
            if found[3] == b">":
                after = _MARKED.search(line, begin + CUT) or _MARKED.search(line, begin)
            octets = line[begin : after.start()] if after is not None else line[begin:]
            if found[3] == b">" and after is None:
                octets = octets.removesuffix(b"\n")
            yield Piece(direction, octets, offset + begin, float(found[1]))
            found = after


def _several(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Number the connections of one file: the line after the reply to LOGOUT belongs to the next."""
    number, ended = 1, False
    lines = {CLIENT: Literals(), SERVER: Literals()}
    for piece in pieces:
        begins = not lines[piece.direction].midway
        if begins and ended and (piece.direction == CLIENT or not _TAGGED.match(piece.octets)):
            number, ended = number + 1, False
            lines = {CLIENT: Literals(), SERVER: Literals()}
        lines[piece.direction].take(piece.octets)
        if begins and piece.direction == SERVER and piece.octets.upper().startswith(b"* BYE"):
            ended = True
        yield piece._replace(connection=str(number) if number > 1 else "")


def _without_returns(logs: list[Log]) -> bool:
    """Return whether the CR of each line was lost, as in a log that went through an editor."""
    return all(b"\n" in log.head and b"\r\n" not in log.head for log in logs if log.head) and any(
        direction_of(log) == SERVER for log in logs
    )


def _restored(pieces: Iterator[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        octets = piece.octets
        whole = octets[:-1] + b"\r\n" if octets.endswith(b"\n") else octets
        yield piece._replace(octets=whole, exactness=LINES)
