"""Maps places in the octets of one side to places in the log that they come from, and to times."""

from __future__ import annotations

from bisect import bisect_right

from imapsh.wire.pieces import Piece


class Places:
    """Maps places in the octets of one side to places in the log, and to times.

    If `inflated` is true, the octets of the side are more than those of the log, and the last piece is the place.
    """

    def __init__(self) -> None:
        self.inflated = False
        self._starts = [0]
        self._found: list[tuple[int, float | None]] = [(0, None)]
        self._fed = 0

    def add(self, piece: Piece, begin: int | None = None) -> None:
        """Take in the next piece.  What came since `begin`, if it is given, is of one literal: nobody asks for it."""
        if begin is not None:
            index = bisect_right(self._starts, begin)
            del self._starts[index:], self._found[index:]
        self._starts.append(self._fed)
        self._found.append((piece.offset, piece.time))
        self._fed += len(piece.octets)

    def skip(self, octets: int) -> None:
        """Take in that the log has left out so many octets."""
        self._fed += octets

    def of(self, offset: int) -> tuple[int, float | None]:
        """Return where in the log an octet is, and its time; do not ask for an earlier one after that."""
        if self.inflated:
            return self._found[-1]
        index = bisect_right(self._starts, offset) - 1
        del self._starts[:index], self._found[:index]
        place, time = self._found[0]
        return place + offset - self._starts[0], time
