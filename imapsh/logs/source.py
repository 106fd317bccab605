"""The file of a log, read in pieces: a log of gigabytes takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO

from imapsh.errors import ParseError

if TYPE_CHECKING:
    from typing import Any

HEAD = 64  #: lines by which a format is recognised

LONGEST = 64 << 20  #: octets of a line; a file without line ends, or without an end, would fill the memory

_HEAD_OCTETS = 1 << 16
_PIECE = 1 << 18


class Log:
    """A log that is read from `file`, once.

    `path` is the file's, or "" for a stream.  `head` holds its first octets, which `lines` and `pieces` give again.
    `sister` is the other file of a log that has one file for each direction, or None.
    """

    def __init__(self, file: BinaryIO, path: str = "") -> None:
        self.path = path
        self.head = _head(file)
        self.sister: Log | None = None
        self._octets: BufferedReader[Any] = BufferedReader(_Again(self.head, file), _PIECE)

    @property
    def first_lines(self) -> list[bytes]:
        """The lines of `head`, without their LF."""
        return self.head.split(b"\n")[:HEAD]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield where each line begins in the file, and the line with its end.  The last line may have no end.

        Raises ParseError for a line longer than LONGEST, and OSError.
        """
        offset = 0
        while line := self._octets.readline(LONGEST + 1):
            if len(line) > LONGEST:
                raise ParseError(f"the line at octet {offset} is longer than {LONGEST:,} octets", offset)
            yield offset, line
            offset += len(line)

    def pieces(self) -> Iterator[tuple[int, bytes]]:
        """Yield the octets in pieces, each with its place in the file, whatever they hold.  Raises OSError."""
        offset = 0
        while piece := self._octets.read1(_PIECE):
            yield offset, piece
            offset += len(piece)


class _Again(RawIOBase):
    """Gives octets that were read from a file, and then the rest of the file."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = memoryview(head)
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._head[: len(buffer)] if self._head else self._file.read(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _head(file: BinaryIO) -> bytes:
    """Read the first octets of a file: enough lines, or enough octets, or all."""
    head = b""
    while len(head) < _HEAD_OCTETS and head.count(b"\n") < HEAD and (piece := file.read(_PIECE)):
        head += piece
    return head
