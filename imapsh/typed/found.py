"""The things that `imapsh.typed.match` finds in a typed line.  None of them are needed before there is a line."""

from __future__ import annotations

import re

from imapsh.table.model import Command, Name
from imapsh.tuples import NamedTuple

#: The slots whose value is a SequenceSet, of message numbers or of UIDs.
NUMBER_SLOTS = ("sequence-set", "seq-number")
UID_SLOTS = ("uid-set", "uniqueid")
SET_SLOTS = NUMBER_SLOTS + UID_SLOTS


def quoted(text: str) -> str:
    """Return text in quotes for a message; an octet that is not UTF-8 as `\\xNN`, as it is shown everywhere."""
    return re.sub(r"\\udc([89a-f][0-9a-f])", r"\\x\1", repr(text))


class Problem(NamedTuple):
    """A problem with a typed line.  `offset` counts characters of the text.

    `severity` is "error" if the grammar, the state or read-only mode forbids the line.  It is "advice" if the line is
    well formed but doubtful, for example because this server is not expected to know it.  `rfc` is that of the row that
    the line breaks; "" if the rule says enough, or if it is the command's own row.
    """

    rule: str
    offset: int
    message: str
    severity: str = "error"
    rfc: str = ""


class FileName(NamedTuple):
    """A file's name typed as `{@path}` or `~{@path}`: its octets are sent as a literal (or literal8)."""

    path: str
    binary: bool = False


class Piece(NamedTuple):
    """A part of a typed line.

    `kind` is the slot's or table's kind, "keyword", or "syntax" for a named rule.  `name` is the name of the row, the
    keyword or the rule; for others it is the kind.  `value` depends on the slot: int, SequenceSet, tuple of int
    (section part, partial), str, bytes of a literal, FileName, or None (NIL, or a literal that is not typed yet).
    """

    name: str
    kind: str
    start: int
    end: int
    value: object = None
    children: tuple[Piece, ...] = ()

    def __repr__(self) -> str:
        """Return the piece without its value, which may be a password."""
        below = f", {self.children!r}" if self.children else ""
        return f"Piece({self.name!r}, {self.kind!r}, {self.start}, {self.end}{below})"

    def all(self, *kinds: str) -> list[Piece]:
        """Return the pieces of these kinds below this one, in order, without those below a piece that is returned."""
        return find(self.children, *kinds)


def find(pieces: tuple[Piece, ...], *kinds: str) -> list[Piece]:
    """Return the pieces of these kinds in a tree, in order.

    Those below a piece that is returned are left out; the `all` of that piece returns them.
    """
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
    """A span of a line's characters, and the text that may stand in its place."""

    start: int
    end: int
    text: str


class Expected(NamedTuple):
    """Something that may stand at `offset`.

    `text` is what to type, or `<slot>`.  `reason` says why it does not fit now; it is "" if it fits.
    """

    kind: str
    text: str
    row: Command | Name | None
    offset: int
    reason: str = ""
