"""Sinks for large literals, which take them piece by piece: a file, a temporary file, a hash, or a count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from io import BytesIO

from imapsh.hints import IO, Any, Protocol, cast
from imapsh.wire.frames import Frame, Part, Spilled
from imapsh.wire.reader import Opener, Sink

_PIECE = 1 << 16
LARGE = 1 << 19  #: octets of a file that are copied or hashed at once


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
        """Return how many octets went into the file, and the file."""
        return Spilled(self._octets, "", self._file)  # type: ignore[arg-type] # the caller knows what it gave


class CountSink:
    """Keeps the number of octets alone, for a literal whose SHA-256 nobody asks for."""

    def __init__(self) -> None:
        self._octets = 0

    def write(self, data: bytes, /) -> None:
        """Count the next octets."""
        self._octets += len(data)

    def finish(self) -> Spilled:
        """Return the number of octets."""
        return Spilled(self._octets)


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
        """Return the number of octets and their SHA-256 in hex."""
        return Spilled(self._octets, self._hash.hexdigest())


class HeadSink:
    """Keeps the first `most` octets in memory, and counts all; `Spilled.where` is a file of those that were kept."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._octets = 0
        self._head = BytesIO()

    def write(self, data: bytes, /) -> None:
        """Count the next octets, and keep them if there is room."""
        self._octets += len(data)
        self._left -= self._head.write(data[: self._left])

    def finish(self) -> Spilled:
        """Return the number of octets, and the file with the first of them."""
        self._head.seek(0)
        return Spilled(self._octets, "", self._head)


class SpoolSink:
    """Writes to a temporary file without a name, hashed too; `Spilled.where` is the file, at its beginning.

    If `sums` is false, nothing is hashed: `sum_of` hashes the file when somebody asks, while it is open.  `make` makes
    the file.

    If the file cannot be made or written, because the disk is full or too many files are open, its octets are counted
    (and hashed) alone; `failed`, if it is given, is called with the error, and `Spilled.where` is None.
    """

    def __init__(
        self,
        failed: Callable[[OSError], object] | None = None,
        *,
        sums: bool = True,
        make: Callable[[], Spool] | None = None,
    ) -> None:
        self._failed = failed
        self._counted: HashSink | CountSink = HashSink() if sums else CountSink()
        self._file: Spool | None = None
        self._trying(lambda: setattr(self, "_file", (make or Spool)()))

    def write(self, data: bytes, /) -> None:
        """Write the next octets.  Raises OSError when the disk is full and nobody is to be told."""
        self._counted.write(data)
        if self._file is not None:
            self._trying(partial(self._file.append, data))

    def tail(self, octets: int) -> bytes:
        """Return the last octets that came, `octets` at most; none if they are not kept."""
        if self._file is None:
            return b""
        size = self._file.seek(0, 2)
        self._file.seek(max(0, size - octets))
        last: bytes = self._file.read()
        return last

    def finish(self) -> Spilled:
        """Return the number of octets, their SHA-256 in hex if it was made, and the file to read them from."""
        self._trying(lambda: self._file and self._file.seek(0))
        return self._counted.finish()._replace(where=cast("IO[bytes] | None", self._file))

    def _trying(self, work: Callable[[], object]) -> None:
        try:
            work()
        except OSError as error:
            file, self._file = self._file, None
            if file is not None:
                file.close()
            if self._failed is None:
                raise
            self._failed(error)


class Spool:
    """A file that is closed with the last reference to it.  All else is the file's own.

    Without a `file`, it is a temporary one without a name.
    """

    def __init__(self, file: IO[bytes] | None = None) -> None:
        self._file: IO[bytes] = file or _nameless()

    def append(self, data: bytes) -> None:
        """Write to the end, and not by way of the file's buffer, which is for reading."""
        write = self.raw.write
        left = memoryview(data)
        while left:
            left = left[write(left) :]

    def __getattr__(self, name: str) -> Any:
        if name == "_file":  # it could not be made
            raise AttributeError(name)
        return getattr(self._file, name)

    def __enter__(self) -> IO[bytes]:
        return self._file.__enter__()

    def __exit__(self, *error: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._file)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()


