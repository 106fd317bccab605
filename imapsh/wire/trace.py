"""The trace file: both directions of a connection, octet by octet, readable with a pager.

    imapsh-trace 1
    S +0.001234 41
    * OK [CAPABILITY IMAP4rev1] ready when you are...

First a line with the format's name and version.  Then records: a line with the direction (`S` from the server, `C` from
the client, `#` a note in UTF-8), the seconds since the trace began and the number of octets; exactly those octets; LF.
Whoever writes has masked what is secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from imapsh.errors import ParseError
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, NOTE, SERVER

_MAGIC = b"imapsh-trace "
_VERSION = 1
_HEADER = re.compile(rb"([SC#]) \+(\d{1,12}\.\d{1,9}) (\d{1,18})\n")
_LONGEST_HEADER = 64

LONGEST = 64 << 20  #: octets of a record; what is longer is written as several


class Record(NamedTuple):
    """One record of a trace.

    `time` is in seconds since the trace began; `offset` is where `octets` begin in the file.
    """

    direction: str
    time: float
    offset: int
    octets: bytes


class Trace:
    """Writes a trace through `write`; `clock` gives seconds, as time.monotonic does."""

    def __init__(self, write: Callable[[bytes], object], clock: Callable[[], float]) -> None:
        self._write = write
        self._clock = clock
        self._began = clock()
        write(_MAGIC + b"%d\n" % _VERSION)

    def received(self, piece: bytes) -> None:
        """Write octets that came from the server."""
        self._record(SERVER, piece)

    def sent(self, octets: bytes) -> None:
        """Write octets that went to the server; the caller has masked secrets."""
        self._record(CLIENT, octets)

    def note(self, text: str) -> None:
        """Record another event: connected, TLS begun, connection lost."""
        self._record(NOTE, text.encode("utf-8", "surrogateescape"))

    def _record(self, direction: str, octets: bytes) -> None:
        passed = max(0.0, self._clock() - self._began)
        for at in range(0, max(len(octets), 1), LONGEST):
            piece = octets[at : at + LONGEST]
            self._write(b"%s +%.6f %d\n%s\n" % (direction.encode("ascii"), passed, len(piece), piece))


def is_trace(data: bytes) -> bool:
    """Return whether a file that begins with `data` is a trace."""
    return data.startswith(_MAGIC)


def read_trace(data: bytes | Iterable[bytes]) -> Iterator[Record]:
    """Yield the records, in order.  The last is shorter than announced if the writer was stopped in it.

    Raises ParseError if the file is no trace, is of a later version, or a record does not follow the format.
    """
    source = _Source(iter((data,) if isinstance(data, bytes) else data))
    first = source.line()
    if not is_trace(first) or first[len(_MAGIC) :].strip() != b"%d" % _VERSION:
        raise ParseError(f"not a trace of version {_VERSION}: the first line must be 'imapsh-trace {_VERSION}'")
    while line := source.line():
        found = _HEADER.fullmatch(line)
        if found is None:
            if not source.ended:
                raise ParseError(f"the trace is damaged at octet {source.offset - len(line)}: expected a record there",
                                 source.offset - len(line))  # fmt: skip
            return
        begin = source.offset
        if int(found[3]) > LONGEST:
            raise ParseError(f"the trace is damaged at octet {begin - len(line)}: a record has at most {LONGEST:,} "
                             f"octets, not {int(found[3]):,}", begin - len(line))  # fmt: skip
        octets = source.read(int(found[3]))
        yield Record(found[1].decode("ascii"), float(found[2]), begin, octets)
        if source.read(1) not in (b"\n", b""):
            raise ParseError(f"the trace is damaged at octet {source.offset - 1}: expected a newline there",
                             source.offset - 1)  # fmt: skip


class _Source:
    """Reads lines and counted octets out of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._chunk = b""
        self._at = 0
        self.offset = 0
        self.ended = False

    def line(self) -> bytes:
        """Return the next header line, or what there is if it does not end."""
        while (found := self._chunk.find(b"\n", self._at)) < 0:
            if len(self._chunk) - self._at > _LONGEST_HEADER or not self._more():
                break
        return self._take((found + 1 if found >= 0 else len(self._chunk)) - self._at)

    def read(self, octets: int) -> bytes:
        """Return `octets` octets, or fewer at the end."""
        parts: list[bytes] = []
        while octets > 0:
            if self._at >= len(self._chunk) and not self._more():
                break
            parts.append(self._take(min(octets, len(self._chunk) - self._at)))
            octets -= len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _take(self, octets: int) -> bytes:
        taken = self._chunk[self._at : self._at + octets]
        self._at += len(taken)
        self.offset += len(taken)
        return taken

    def _more(self) -> bool:
        piece = next(self._pieces, b"")
        self._chunk, self._at = self._chunk[self._at :] + piece, 0
        self.ended = not piece
        return bool(piece)
