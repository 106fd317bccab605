"""The file of a log, read in pieces: a log of gigabytes takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from typing import TYPE_CHECKING, BinaryIO

from imapsh.errors import ParseError
from imapsh.logs.unpacking import Again, unpacked
from imapsh.wire.pieces import EXACT, LINES

if TYPE_CHECKING:
    from re import Pattern
    from typing import Any

HEAD = 64  #: lines by which a format is recognised

LONGEST = 64 << 20  #: octets of a line; a file without line ends, or without an end, would fill the memory

_HEAD_OCTETS = 1 << 16
_PIECE = 1 << 18


class Log:
    """A log that is read from `file`, once.

    `path` is the file's, or "" for a stream.  `head` holds its first octets, which `lines` and `pieces` give again.
    `sister` is the other file of a log that has one file for each direction, or None.  `kept` names what the log was
    packed in (`imapsh.logs.unpacking`), or is "".  Reading a packed file raises ParseError if it is damaged.
    """

    def __init__(self, file: BinaryIO, path: str = "") -> None:
        self.path = path
        octets, self._begin, self.kept = unpacked(file)
        self.head = _head(octets)
        self.sister: Log | None = None
        self._octets: BufferedReader[Any] = BufferedReader(Again(self.head, octets), _PIECE)
        self._dress: Pattern[bytes] | None = None
        self._returns = False
        ends = self.head.split(b"\n")[:-1]
        self._doubled = bool(ends) and all(line.endswith(b"\r\r") for line in ends)
        if self._doubled:
            self.head = self.head.replace(b"\r\r\n", b"\r\n")

    @property
    def dressed(self) -> bool:
        """True if something that does not belong to the log is taken off its lines."""
        return self._dress is not None

    @property
    def lost_returns(self) -> bool:
        """True if no line has a CR, as in a file that an editor has saved."""
        return b"\n" in self.head and b"\r\n" not in self.head

    def undress(self, dress: Pattern[bytes]) -> None:
        """Take off each line from now on, and off those of `head`, whatever `dress` finds in it."""
        self._dress = dress
        self.head = undressed(self.head, dress)

    def give_returns(self) -> str:
        """Give each line its CR from now on, if the lines have lost it.  Return how exact they are then."""
        self._returns = self.lost_returns
        return LINES if self._returns else EXACT

    @property
    def first_lines(self) -> list[bytes]:
        """The lines of `head`, without their LF."""
        return self.head.split(b"\n")[:HEAD]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield where each line begins in the file, and the line with its end.  The last line may have no end.

        Raises ParseError for a line longer than LONGEST, and OSError.
        """
        offset = self._begin
        while line := self._octets.readline(LONGEST + 1):
            if len(line) > LONGEST:
                raise ParseError(f"the line at octet {offset} is longer than {LONGEST:,} octets", offset)
            yield self._mended(offset, line)
            offset += len(line)

    def pieces(self) -> Iterator[tuple[int, bytes]]:
        """Yield the octets in pieces, each with its place in the file, whatever they hold.

        Raises OSError, and ParseError as `lines` does if something in the lines is mended.
        """
        if self._dress is not None or self._returns or self._doubled:
            yield from self.lines()
            return
        offset = self._begin
        while piece := self._octets.read1(_PIECE):
            yield offset, piece
            offset += len(piece)

    def _mended(self, offset: int, line: bytes) -> tuple[int, bytes]:
        """Return a line as the program wrote it that made the log, and where it begins."""
        if self._doubled and line.endswith(b"\r\r\n"):
            line = line[:-2] + b"\n"
        if self._dress is not None:
            found = self._dress.match(line)
            offset += found.end() if found is not None else 0
            line = self._dress.sub(b"", line)
        if self._returns and line.endswith(b"\n"):
            line = line[:-1] + b"\r\n"
        return offset, line


def undressed(octets: bytes, dress: Pattern[bytes]) -> bytes:
    """Return octets without what `dress` finds in each of their lines."""
    return b"\n".join(dress.sub(b"", line) for line in octets.split(b"\n"))


def _head(file: BinaryIO) -> bytes:
    """Read the first octets of a file: enough lines, or enough octets, or all."""
    head = b""
    while len(head) < _HEAD_OCTETS and head.count(b"\n") < HEAD and (piece := file.read(_PIECE)):
        head += piece
    return head
