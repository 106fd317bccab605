"""FETCH responses that are alike and come one after another: a run.

A listing brings the same items for each message, in the same order.  That order is a `Shape`, and a shape has one
expression for the whole line.  It is joined from the pieces of ABNF that the strict rules read by, so a line that it
matches is one that these accept without a fault, and that is all that is done with it at first: values are made on
first use (`imapsh.grammar.unread`), of what its groups took.  The expression takes common forms only: 7-bit, and no
literals.  A short literal in an ENVELOPE, which is how some servers send every long subject, is put into quotation
marks first (`Folded`).  Any other line is left to the rules.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache

from imapsh.grammar import envelope
from imapsh.grammar.atoms import FLAG
from imapsh.grammar.fetch import MOMENT
from imapsh.grammar.kept import keep
from imapsh.grammar.mailboxes import split_flags
from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.grammar.unread import unread
from imapsh.grammar.values import DateTime, Fetch
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame

_MOST = 256  # responses of one run, so that whoever shows them gets a turn
LEVELS = 4
"""Levels of parentheses that a line may have; with a lower limit, the rules read each line."""

_FEW = 4  # responses of one shape that tell what comes next

_MOST_FOLDED = 16  # literals of a message
_LONGEST_FOLDED = 1 << 16  # octets of it
_SMALLEST = len(b"{0}\r\n")
_ANNOUNCES = lazy(rb"\{(\d{1,4})\}\r\n\Z")
_NUL, _CR, _LF, _BACKSLASH, _BRACE = b"\0\r\n\\}"  # numbers: a search for them is faster than one for octets
_SEVEN_BITS = bytes([*range(0x80), *b"?" * 0x80])

Row = tuple[bytes, ...]
"""The message number and the value of each item, as octets."""

Taken = tuple[bytes | None, ...]
"""What the values are made of: the octets of each item, or those of its fields if it has some."""


class Piece(NamedTuple):
    """An item of a shape: the expression of its value, and the function that reads its octets, which one group takes.

    An expression may have more groups, so many as `fields`, inside this one.  `make` makes the value of what they took.
    """

    expression: str
    read: Callable[[bytes], Any]
    fields: int = 0
    make: Callable[[Taken], Any] | None = None


_flag_lists: dict[bytes, tuple[str, ...]] = {}  # most messages have the same few


def _flags(octets: bytes) -> tuple[str, ...]:
    known = _flag_lists.get(octets)
    return known if known is not None else keep(_flag_lists, octets, split_flags(octets.decode("latin-1")))


def _date_time(octets: bytes) -> DateTime:
    return DateTime(octets.decode())


_NSTRING = envelope.NSTRING.replace(envelope.NIL, "NIL")


def _quick(expression: str) -> str:
    """Return the same expression for strings of any octets without escapes, which takes half the time.

    It is for lines of which somebody else looks whether they have other octets (`_is_plain`).
    """
    unrolled = expression.replace(f"(?: {_NSTRING}){{3}}+", f" {_NSTRING}" * 3)
    return unrolled.replace(envelope.QUOTED, '[^"]*+')


def _is_plain(octets: bytes) -> bool:
    """Return whether a quoted string may hold these octets as they are, but for the quotation mark and LF."""
    return octets.isascii() and not (_NUL in octets or _CR in octets or _BACKSLASH in octets)


#: The items that a shape may have.  FLAGS is what is between its parentheses, and INTERNALDATE between its quotation
#: marks (RFC 9051 section 9, msg-att; RFC 7162 section 7, permsg-modsequence).
PIECES = {
    "FLAGS": Piece(rf"\(((?:{FLAG}(?: {FLAG})*+)?)\)", _flags),
    "UID": Piece(r"([1-9]\d{0,8})", int),
    "RFC822.SIZE": Piece(r"(\d{1,18})", int),
    "INTERNALDATE": Piece(f'"({MOMENT})"', _date_time),
    "ENVELOPE": Piece(f"({envelope.FIELDS})", envelope.read_common, 10, envelope.read_fields),
    "MODSEQ": Piece(r"\(([1-9]\d{0,17})\)", int),
}


class Folded:
    """A message of a shape with literals in its ENVELOPE, in place of the match of a line.

    Its groups have each literal as the quoted string of the same value.  `parts` are those of its frame.
    """

    __slots__ = ("_at", "_found", "_text", "parts")

    def __init__(self, found: re.Match[bytes], text: bytes, parts: tuple[bytes, ...], at: int) -> None:
        self._found = found
        self._text = text  # what was matched, which may have other octets where these are 8-bit
        self._at = at
        self.parts = parts

    def __getitem__(self, group: int) -> Any:
        if group == 0:
            return b"".join(self.parts)
        start, end = self._found.span(group)
        return self._text[start:end] if start >= 0 else None

    def group(self, *groups: int) -> Any:
        """Return several groups, or one."""
        return tuple([self[group] for group in groups]) if len(groups) > 1 else self[groups[0]]

    def start(self) -> int:
        """Return the place in the buffer where it begins."""
        return self._at

    def end(self) -> int:
        """Return the place in the buffer behind it."""
        return self._at + sum(map(len, self.parts))


Found = re.Match[bytes] | Folded


class Shape:
    """The names of a FETCH's items, in order, and the expression of a line that has them.

    `match` matches a whole line.  Its first group takes the message number.
    """

    __slots__ = ("_cells", "_envelope", "_groups", "_quick", "_readers", "_taken", "match", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        pieces = [PIECES[name] for name in names]
        items = " ".join(f"{re.escape(name)} {piece.expression}" for name, piece in zip(names, pieces, strict=True))
        line = rf"\* ([1-9]\d{{0,8}}) FETCH \({items}\)\r\n"
        self.match = re.compile(line.encode("latin-1")).match
        self._quick = re.compile(_quick(line).encode("latin-1")).match
        self._groups: dict[str, int] = {}
        readers: list[tuple[str, int | slice, Callable[[Any], Any]]] = []
        taken: list[int] = []
        group = 2
        for name, piece in zip(names, pieces, strict=True):
            self._groups[name] = group
            at, fields = len(taken), piece.fields
            readers.append((name, slice(at, at + fields), piece.make) if piece.make else (name, at, piece.read))
            taken += range(group + 1, group + 1 + fields) if fields else (group,)
            group += 1 + fields
        self._readers = tuple(readers)
        self._taken = tuple(taken)
        self._cells = (1, *self._groups.values())
        self._envelope = self.group("ENVELOPE")

    def group(self, name: str) -> int:
        """Return the number of the group of an item in a match; 0 if the shape does not have it."""
        return self._groups.get(name, 0)

    def row(self, found: Found) -> Row:
        """Return the message number and the octets of each item."""
        return found.group(*self._cells)

    def taken(self, found: Found) -> Taken:
        """Return what `values` makes the values of a line of."""
        return _many(found.group(*self._taken))

    def value(self, name: str, octets: bytes) -> Any:
        """Return the value of one item."""
        return PIECES[name].read(octets)

    def values(self, taken: Taken) -> dict[str, Any]:
        """Return the values of the items."""
        return {name: read(taken[place]) for name, place, read in self._readers}

    def run(self, buffer: bytes, at: int, offset: int, most: int | None = None, small: int = 0) -> Run | None:
        """Return the responses of this shape that begin at `at`, `most` at most, or None if there are none.

        Literals of up to `small` octets may be in them.
        """
        most = _MOST if most is None else min(most, _MOST)
        match, quick, envelope = self.match, self._quick, self._envelope
        begin = at
        found: list[Found] = []
        literals = False
        while len(found) < most:
            end = buffer.find(b"\n", at) + 1
            line: Found | None = quick(buffer, at, end)
            if line is None or (envelope and not _is_plain(line[envelope])):
                if end - at > _SMALLEST and buffer[end - 3] == _BRACE:
                    line = self._folded(buffer, at, small)
                    literals = literals or line is not None
                else:
                    line = match(buffer, at)
                if line is None:
                    break
            found.append(line)
            at = line.end()
        if not found:
            return None
        return Run(self, buffer[begin:at], offset, [int(line[1]) for line in found], found, begin, literals)

    def found(self, octets: bytes) -> Iterator[Found]:
        """Yield what was found in the octets of a run."""
        at, end = 0, len(octets)
        while at < end:
            line = self.match(octets, at) or self._folded(octets, at, end)
            assert line is not None
            yield line
            at = line.end()

    def _folded(self, buffer: bytes, at: int, small: int) -> Folded | None:
        """Return the message at `at` if it has literals of up to `small` octets in its ENVELOPE, else None."""
        begin = at
        parts: list[bytes] = []
        text: list[bytes] = []
        places: list[int] = []  # of the literals in the text
        place = 0
        plain = True
        while small and self._envelope and len(places) <= _MOST_FOLDED:
            end = buffer.find(b"\n", at) + 1
            if not end:
                return None  # it has not come whole
            line = buffer[at:end]
            parts.append(line)
            if not line.endswith(b"}\r\n"):
                text.append(line)
                whole = end - begin <= _LONGEST_FOLDED and len(places) > 0 and line.isascii()
                return self._matched(text, places, parts, begin, plain) if whole else None
            announced = _ANNOUNCES.search(line, len(line) - _SMALLEST - 3)
            if announced is None or not line.isascii() or _opens(line):
                return None
            size, head = int(announced[1]), line[: announced.start()]
            at = end + size
            literal = buffer[end:at]
            if size > small or at >= len(buffer) or _NUL in literal or _CR in literal or _LF in literal:
                return None
            if not literal.isascii():
                plain = False
                if not _is_utf8(literal):
                    return None
            parts.append(literal)
            quoted = b'"%b"' % literal.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            text += [head, quoted]
            places.append(place + len(head))
            place += len(head) + len(quoted)
        return None

    def _matched(
        self, text: list[bytes], places: list[int], parts: list[bytes], begin: int, plain: bool
    ) -> Folded | None:
        """Return the message if its text has this shape, and its literals are in the ENVELOPE, where all may be."""
        folded = b"".join(text)
        found = self.match(folded if plain else folded.translate(_SEVEN_BITS))
        if found is None or found.end() != len(folded):
            return None
        if not plain and _differs(found, folded):
            return None
        start, end = found.span(self._envelope)
        return Folded(found, folded, tuple(parts), begin) if start < places[0] and places[-1] < end else None

    def items(self, found: Found) -> dict[str, Any]:
        """Return the items, whose values are made on first use."""
        return unread(self.values, self.taken(found))


def _many(taken: Any) -> Taken:
    """Return what `group` of a match gives as a tuple, which it is not if it was asked for one group."""
    return taken if type(taken) is tuple else (taken,)


@lru_cache(maxsize=16)
def shape_of(names: tuple[str, ...]) -> Shape | None:
    """Return the shape of these items, or None if there is none."""
    return Shape(names) if names and all(name in PIECES for name in names) else None


class Run(NamedTuple):
    """Responses of one shape that came one after another.

    `octets` are theirs, and `offset` counts the octets of the stream before them.  `numbers` are the message numbers.
    `found` holds the matches of the lines, in a buffer of which `base` octets come before them.  `literals` says that
    some have literals; else each is a line.
    """

    shape: Shape
    octets: bytes
    offset: int
    numbers: list[int]
    found: list[Found]
    base: int
    literals: bool

    def column(self, name: str) -> list[bytes]:
        """Return the octets of an item of each message."""
        at = self.shape.group(name)
        return [found[at] for found in self.found]

    def rows(self) -> Iterator[Row]:
        """Yield the rows."""
        return map(self.shape.row, self.found)

    def lines(self) -> Iterator[Row]:
        """Yield the rows, each with the octets of the response before it."""
        return ((found[0], *self.shape.row(found)) for found in self.found)

    def taken(self) -> Iterator[Taken]:
        """Yield what `Shape.values` makes the values of each message of."""
        return map(self.shape.taken, self.found)

    def responses(self) -> Iterator[Response]:
        """Yield the responses, as the rules would read them."""
        return map(self.response, range(len(self.found)))

    def response(self, index: int) -> Response:
        """Return one of the responses."""
        found = self.found[index]
        parts = found.parts if isinstance(found, Folded) else (found[0],)
        frame = Frame(parts, self.offset + found.start() - self.base)
        return Response(UNTAGGED, "FETCH", Fetch(self.numbers[index], self.shape.items(found)), frame)


class Owed:
    """Responses that nobody has looked into yet, and the UIDs of their messages: of the latest `most` at least.

    Somebody who keeps something of each message keeps the octets first.  Most of them are never asked for.
    """

    __slots__ = ("_count", "_most", "_waiting")

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._waiting: deque[tuple[Shape | None, Any, list[int | None]]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, run: Run, uids: list[int | None]) -> None:
        """Take in a run.  Its buffer is not kept."""
        self._add(run.shape, run.octets, uids)

    def add_one(self, value: Any, uid: int | None) -> None:
        """Take in what was read by itself between runs."""
        self._add(None, value, [uid])

    def _add(self, shape: Shape | None, kept: Any, uids: list[int | None]) -> None:
        self._waiting.append((shape, kept, uids))
        self._count += len(uids)
        while self._count - len(self._waiting[0][2]) >= self._most:
            self._count -= len(self._waiting.popleft()[2])

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self._count = 0

    def take(self) -> Iterator[tuple[Shape | None, Any, int | None]]:
        """Yield matches with their shape, and what was read by itself without one, in order; and forget them."""
        while self._waiting:
            shape, kept, uids = self._waiting.popleft()
            self._count -= len(uids)
            if shape is None:
                yield None, kept, uids[0]
                continue
            for found, uid in zip(shape.found(kept), uids, strict=True):
                yield shape, found, uid


def _differs(found: re.Match[bytes], folded: bytes) -> bool:
    """Return whether the sender or reply-to are taken for those of from, and differ from them in 8-bit octets."""
    group = found.re.groupindex["env_from"]
    start, end = found.span(group)
    writers = folded[start:end]
    for other in (group + 1, group + 2):
        if start >= 0 and found.start(other) < 0:
            start, end = end + 1, end + 1 + len(writers)
            if folded[start:end] != writers:
                return True
        else:
            end = found.end(other)
    return False


def _opens(line: bytes) -> bool:
    """Return whether a quoted string may be open at the end of a line, so that what is there announces nothing."""
    return line.find(b"\\\\") >= 0 or (line.count(b'"') - line.count(b'\\"')) % 2 == 1


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


class Shapes:
    """Finds the shape of what comes, from the responses that were read by the rules.

    `now` is the shape that the next responses are likely to have, or None.  So many as `few` must follow one another
    before its expression is made.
    """

    __slots__ = ("_few", "_names", "_off", "_seen", "now")

    def __init__(self, nesting: int = LEVELS, few: int = _FEW) -> None:
        self._few = few
        self._off = nesting < LEVELS
        self.now: Shape | None = None
        self._names: tuple[str, ...] = ()
        self._seen = 0

    def saw(self, response: Response) -> None:
        """Take in a FETCH without a fault that was read by the rules."""
        names = tuple(response.value.items)
        if names != self._names:
            self._names, self._seen = names, 0
        self._seen += 1
        if self._seen >= self._few and not self._off:
            self.now = shape_of(names)
