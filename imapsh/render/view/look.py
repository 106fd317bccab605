"""What a view knows beside its value: how wide, how much of a literal, and what was said before."""

from __future__ import annotations

from imapsh.grammar.responses import Response
from imapsh.render.memory import Memory
from imapsh.render.styles import Fragment
from imapsh.tuples import NamedTuple

Line = list[Fragment]

MARGIN = 2  #: columns that the margin takes
NARROWEST = 30  #: columns; a narrower terminal is written to as if it had so many


class Branches(NamedTuple):
    """What trees are drawn with: before a node, before the last, below a node, below the last."""

    node: str
    last: str
    below: str
    blank: str


_DRAWN = Branches("├─ ", "└─ ", "│  ", "   ")
_ASCII = Branches("|- ", "`- ", "|  ", "   ")


class Look:
    """`width`: the terminal's columns, None for no terminal: then nothing is cut and trees are drawn in ASCII.

    `elide`: lines of a literal to show, 0 for all, None for the usual.  `column`: the column by which a listing of
    mailboxes is sorted, in upper case, "" for a tree.  `command`, `response` and `uid` are of what is being shown.
    """

    __slots__ = ("column", "command", "elide", "memory", "response", "uid", "width")

    def __init__(
        self, memory: Memory | None = None, width: int | None = None, elide: int | None = None, column: str = ""
    ) -> None:
        self.memory = memory or Memory()
        self.width = width
        self.elide = elide
        self.column = column
        self.command = ""
        self.response: Response | None = None
        self.uid: int | None = None

    @property
    def columns(self) -> int | None:
        """Columns behind the margin, None for no end of them."""
        return None if self.width is None else max(NARROWEST, self.width) - MARGIN

    @property
    def branches(self) -> Branches:
        """What to draw trees with."""
        return _ASCII if self.width is None else _DRAWN
