"""The form of a reader of logs, and of a row in the table of formats.

A reader is a function that takes a `Log` and yields `Piece`s in the order of the log, and nothing else.  What the
octets mean is not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import ELIDED, EXACT, LINES, RENDERED

if TYPE_CHECKING:
    from re import Pattern

    from imapsh.logs.source import Log
    from imapsh.wire.pieces import Piece

#: What a person is told of how exact a log is.
WORDS = {EXACT: "exact", LINES: "line by line", ELIDED: "some literals left out", RENDERED: "retold by its program"}


class Format(NamedTuple):
    """A row of the table of formats.

    `name` is that of `--as`; `title` and `remark` are what a person is told; `exactness` is the best that the format
    can hold.  `mark` matches what a line of such a log begins with.  Each line of the head that it matches counts
    `weight` for the format; the format with most is the log's.  `reader` names the reader: a module of `imapsh.logs`
    and a function in it, which is imported when a log of this format is read.  `both` is true if such a log always has
    both sides of the conversation.  `returns` is true if its lines keep the CR that they had on the wire.  A file that
    begins with one of `magic` is of the format, whatever its lines are.
    """

    name: str
    title: str
    exactness: str
    remark: str
    mark: Pattern[bytes]
    weight: int
    reader: str
    both: bool = False
    returns: bool = False
    magic: tuple[bytes, ...] = ()


Reader = Callable[["Log"], Iterator["Piece"]]
