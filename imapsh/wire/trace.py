"""The trace file: both directions of one connection or of several, octet by octet, readable with a pager.

    imapsh-trace 2
    {"writer": "imapsh 0.1.0", "date": "2026-11-29T08:20:00Z", "server": "imap.example.org:993", "tls": "implicit"}
    S +0.001234 41
    * OK [CAPABILITY IMAP4rev1] ready when you are...

First a line with the format's name and version, and one with the header, an object in JSON.  Then records: a line with
the direction (`S` from the server, `C` from the client, `#` a note in UTF-8), the seconds since the trace began (`-` if
they are not known) and the number of octets; exactly those octets; LF.  If there are several connections, the name of
the record's follows the number of octets; `-` is no name.  Behind that comes how exact the octets are
(`imapsh.wire.pieces`), if they are not.  Whoever writes has masked what is secret.  Version 1 had no header, and one
connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from imapsh.errors import ParseError
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, EXACT, NOTE, SERVER

_MAGIC = b"imapsh-trace "
_VERSION = 2
_HEADER = re.compile(
    rb"([SC#]) (?:\+(\d{1,12}\.\d{1,9})|-) (\d{1,18})(?: ([!-~]{1,40})(?: (lines|elided|rendered))?)?\n"
)
_LONGEST_HEADER = 128  # octets of the line before a record
_LONGEST_FIRST = 1 << 16  # octets of the header
_NO_NAME = "-"

ONE_OR_BOTH = "one or both"

LONGEST = 64 << 20  #: octets of a record; what is longer is written as several


class Header(NamedTuple):
    """The header of a trace: what a reader of it wants to know first.

    `writer` is the program, `date` the moment when the trace began, in seconds since 1970, or None if it is not known.
    `server` is its address without a password.  `tls` says how the connection is encrypted: "implicit" (from the first
    octet), "STARTTLS" (if it was begun), "none", or "" if that is not known.  `masked` says what was masked.  `sides`
    is ONE_OR_BOTH if a side may be missing, because the trace was made of a log that may lack one; otherwise it is "".
    """

    writer: str = ""
    date: float | None = None
    server: str = ""
    tls: str = ""
    masked: str = "passwords and tokens"
    sides: str = ""


_NOTHING_KNOWN = Header()


class Record(NamedTuple):
    """One record of a trace.

    `time` is in seconds since the trace began, or None if it is not known; `offset` is where `octets` begin in the
    file.  `connection` is "" if the trace has one connection.  `exactness` is a value of `imapsh.wire.pieces`.
    """

    direction: str
    time: float | None
    offset: int
    octets: bytes
    connection: str = ""
    exactness: str = EXACT


class Trace:
    """Writes a trace through `write`; `clock` gives seconds, as time.monotonic does."""

    def __init__(
        self, write: Callable[[bytes], object], clock: Callable[[], float], header: Header = _NOTHING_KNOWN
    ) -> None:
        self._write = write
        self._clock = clock
        self._began = clock()
        write(_MAGIC + b"%d\n%s\n" % (_VERSION, _as_json(header)))

    def received(self, piece: bytes) -> None:
        """Write octets that came from the server."""
        self.record(SERVER, piece)

    def sent(self, octets: bytes) -> None:
        """Write octets that went to the server; the caller has masked secrets."""
        self.record(CLIENT, octets)

    def note(self, text: str) -> None:
        """Record another event: connected, TLS begun, connection lost."""
        self.record(NOTE, text.encode("utf-8", "surrogateescape"))

    def record(
        self, direction: str, octets: bytes, connection: str = "", *, exactness: str = EXACT, time: float | None = None
    ) -> None:
        """Write octets of one direction.  `time` is in seconds since the trace began; None is now."""
        passed = self._clock() - self._began if time is None else time
        self.copy(Record(direction, passed, 0, octets, connection, exactness))

    def copy(self, record: Record) -> None:
        """Write a record with its own time, or without one.  Its offset means nothing here."""
        passed = b"-" if record.time is None else b"+%.6f" % max(0.0, record.time)
        marks = [record.connection or _NO_NAME] if record.connection or record.exactness != EXACT else []
        marks += [record.exactness] if record.exactness != EXACT else []
        behind = "".join(f" {mark}" for mark in marks).encode("ascii", "replace")
        for at in range(0, max(len(record.octets), 1), LONGEST):
            piece = record.octets[at : at + LONGEST]
            head = b"%s %s %d%s\n" % (record.direction.encode("ascii"), passed, len(piece), behind)
            self._write(head + piece + b"\n")


def _as_json(header: Header) -> bytes:
    said = {name: value for name, value in header._asdict().items() if value not in ("", None)}
    if header.date is not None:
        said["date"] = datetime.fromtimestamp(header.date, UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(said).encode("ascii")


def is_trace(data: bytes) -> bool:
    """Return whether a file that begins with `data` is a trace."""
    return data.startswith(_MAGIC)


def read_trace(data: bytes | Iterable[bytes]) -> Iterator[Record]:
    """Yield the records, in order.  The last is shorter than announced if the writer was stopped in it.

    Raises ParseError if the file is no trace, is of a later version, or a record does not follow the format.
    """
    return iter(TraceReader(data))


class TraceReader:
    """Reads a trace: `header` is there at once, and iterating yields the records.

    `version` is the version of the format.  Raises ParseError as `read_trace` does.
    """

    def __init__(self, data: bytes | Iterable[bytes]) -> None:
        self._source = _Source(iter((data,) if isinstance(data, bytes) else data))
        first = self._source.line()
        version = first[len(_MAGIC) :].strip()
        if not is_trace(first) or version not in (b"1", b"%d" % _VERSION):
            raise ParseError(
                f"not a trace of version 1 to {_VERSION}: the first line must be 'imapsh-trace {_VERSION}'"
            )
        self.version = int(version)
        self.header = Header(masked="") if self.version == 1 else _read_header(self._source)

    def __iter__(self) -> Iterator[Record]:
        """Yield the records, in order."""
        source = self._source
        while line := source.line():
            found = _HEADER.fullmatch(line)
            if found is None:
                if not source.ended:
                    raise _damaged(source.offset - len(line), "expected a record there")
                return
            begin = source.offset
            if int(found[3]) > LONGEST:
                raise _damaged(begin - len(line), f"a record has at most {LONGEST:,} octets, not {int(found[3]):,}")
            octets = source.read(int(found[3]))
            name = (found[4] or b"").decode("ascii")
            connection, exactness = "" if name == _NO_NAME else name, (found[5] or b"").decode("ascii") or EXACT
            time = None if found[2] is None else float(found[2])
            yield Record(found[1].decode("ascii"), time, begin, octets, connection, exactness)
            if source.read(1) not in (b"\n", b""):
                raise _damaged(source.offset - 1, "expected a newline there")


def _damaged(offset: int, expected: str) -> ParseError:
    return ParseError(f"the trace is damaged at octet {offset}: {expected}", offset)


def _read_header(source: _Source) -> Header:
    """Read the header.  Unknown fields are passed over, for a later writer may have more."""
    begin = source.offset
    try:
        said: dict[str, str] = dict(json.loads(source.line(_LONGEST_FIRST)).items())
        moment = datetime.fromisoformat(said["date"]).timestamp() if "date" in said else None
        writer, *others = (str(said.get(name, "")) for name in ("writer", "server", "tls", "masked", "sides"))
        return Header(writer, moment, *others)
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        raise _damaged(begin, "expected the header there, an object in JSON") from None


class _Source:
    """Reads lines and counted octets out of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._chunk = b""
        self._at = 0
        self.offset = 0
        self.ended = False

    def line(self, longest: int = _LONGEST_HEADER) -> bytes:
        """Return the next header line, or what there is if it does not end."""
        while (found := self._chunk.find(b"\n", self._at)) < 0:
            if len(self._chunk) - self._at > longest or not self._more():
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
