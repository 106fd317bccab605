"""The things that `imapsh.typed.match` finds in a typed line.  None of them are needed before there is a line."""

from __future__ import annotations

import re
from collections.abc import Collection

from imapsh.table.model import Command, Name
from imapsh.tuples import NamedTuple

#: The slots whose value is a SequenceSet, of message numbers or of UIDs.
NUMBER_SLOTS = ("sequence-set", "seq-number")
UID_SLOTS = ("uid-set", "uniqueid")
SET_SLOTS = NUMBER_SLOTS + UID_SLOTS

#: Kinds of parameters whose names may come only once.  A second one would say the same again, or contradict the first.
ONCE = (
    "select-param", "create-param", "rename-param", "fetch-modifier", "store-modifier", "getmetadata-option",
    "search-scope",
)  # fmt: skip
#: Kinds whose names a client SHOULD NOT repeat (RFC 9051 section 6.3.9).
BETTER_ONCE = ("list-select", "list-return")


def quoted(text: str) -> str:
    """Return text in quotes for a message; an octet that is not UTF-8 as `\\xNN`, as it is shown everywhere."""
    return re.sub(r"\\udc([89a-f][0-9a-f])", r"\\x\1", repr(text))


def near(word: str, names: Collection[str], cutoff: float = 0.6) -> str:
    """Return the name nearest to a word, or "" if none is near; a word much longer than each name is not compared."""
    if len(word) * cutoff > (2 - cutoff) * max(map(len, names), default=0):
        return ""  # twice the shorter, by the sum of both, is the nearest that they can be
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, names, 1, cutoff)), "")


class Head(NamedTuple):
    """The beginning of a line: its tag, the command's name as typed, the name's start and end, and its row."""

    tag: str | None
    name: str
    start: int
    end: int
    command: Command | None


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
