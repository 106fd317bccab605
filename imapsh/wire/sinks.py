"""Where large literals go, piece by piece: a file, a temporary file, or nowhere but into a hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Protocol

from imapsh.wire.frames import Part, Spilled
from imapsh.wire.reader import Opener, Sink

_PIECE = 1 << 16


class Writable(Protocol):
    """Takes octets."""

    def write(self, data: bytes, /) -> object:
        """Take the next octets."""


class FileSink:
    """Writes to `file`, which stays the caller's to close; `Spilled.where` is that file."""

    def __init__(self, file: Writable) -> None:
        self._file = file
        self._octets = 0

    def write(self, data: bytes, /) -> None:
        """Write the next octets; raises what the file raises."""
        self._file.write(data)
        self._octets += len(data)

    def finish(self) -> Spilled:
        """How many octets went into the file."""
        return Spilled(self._octets, "", self._file)


class HashSink:
    """Keeps the number of octets and their SHA-256, not the octets."""

    def __init__(self) -> None:
        from hashlib import sha256

        self._hash = sha256()
        self._octets = 0

    def write(self, data: bytes, /) -> None:
        """Count and hash the next octets."""
        self._hash.update(data)
        self._octets += len(data)

    def finish(self) -> Spilled:
        """The number of octets and their SHA-256 in hex."""
        return Spilled(self._octets, self._hash.hexdigest())


class SpoolSink(HashSink):
    """Writes to a temporary file without a name, hashed too; `Spilled.where` is the file, at its beginning."""

    def __init__(self) -> None:
        from tempfile import TemporaryFile

        super().__init__()
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - handed on in Spilled.where

    def write(self, data: bytes, /) -> None:
        """Write the next octets; raises OSError when the disk is full."""
        super().write(data)
        self._file.write(data)

    def tail(self, octets: int) -> bytes:
        """The last octets that came, so many at most."""
        self._file.seek(-min(octets, self._octets), 2)
        return self._file.read()

    def finish(self) -> Spilled:
        """The number of octets, their SHA-256 in hex, and the file to read them from."""
        self._file.seek(0)
        return super().finish()._replace(where=self._file)


def octets_of(part: Part) -> Iterator[bytes]:
    """The octets of a part in pieces, those of a spooled literal from its file; none where they were not kept."""
    if not isinstance(part, Spilled):
        yield part
    elif part.where is not None:
        file: IO[bytes] = part.where  # type: ignore[assignment]
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def opener(threshold: int, factory: Callable[[], Sink]) -> Opener:
    """An opener for FrameReader: literals of more than `threshold` octets go to a new sink of `factory`."""
    return lambda octets, line: factory() if octets > threshold else None
