"""Files that hold a log in another form: packed by gzip, in UTF-16, or behind a byte order mark.

PowerShell writes UTF-16 where a shell of Unix writes the octets that a program gave it.
"""

from __future__ import annotations

import codecs
import zlib
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

from imapsh.errors import ParseError

if TYPE_CHECKING:
    from typing import Any

_GZIP = b"\x1f\x8b"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LONGEST = 3  # octets by which they are told
_PIECE = 1 << 16


class Again(RawIOBase):
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


def unpacked(file: BinaryIO) -> tuple[BinaryIO, int, str]:
    """Return a file that gives the octets of a log, how many octets were before them, and what they were kept in.

    The last is "gzip", "UTF-16" or "".  Reading the file raises ParseError if the packed octets are damaged or end too
    early, and OSError.
    """
    first = b""
    while len(first) < _LONGEST and (piece := file.read(_LONGEST - len(first))):
        first += piece
    if first.startswith(_GZIP):
        inner, begin, inside = unpacked(cast("BinaryIO", _Unzipped(_again(first, file))))
        return inner, begin, f"{inside} in gzip" if inside else "gzip"
    for mark, encoding in _UTF16.items():
        if first.startswith(mark):
            return cast("BinaryIO", _Decoded(_again(first[len(mark) :], file), encoding)), 0, "UTF-16"
    octets = first.removeprefix(codecs.BOM_UTF8)
    return _again(octets, file), len(first) - len(octets), ""


def _again(first: bytes, file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", Again(first, file))


class _Unzipped:
    """A file that gzip has packed."""

    def __init__(self, file: BinaryIO) -> None:
        import gzip

        self._file = gzip.GzipFile(fileobj=BufferedReader(cast("RawIOBase", file)))

    def read(self, size: int) -> bytes:
        try:
            return self._file.read1(size)
        except EOFError:
            raise ParseError("the file was packed by gzip, and its end is missing") from None
        except (OSError, zlib.error) as error:
            raise ParseError(f"the file was packed by gzip and is damaged ({error})") from None


class _Decoded:
    """A file in UTF-16, in UTF-8."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int) -> bytes:
        """Return the next octets; so many characters are read that their octets are no more than `size`."""
        while piece := self._file.read(max(size // 2, 1)):
            if text := self._decoder.decode(piece).encode():
                return text
        return self._decoder.decode(b"", final=True).encode()
