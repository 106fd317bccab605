"""Keeps the latest octets of both sides of a connection, in the clear and not masked, to read them again.

Theory of operation.  The octets are kept as they come, by reference, so that a session pays one call a chunk.  Nothing
is masked here: `imapsh.session.overheard` does that when the octets are read.

The oldest pieces are dropped if there are more than the bound.  Of a literal only the beginning is kept, so that one
large message does not drive out all that came before it.  The rest of it is a gap, in which `pieces` puts as many
octets as there were, so that the literal keeps its length.

After something was dropped, `pieces` begins on each side where that side certainly begins a line: the client with the
next piece that was sent as a new line, the server with the next response that is believable.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from imapsh.tuples import NamedTuple
from imapsh.wire.limits import DEFAULT
from imapsh.wire.pieces import CLIENT, SERVER, Piece

HEAD = 1 << 18  #: octets of a literal that are kept, if there is a bound
_EACH = 1 << 7  # octets of memory that a piece takes besides its own
_new = tuple.__new__  # this takes half the time of _Kept itself
_GAP = (b"." * 76 + b"\r\n") * 840  # octets that take the place of what was not kept


class _Kept(NamedTuple):
    """A piece: `octets`, or a gap of `gap` octets.  `begins` says that the client began a line with it."""

    direction: str
    octets: bytes
    offset: int
    time: float
    begins: bool = False
    gap: int = 0


class Recent:
    """The latest octets of a connection, `most` of them at most; 0 is no limit.  `clock` gives seconds since 1970.

    `dropped` counts the octets that were dropped at the beginning.
    """

    def __init__(self, most: int = DEFAULT.recent, clock: Callable[[], float] = time.time) -> None:
        self.dropped = 0
        self._most = most
        self._clock = clock
        self._kept: deque[_Kept] = deque()
        self._size = 0  # octets of memory
        self._offsets = {SERVER: 0, CLIENT: 0}
        self._of_literal = {SERVER: 0, CLIENT: 0}
        self._begins = True  # the client's next octets begin a line
        self._cut = False  # the server's first piece begins within a line

    # -- while the session runs

    def received(self, octets: bytes, *, literal: bool = False) -> None:
        """Keep octets that came; `literal` says that all of them are of one literal."""
        self._keep(SERVER, octets, literal)

    def sent(self, octets: bytes, *, literal: bool = False) -> None:
        """Keep octets that went out, with secrets masked; `literal` says that all of them are of one literal."""
        begins, self._begins = self._begins, not literal and octets.endswith(b"\n") and not octets.endswith(b"}\r\n")
        self._keep(CLIENT, octets, literal, begins)

    def passed(self, octets: int) -> bool:
        """Leave out the next octets of a literal that goes out, unless they are to be kept; return False then."""
        if self._of_literal[CLIENT] + octets <= HEAD or not self._most:
            return False
        self._begins = False
        self._leave_out(CLIENT, octets)
        return True

    def forget(self, octets: int) -> None:
        """Take back the last octets that came: they were no IMAP, but deflated already."""
        self._offsets[SERVER] -= octets
        for at in range(len(self._kept) - 1, -1, -1):
            one = self._kept[at]
            if not octets:
                return
            if one.direction == SERVER and one.octets:
                left = one.octets[: max(0, len(one.octets) - octets)]
                octets -= len(one.octets) - len(left)
                self._size -= len(one.octets) - len(left)
                self._kept[at] = one._replace(octets=left)

    def _keep(self, direction: str, octets: bytes, literal: bool, begins: bool = False) -> None:
        offset = self._offsets[direction]
        so_far = self._of_literal[direction] + len(octets) if literal else 0
        if so_far > HEAD and self._most:
            self._leave_out(direction, len(octets))
            return
        self._offsets[direction] = offset + len(octets)
        self._of_literal[direction] = so_far
        self._kept.append(_new(_Kept, (direction, octets, offset, self._clock(), begins, 0)))
        self._size += len(octets) + _EACH
        if self._size > self._most:
            self._bound()

    def _leave_out(self, direction: str, octets: int) -> None:
        """Note a gap in place of the next octets of a literal."""
        offset = self._offsets[direction]
        self._offsets[direction] = offset + octets
        self._of_literal[direction] += octets
        last = self._kept[-1] if self._kept else None
        if last is not None and last.gap and last.direction == direction:
            self._kept[-1] = last._replace(gap=last.gap + octets)
        else:
            self._kept.append(_Kept(direction, b"", offset, self._clock(), gap=octets))
            self._size += _EACH
        self._bound()

    def _bound(self) -> None:
        """Drop the oldest pieces beyond the bound."""
        while self._size > self._most > 0:
            self._drop()

    def _drop(self) -> None:
        first = self._kept.popleft()
        self._size -= len(first.octets) + _EACH
        self.dropped += len(first.octets) + first.gap
        if first.direction == SERVER:
            self._cut = not first.octets.endswith(b"\n")

    # -- when it is read

    @property
    def left_out(self) -> int:
        """The octets of literals that were left out of what is there."""
        return sum(one.gap for one in self._kept)

    def __bool__(self) -> bool:
        """Return whether anything was said."""
        return bool(self._kept or self.dropped)

    def pieces(self) -> Iterator[Piece]:
        """Yield what is there when it is first asked, in order.

        Offsets are those of the side's own octets.  Octets that come before the first certain line are left out.
        """
        begun = {SERVER: not self.dropped, CLIENT: not self.dropped}
        start = 0 if begun[SERVER] else self._start()
        for one in tuple(self._kept):
            skipped = 0
            if not begun[one.direction]:
                begun[one.direction] = one.begins or (one.direction == SERVER and one.offset + len(one.octets) > start)
                skipped = max(0, start - one.offset) if one.direction == SERVER else 0
            if not begun[one.direction]:
                continue
            if one.octets[skipped:]:
                yield Piece(one.direction, one.octets[skipped:], one.offset + skipped, one.time)
            for at in range(0, one.gap, len(_GAP)):
                yield Piece(one.direction, _GAP[: one.gap - at], one.offset + at, one.time)

    def _start(self) -> int:
        """Return the offset at which the server's first believable response begins, or that of the end."""
        from imapsh.wire.offline import RECORDED
        from imapsh.wire.rereading import Source

        cut = self._cut
        for run in _runs(one for one in self._kept if one.direction == SERVER):
            octets = b"".join(one.octets for one in run)
            source = Source(octets, octets.find(b"\n") + 1 or len(octets) if cut else 0)
            found = source.next_response(RECORDED)
            if found < len(octets):
                return run[0].offset + found
            cut = True
        return self._offsets[SERVER]


def _runs(kept: Iterable[_Kept]) -> Iterator[list[_Kept]]:
    """Yield the pieces between two gaps."""
    run: list[_Kept] = []
    for one in kept:
        if one.gap and run:
            yield run
            run = []
        elif not one.gap:
            run.append(one)
    if run:
        yield run