def _nameless() -> IO[bytes]:
    from tempfile import TemporaryFile

    return TemporaryFile()


def is_kept(part: Part) -> bool:
    """Return whether the octets of a part can be read: they are in memory, or in an open file that can be read."""
    if not isinstance(part, Spilled):
        return True
    file: IO[bytes] = part.where  # type: ignore[assignment]
    return hasattr(file, "readable") and not file.closed and file.readable() and file.seekable()


def in_file(frame: Frame) -> bool:
    """Return whether a literal of the frame is in a file that it can be read from."""
    return len(frame.parts) > 1 and any(isinstance(part, Spilled) and is_kept(part) for part in frame.parts)


def sum_of(part: Spilled) -> str:
    """Return the SHA-256 of a literal in hex: the sink's, or that of the file; "" if its octets were not kept."""
    if part.sha256 or not is_kept(part):
        return part.sha256
    from hashlib import sha256

    found = sha256()
    for piece in octets_of(part, LARGE):
        found.update(piece)
    return found.hexdigest()


def octets_of(part: Part, most: int = _PIECE) -> Iterator[bytes]:
    """Yield the octets of a part in pieces, those of a spooled literal from its file; none if they were not kept.

    A piece of a file has `most` octets at the most.  Several may read the same part in turns.
    """
    if not isinstance(part, Spilled):
        yield part
        return
    file: IO[bytes] = part.where  # type: ignore[assignment]
    at = 0
    while is_kept(part):
        file.seek(at)
        piece = file.read(most)
        if not piece:
            return
        at += len(piece)
        yield piece


def head_of(part: Part, octets: int) -> bytes:
    """Return the first octets of a part, `octets` at most; none if they were not kept."""
    head = b""
    for piece in octets_of(part):
        head += piece[: octets - len(head)]
        if len(head) == octets:
            break
    return head


def blocks_of(part: Part) -> Iterator[bytes]:
    """Yield the octets of a part in pieces that end behind a line end.

    If a line is longer than a piece, pieces end between two characters (of UTF-8), and never within CRLF.
    """
    rest = b""
    for piece in octets_of(part):
        octets = rest + piece
        cut = octets.rfind(b"\n") + 1 or _between_characters(octets)
        if cut:
            yield octets[:cut]
        rest = octets[cut:]
    if rest:
        yield rest


def _between_characters(octets: bytes) -> int:
    """Return the last place at which octets can be cut without taking a CRLF or a character apart."""
    end = len(octets)
    if octets.endswith(b"\r"):
        return end - 1
    for size in (1, 2, 3):  # octets of a character that may lack its end
        if size <= end and octets[-size] >= 0xC0:
            needs = 2 if octets[-size] < 0xE0 else 3 if octets[-size] < 0xF0 else 4
            return end - size if size < needs else end
    return end


#: Chooses a file for a literal, given the line before it and its octets; None keeps it in memory.
Choose = Callable[[bytes, int], Writable | None]


def chosen(choose: Choose) -> Opener:
    """Return an opener for FrameReader: literals go to the files that are chosen, which stay the chooser's to close."""

    def opened(octets: int, line: bytes) -> Sink | None:
        file = choose(line, octets)
        return None if file is None else FileSink(file)

    return opened


def opener(threshold: int, factory: Callable[[], Sink]) -> Opener:
    """Return an opener for FrameReader: literals of more than `threshold` octets go to a new sink of `factory`."""
    return _Above(threshold, factory)


class _Above:
    """An opener; `kept` is the most octets of a literal that stays in memory."""

    __slots__ = ("_factory", "kept")

    def __init__(self, threshold: int, factory: Callable[[], Sink]) -> None:
        self.kept = threshold
        self._factory = factory

    def __call__(self, octets: int, line: bytes) -> Sink | None:
        return self._factory() if octets > self.kept else None
