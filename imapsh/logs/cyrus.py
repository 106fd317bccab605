"""Reads the telemetry log of Cyrus, which has a mark before what was read at once and what was written at once.

    ---------- fred Thu Nov 26 10:00:00 2026
    <1795880514<A2 SELECT INBOX
    >1795880514>* 6 EXISTS

`<seconds<` is before octets of the client and `>seconds>` before those of the server.  A mark may be in the middle of
a line or of a literal, and a literal may hold text that looks like one.  The size of a literal tells them apart: with
the right marks taken out, what follows the literal is the rest of a command or of a response.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from imapsh.logs.literals import announced
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, NOTE, SERVER, Piece

if TYPE_CHECKING:
    from re import Match

    from imapsh.logs.source import Log

#: Octets; the marks in a literal, or in the rest of one, are compared with its size if it is no longer than this.
LOOKED_AHEAD = 1 << 20

_FULL = 4096  # octets that Cyrus reads or writes at once if there are as many
_LONGEST_SILENCE = 10**6  # seconds; a mark's time is not further than this from the one before
_COMBINED = 6  # marks behind pieces that are not full, of which each choice is tried
_BEHIND = 1 << 12  # octets behind a literal that are looked at
_CHUNK = 1 << 16

_MARK = lazy(rb"<(?=(\d{9,11})<)|>(?=(\d{9,11})>)")  # of two that overlap each may be the true one
_LONGEST_MARK = 13
_LF = 10
_HEADER = lazy(rb"---------- (\S+) (\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\r?\n(?:\r?\n)?")
_LONGEST_HEADER = 1 << 10
_SERVERS_LINE = lazy(rb"\* |\+ |[^\s*+]+ (?:OK|NO|BAD)\b")
_REFUSAL = lazy(rb"[^\s*+]+ (?:NO|BAD)\b")

#: What follows a literal: the rest of the line, and then a line, a mark, the octets of another literal, or nothing.
_REST = {
    SERVER: lazy(
        rb"(?:>\d{9,11}>)?[ )][^\r\n]*(?:\{\d+\}\r\n|\r\n(?:[<>]\d{9,11}[<>]|\* |\+ |[^\s*+]+ (?:OK|NO|BAD)\b|\Z))"
    ),
    CLIENT: lazy(
        rb"(?:<\d{9,11}<)?(?:[ )][^\r\n]*)?(?:\{\d+\+?\}\r\n|\r\n(?:[<>]\d{9,11}[<>]|[^\s<>*+]+ [A-Za-z]|\Z)|\Z)"
    ),
}


def read_cyrus(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line, and for each part of a line or literal that has a mark of its own."""
    worth = log.give_returns()
    for piece in _Telemetry(log.pieces()).pieces():
        yield piece._replace(exactness=worth)


class _Mark(NamedTuple):
    """A mark, or a text that looks like one: its place, whose octets follow it, and its time."""

    begin: int
    end: int
    direction: str
    time: int


class _Side:
    """The lines of one side: the end of the last, the octets still to come of a literal, and if it may be refused."""

    def __init__(self) -> None:
        self.tail = b"\n"
        self.left = 0
        self.waits = False

    def take(self, octets: bytes) -> None:
        if self.left:
            self.left -= len(octets)
            self.tail, self.waits = b"", False
            return
        self.tail = (self.tail + octets)[-32:]
        if (literal := announced(self.tail)) is not None:
            self.left, self.waits = literal

    @property
    def between_lines(self) -> bool:
        return not self.left and self.tail.endswith(b"\n")


