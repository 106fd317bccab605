"""What `imapsh.typed.match` finds in a typed line.  Nothing of it is needed before there is one."""

from __future__ import annotations

from imapsh.table.model import Command, Name
from imapsh.tuples import NamedTuple

#: The slots whose value is a SequenceSet: of message numbers, of UIDs.
NUMBER_SLOTS = ("sequence-set", "seq-number")
UID_SLOTS = ("uid-set", "uniqueid")
SET_SLOTS = NUMBER_SLOTS + UID_SLOTS


class Problem(NamedTuple):
    """Something about a typed line.  `offset` counts characters of the text.

    `severity` is "error" where the grammar, the state or read-only mode is against the line, and "advice" where it is
    well formed but this server is not expected to know it.  `rfc` is that of the row which the line breaks, "" where
    the rule says enough or the command's own holds.
    """

    rule: str
    offset: int
    message: str
    severity: str = "error"
    rfc: str = ""


class FileName(NamedTuple):
    """`{@path}` or `~{@path}`: the octets of a file as a literal (or literal8)."""

    path: str
    binary: bool = False


class Piece(NamedTuple):
    """A part of a typed line.

    `kind` is the slot's or table's kind, "keyword" or "syntax" (a named rule); `name` the row's, keyword's or rule's
    name, else the kind.  `value` by slot: int, SequenceSet, tuple of int (section part, partial), str, bytes of a
    literal, FileName, or None (NIL, or a literal not typed yet).
    """

    name: str
    kind: str
    start: int
    end: int
    value: object = None
    children: tuple[Piece, ...] = ()

    def __repr__(self) -> str:
        """Without the value, which may be a password."""
        below = f", {self.children!r}" if self.children else ""
        return f"Piece({self.name!r}, {self.kind!r}, {self.start}, {self.end}{below})"

    def all(self, *kinds: str) -> list[Piece]:
        """The pieces of these kinds below this one, in order; not those below a piece that is taken."""
        return find(self.children, *kinds)


def find(pieces: tuple[Piece, ...], *kinds: str) -> list[Piece]:
    """The pieces of these kinds in a tree, in order; what is below one that is taken is left to its own `all`."""
    found: list[Piece] = []
    waiting = list(reversed(pieces))
    while waiting:
        piece = waiting.pop()
        if piece.kind in kinds:
            found.append(piece)
        else:
            waiting.extend(reversed(piece.children))
    return found


class Span(NamedTuple):
    """Characters of a line, and what may stand in their place."""

    start: int
    end: int
    text: str


class Expected(NamedTuple):
    """Something that may stand at `offset`.  `text` is what to type, or `<slot>`; `reason` why it does not fit now."""

    kind: str
    text: str
    row: Command | Name | None
    offset: int
    reason: str = ""
