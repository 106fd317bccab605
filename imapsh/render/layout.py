"""Puts pieces on lines: short ones on one, long ones broken at their lists.

A break replaces one space or is put between two adjacent lists; nothing else is added or left out.  A list that fits on
the rest of the line is never broken.  A FETCH's list is broken before each item's name, an ENVELOPE before each field,
which is named at the end of its line; any other list is filled, and a list inside it that does not fit begins on its
own line.  This takes one pass and no recursion, so any nesting is safe.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, islice

from imapsh.grammar import tokens as kinds
from imapsh.grammar.values import Envelope
from imapsh.render.pieces import BLOCK, Piece
from imapsh.render.visible import width

_LEFT, _RIGHT = 40, 30  #: characters shown left and right of a caret that is beyond the width
INDENT = 2  #: columns by which all lines but the first are indented, and each list in a list
_MOST_INDENT = 24
FIELDS = tuple(field.rstrip("_").replace("_", "-") for field in Envelope._fields)
_FILL, _PAIRS, _ENVELOPE = range(3)


class Line:
    """One line: its indent, its pieces, and the field that it shows."""

    __slots__ = ("indent", "label", "pieces")

    def __init__(self, indent: int = 0, label: str = "") -> None:
        self.indent = indent
        self.label = label
        self.pieces: list[Piece] = []


class Ruler:
    """A ruler for one line, which tells columns without looking at all of its pieces each time."""

    def __init__(self, line: Line) -> None:
        self._pieces = line.pieces
        self._ends = [piece.start + max(1, len(piece.source)) for piece in line.pieces]  # octets of the frame
        self._columns = list(accumulate((piece.width for piece in line.pieces), initial=line.indent))

    def column(self, offset: int) -> int:
        """Return the column at which the octet is shown, the margin not counted; the line's end if it is not shown."""
        index = bisect_right(self._ends, offset)
        if index == len(self._pieces):
            return self._columns[-1]
        piece = self._pieces[index]
        return self._columns[index] + (piece.column(offset) if offset > piece.start else 0)

    def excerpt(self, column: int) -> tuple[str, int]:
        """Return the text around a column that is beyond the indent, and the column in it."""
        index = min(bisect_right(self._columns, column), len(self._pieces)) - 1
        text = self._pieces[index].text if self._pieces else ""
        room = column - self._columns[index]
        place = bisect_right(range(len(text) + 1), room, key=lambda end: width(text[:end])) - 1
        left, right = text[:place][-_LEFT:], text[place : place + _RIGHT]
        for piece in islice(reversed(self._pieces), len(self._pieces) - index, None):
            if len(left) >= _LEFT:
                break
            left = (piece.text + left)[-_LEFT:]
        for piece in islice(self._pieces, index + 1, None):
            if len(right) >= _RIGHT:
                break
            right = (right + piece.text)[:_RIGHT]
        return f"...{left}{right}", 3 + width(left)


class _List:
    """A list that is being broken: the way it is broken, and how many spaces between its elements have passed."""

    __slots__ = ("indent", "spaces", "way")

    def __init__(self, way: int, indent: int) -> None:
        self.way = way
        self.indent = indent
        self.spaces = 0


class Layout:
    """The layout of one response's pieces; `name` is the response's name."""

    def __init__(self, pieces: list[Piece], columns: int, name: str) -> None:
        self._pieces = pieces
        self._width = columns
        self._fetch = name in ("FETCH", "UIDFETCH")
        # a block takes more room than any line has, so every list that holds one is broken
        widths = [piece.width if piece.kind is not BLOCK else columns + 1 for piece in pieces]
        self._before = [0, *accumulate(widths)]
        self._lists = [_List(_FILL, INDENT)]
        self._column = 0
        self.lines = [Line()]
        if self._before[-1] <= columns:
            self.lines[0].pieces = pieces
        else:
            self._ends = _pairs(pieces)
            self._run()

    def _run(self) -> None:
        pieces, end_of = self._pieces, self._ends.get
        index, size = 0, len(pieces)
        while index < size:
            kind = pieces[index].kind
            if kind is kinds.SPACE:
                self._space(index)
            elif kind is kinds.LPAREN and (end := end_of(index)) is not None:
                if index and pieces[index - 1].kind is kinds.RPAREN:
                    self._break()
                if self._fits(index, end + 1):
                    self._put(index, end + 1)
                    index = end
                else:
                    self._open(index)
            else:
                if kind is kinds.RPAREN and index in self._ends:
                    self._lists.pop()
                self._put(index, index + 1)
                if kind is BLOCK and index + 1 < size:
                    self._break()
            index += 1

    def _put(self, start: int, end: int) -> None:
        self.lines[-1].pieces += self._pieces[start:end]
        self._column += self._before[end] - self._before[start]

    def _break(self) -> None:
        if self.lines[-1].pieces:
            self.lines.append(Line(self._lists[-1].indent))
            self._column = self._lists[-1].indent

    def _fits(self, start: int, end: int) -> bool:
        return self._column + self._before[end] - self._before[start] <= self._width

    def _open(self, index: int) -> None:
        way = _FILL
        if self._fetch and len(self._lists) == 1:
            way = _PAIRS
        elif index > 1 and self._pieces[index - 2].source.upper() == "ENVELOPE":
            way = _ENVELOPE
            self.lines[-1].label = FIELDS[0]
        self._put(index, index + 1)
        self._lists.append(_List(way, min(_MOST_INDENT, self._lists[-1].indent + INDENT)))

    def _space(self, index: int) -> None:
        current = self._lists[-1]
        current.spaces += 1
        if not self._breaks(current, index) and self.lines[-1].pieces:
            self._put(index, index + 1)
            return
        if self._pieces[index].width > 1:
            self._put(index, index + 1)  # extra spaces are worth seeing
        self._break()
        if current.way is _ENVELOPE and current.spaces < len(FIELDS):
            self.lines[-1].label = FIELDS[current.spaces]

    def _breaks(self, current: _List, index: int) -> bool:
        """Return whether the line is broken at this space."""
        if current.way is not _FILL:
            return current.way is _ENVELOPE or current.spaces % 2 == 0
        behind = index + 1
        if behind == len(self._pieces) or self._fits(index, self._ends.get(behind, behind) + 1):
            return False
        # after an item's name its value begins on the same line
        return len(self._lists) > 1 or self._pieces[behind].kind is not kinds.LPAREN


def _pairs(pieces: list[Piece]) -> dict[int, int]:
    """Return a map from the index of each parenthesis that has a partner to its partner's index."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.kind is kinds.LPAREN:
            waiting.append(index)
        elif piece.kind is kinds.RPAREN and waiting:
            start = waiting.pop()
            found[start], found[index] = index, start
    return found