class _Window:
    """The octets of the log from `at` on: as many as were asked for, or all."""

    def __init__(self, source: Iterator[tuple[int, bytes]]) -> None:
        self._source = source
        self._begin = 0  # the place of `data` in the file
        self.data = b""
        self.at = 0

    def fill(self, size: int) -> bool:
        """Read on until `size` octets are there, or all.  Return whether there are any."""
        length = len(self.data) - self.at
        if length < size and (found := next(self._source, None)):
            parts = [self.data[self.at :], found[1]]
            length += len(found[1])
            while length < size and (found := next(self._source, None)):
                parts.append(found[1])
                length += len(found[1])
            self._begin += self.at
            self.data, self.at = b"".join(parts), 0
        return length > 0

    def place(self, at: int) -> int:
        """Return where an octet of `data` is in the file."""
        return self._begin + at

    def marks(self, end: int) -> Iterator[_Mark]:
        """Yield what looks like a mark and begins before `end`, in order."""
        for found in _MARK.finditer(self.data, self.at, end + _LONGEST_MARK):
            if found.start() < end:
                digits = found[1] or found[2]
                end_of_it = found.start() + len(digits) + 2
                yield _Mark(found.start(), end_of_it, CLIENT if found[1] else SERVER, int(digits))


class _Telemetry:
    """Takes the log apart."""

    def __init__(self, source: Iterator[tuple[int, bytes]]) -> None:
        self._window = _Window(source)
        self._direction = ""  # "" before the first mark
        self._time = 0
        self._began = 0  # the place in the file of what follows the last mark
        self._looked = 0  # the place up to which a literal was looked at
        self._number = 0  # of the connection
        self._begin()

    def _begin(self) -> None:
        self._sides = {SERVER: _Side(), CLIENT: _Side(), "": _Side()}
        self._true: set[int] | None = None  # the places in the file of a literal's true marks, if they are known

    def pieces(self) -> Iterator[Piece]:
        window = self._window
        while window.fill(_CHUNK + _LONGEST_MARK):
            side = self._sides[self._direction]
            if side.between_lines and (header := _HEADER.match(window.data, window.at, window.at + _LONGEST_HEADER)):
                yield self._opened(header)
                continue
            end, mark = self._next(side)
            if end > window.at:
                yield from self._taken(side, end)
            if mark is not None:
                self._turn(mark)

    def _opened(self, header: Match[bytes]) -> Piece:
        """Begin another connection."""
        self._begin()
        self._direction, self._time = "", 0
        self._number += 1
        offset = self._window.place(header.start())
        self._window.at = header.end()
        return Piece(NOTE, b"telemetry of %s from %s" % header.groups(), offset, None, str(self._number))

    def _turn(self, mark: _Mark) -> None:
        if self._direction == SERVER != mark.direction and self._sides[SERVER].left:
            self._sides[SERVER] = _Side()  # the log lacks something: the client is not read before the literal's end
            self._true = None
        self._direction, self._time = mark.direction, mark.time
        self._began = self._window.place(mark.end)
        self._window.at = mark.end

    def _taken(self, side: _Side, end: int) -> Iterator[Piece]:
        offset, octets = self._window.place(self._window.at), self._window.data[self._window.at : end]
        client = self._sides[CLIENT]
        if client.waits and side.between_lines and _REFUSAL.match(octets):
            self._sides[CLIENT] = _Side()  # its literal is not sent
        self._window.at = end
        if self._direction:
            side.take(octets)
            if not side.left:
                self._true = None
            yield Piece(self._direction, octets, offset, float(self._time), str(self._number or ""))

    def _next(self, side: _Side) -> tuple[int, _Mark | None]:
        """Return the end of the octets before the next mark, of the line or of the literal; and the mark."""
        window = self._window
        asked = side.waits and _MARK.match(window.data, window.at)  # the server's `+` comes first
        unknown = self._true is None and window.place(window.at) >= self._looked
        if unknown and not asked and 0 < side.left <= LOOKED_AHEAD:
            window.fill(side.left + _BEHIND)
            self._looked = window.place(window.at) + side.left
            self._true = self._choice(side.left)
        end = min(window.at + (side.left or _CHUNK), window.at + _CHUNK, len(window.data))
        if not side.left:
            end = window.data.find(b"\n", window.at, end) + 1 or end
        for mark in window.marks(end):
            if self._is_true(side, mark):
                return mark.begin, mark
        return end, None

    def _is_true(self, side: _Side, mark: _Mark) -> bool:
        """Return whether what looks like a mark is one."""
        if not self._direction or (side.between_lines and mark.begin == self._window.at):
            return True
        place = self._window.place(mark.begin)
        if side.left and self._true is not None:
            return place in self._true
        if self._direction == SERVER:
            return self._is_timely(mark) and mark.direction == SERVER and place - self._began == _FULL
        return self._is_timely(mark) and self._is_believable(mark)

    def _is_timely(self, mark: _Mark) -> bool:
        return self._time <= mark.time <= self._time + _LONGEST_SILENCE

    def _is_believable(self, mark: _Mark) -> bool:
        """Return whether octets of the mark's side may be there, where a line or a literal is cut."""
        if mark.direction == self._direction:
            return True
        return self._direction == CLIENT and bool(_SERVERS_LINE.match(self._window.data, mark.end))

    def _choice(self, left: int) -> set[int]:
        """Return the places of the true marks among those in a literal of which `left` octets are to come.

        Of the choices that leave a believable rest behind the literal that with most marks behind full pieces is taken,
        and of several that with most marks, and with the latest.
        """
        timely = list(filter(self._is_timely, self._window.marks(self._window.at + left + _BEHIND)))
        marks = list(_within(left + self._window.at, filter(self._is_believable, timely)))
        full = self._full(marks)
        best, most = None, (-1, 0, 0)
        for chosen in _choices(marks, full):
            fulls = self._fulls(chosen, left)
            if fulls is not None and (worth := (fulls, len(chosen), sum(mark.time for mark in chosen))) > most:
                best, most = chosen, worth
        if best is not None:
            return {self._window.place(mark.begin) for mark in best}
        if self._direction == CLIENT:
            return {self._window.place(mark.begin) for mark in marks}
        lost = (mark for mark in timely if mark.direction == CLIENT and self._window.data[mark.begin - 1] == _LF)
        return {self._window.place(mark.begin) for mark in (*full, *lost)}

    def _full(self, marks: Iterable[_Mark]) -> tuple[_Mark, ...]:
        """Return those of the marks that follow a full piece."""
        begin, found = self._began - self._window.place(0), []
        for mark in marks:
            if mark.begin - begin == _FULL:
                found.append(mark)
                begin = mark.end
        return tuple(found)

    def _fulls(self, chosen: Iterable[_Mark], left: int) -> int | None:
        """Return how many of the marks follow a full piece, or None if what follows the literal is not believable."""
        at, began, direction, fulls = self._window.at, self._began - self._window.place(0), self._direction, 0
        for mark in chosen:
            size = mark.begin - at
            if size < 0:
                return None
            if direction == self._direction:
                if size >= left:
                    break
                left -= size
            fulls += mark.begin - began == _FULL
            at, began, direction = mark.end, mark.end, mark.direction
        rest = direction == self._direction and _REST[direction].match(self._window.data, at + left)
        return fulls if rest else None


def _within(end: int, marks: Iterable[_Mark]) -> Iterator[_Mark]:
    """Yield the marks that may be in a literal, which would end at `end` if it had none."""
    last = None
    for mark in marks:
        if last is not None and last.direction != mark.direction:
            end += mark.begin - last.end if last.direction == SERVER else 0
        if mark.begin >= end:
            return
        end += mark.end - mark.begin
        last = mark
        yield mark


def _choices(marks: list[_Mark], full: tuple[_Mark, ...]) -> Iterator[tuple[_Mark, ...]]:
    """Yield the choices among marks that have the full ones, and if they are too many only two of them."""
    others = [mark for mark in marks if mark not in full]
    if len(others) > _COMBINED:
        yield from (full, tuple(marks))
        return
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            yield tuple(sorted((*full, *chosen)))
