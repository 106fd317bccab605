"""Settings of a view: how wide it is, how much of a literal it shows, and what was said before."""

from __future__ import annotations

from imapsh.grammar.responses import Response
from imapsh.render.memory import Memory
from imapsh.render.styles import Fragment
from imapsh.tuples import NamedTuple

Line = list[Fragment]

MARGIN = 2  #: columns that the margin takes
NARROWEST = 30  #: columns; a narrower terminal is treated as if it had this many


class Branches(NamedTuple):
    """The strings that trees are drawn with: before a node, before the last, below a node, below the last."""

    node: str
    last: str
    below: str
    blank: str


_DRAWN = Branches("├─ ", "└─ ", "│  ", "   ")
_ASCII = Branches("|- ", "`- ", "|  ", "   ")


class Look:
    """The settings with which views show their values.

    `width` is the terminal's columns.  It is None if there is no terminal: then nothing is cut and trees are drawn in
    ASCII.

    `elide` is the number of lines of a literal to show, 0 for all, None for the default.  `column` is the column by
    which a listing of mailboxes is sorted, in upper case, "" for a tree.  `command`, `response` and `uid` belong to
    what is being shown.
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
        """Return the columns beside the margin, or None if there is no limit."""
        return None if self.width is None else max(NARROWEST, self.width) - MARGIN

    @property
    def branches(self) -> Branches:
        """Return the strings to draw trees with."""
        return _ASCII if self.width is None else _DRAWN
