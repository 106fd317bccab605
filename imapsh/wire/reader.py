"""One frame reader for every way octets arrive.

Theory of operation.  A frame is one response or command: a line, or several pieces of lines with literals between them.
`FrameReader.read` is a generator for one frame.  It yields a request, `Line` or `Octets`, and is sent what it asked
for.  It never waits and never looks ahead by itself.  Whoever answers decides where the octets come from: `push.py`
keeps the generator until more has come, `pull.py` blocks.  So there is one reader, and a stream that is cut anywhere
gives the same frames.

    read     the first line comes                   -> data, status or command, by how it begins
    data     (`* FETCH ...`)  ends in `{n}`         -> literal, then the next piece of the line, then data again
                              is left open          -> if the next line begins as no response does, join it: data again
    status   (OK, `+`, text)  ends in `{n}` inside a response code that may hold a string -> literal, status again
    command                   ends in `{n}`         -> literal, command again
    literal  yields Octets until n octets came; the stream may end before: then the frame is incomplete
    any      otherwise the frame ends

The three differ because text must never swallow what follows it.  A person may write `{5}` at the end of a greeting, so
in the text of a status response `{n}` announces nothing.  `{n}` inside a quoted string announces nothing either, and
`Scan` keeps track of where one is open over all pieces of a frame (RFC 9051 sections 4.3, 7.1 and 9).

Some servers break a line inside a quoted string or a list.  Such a line is joined to the next one only if that begins
with a space, a tab or `)`, for no response does.  The line that was read to find that out is kept in `pending` if it
does not belong to the frame.

Most lines are a whole frame.  `FrameReader.whole` sees that by counting marks, without the generator.  If it is not
sure it says None, and the generator decides.  `FrameReader.with_literal` does the same for a FETCH with one literal, if
all of it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from io import BytesIO

from imapsh.findings import Violation
from imapsh.hints import Protocol
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame, Part, Spilled, size_of
from imapsh.wire.limits import DEFAULT, Limits

RESPONSE = "response"
COMMAND = "command"

#: Codes whose argument may be a string, so a literal may stand inside (RFC 3501 section 9; RFC 2060 for NEWNAME).
STRING_CODES = frozenset({b"BADCHARSET", b"NEWNAME", b"REFERRAL"})

_ANNOUNCES = lazy(rb"(~?)\{(\d+)(\+?)\}\r?\n\Z")
_STATUS = lazy(rb"(?:\* |[^*+ \r\n(){%\"\\]+ )(?:OK|NO|BAD|BYE|PREAUTH)(?![!-~])", re.IGNORECASE)
_OPEN_CODE = lazy(rb"(?:\+|\S+ [A-Z]+) \[([A-Z0-9-]+) ((?:[^\]\"]++|\"(?:[^\"\\]|\\.)*+\")*+)\Z", re.IGNORECASE)
#: a FETCH that ends in a literal which is announced outside quoted strings, because there is none
_ONE_LITERAL = lazy(rb'\* \d{1,10} FETCH \([^"{\r\n]*+\{(\d{1,9})\}\r\n\Z')
_MARKS = lazy(rb'\\["\\]|["()]')
_OPEN, _CLOSE, _QUOTE = b'()"'  # numbers: `34 in line` is ten times as fast as a search for octets
_MOST_JOINED = 100  # lines that are joined to one that is left open
_SMALL = 1 << 10  # octets of a literal that may be read with others like it
_FEW = 1 << 6  # of these in a response, at the most
_LONGEST_CODE = 1 << 11  # octets of a code in which a literal is looked for


def _announcement(piece: bytes) -> re.Match[bytes] | None:
    """Return the match of the `{n}` that ends a line piece, or None."""
    if piece[-3:-2] != b"}" and piece[-2:-1] != b"}":
        return None
    return _ANNOUNCES.search(piece, max(piece.rfind(b"{") - 1, 0))


def _size(found: re.Match[bytes]) -> int:
    """Return the octets announced; 2^63 for all that is more."""
    digits = found[2].lstrip(b"0")
    return int(digits or b"0") if len(digits) < 20 else 1 << 63


class Line(NamedTuple):
    """A request for the next line with its LF; at the end of the stream for what is left, b"" for nothing."""


class Octets(NamedTuple):
    """A request for up to `octets` octets of a literal, at least one; b"" at the end of the stream.

    `first` marks the request made before anything of the literal was read: the moment to answer `+`, or to refuse.
    """

    octets: int
    synchronizing: bool
    binary: bool
    first: bool


LINE = Line()
Request = Line | Octets
Reading = Generator[Request, bytes, Frame | None]


class Sink(Protocol):
    """Takes a large literal, piece by piece."""

    def write(self, data: bytes, /) -> object:
        """Take the next octets."""

    def finish(self) -> Part:
        """Say what was kept (Spilled, or the octets after all), because all came or the stream ended."""


#: Given the announced size and the line so far: a sink for the literal, or None to keep it in memory.  If it has an
#: attribute `kept`, it returns None for all literals of up to so many octets; if it has `together` and that is false,
#: no response with a literal is read together with others.
Opener = Callable[[int, bytes], Sink | None]
#: Given the size of a literal: its octets and the line behind it, or None if not all of both has come.
Ahead = Callable[[int], "tuple[bytes, bytes] | None"]


class Taken:
    """The octets of a literal that came so far, in one buffer, so that a large one is not in memory twice."""

    __slots__ = ("_buffer", "_first")

    def __init__(self) -> None:
        self._first = b""
        self._buffer: BytesIO | None = None  # if there is more than one piece

    def append(self, piece: bytes) -> None:
        """Take the next octets."""
        if not self._first:
            self._first = piece
            return
        if self._buffer is None:
            self._buffer = BytesIO()
            self._buffer.write(self._first)
        self._buffer.write(piece)

    def octets(self) -> bytes:
        """Return all octets.  They are not copied if no more are taken."""
        return self._first if self._buffer is None else self._buffer.getvalue()

    def tail(self, octets: int) -> bytes:
        """Return the last octets, `octets` at most."""
        return self._first[-octets:] if self._buffer is None else self._buffer.getbuffer()[-octets:].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the octets, if there are any."""
        if self._first:
            yield self.octets()


class FrameReader:
    """Turns lines and octets into frames.  `dialect` is RESPONSE or COMMAND.

    Raises LimitError (from the generator) for a line or literal beyond `limits`, before memory is taken.
    """

    def __init__(self, dialect: str = RESPONSE, limits: Limits = DEFAULT, opener: Opener | None = None) -> None:
        self.dialect = dialect
        self.limits = limits
        self.opener = opener
        self.offset = 0
        self.pending: bytes | None = None  # a line that was read to see whether it goes on, and does not
        self._before = 0  # octets of the frame before its last piece
        self._joined = 0  # lines joined to it because it was left open
        self.begun: list[Part] = []  # parts of the frame that is being read
        self.taken = Taken()  # octets of the literal that is being read
        self._kept = 0  # octets of the frame's literals that are in memory
        self._lines = 0  # octets of the lines behind them
        self._ahead: Ahead | None = None
        self.sink: Sink | None = None  # where they go in place of that
        self.announced = 0  # its octets
        self.raw_line = False  # the next line is a frame whatever it holds (server: AUTHENTICATE, IDLE)
        self.elided = False  # the octets of the next literal will not come: whoever wrote them down left them out

    @property
    def small(self) -> int:
        """The most octets of a literal of which few can be read without a look at limits and sinks; 0 if none can."""
        limits, opener = self.limits, self.opener
        if self.elided or 0 < limits.memory < _FEW * _SMALL or 0 < limits.literals < _FEW:
            return 0
        if not getattr(opener, "together", True):
            return 0
        kept: int = _SMALL if opener is None else getattr(opener, "kept", 0)
        return min(_SMALL, kept, limits.literal or _SMALL)

    def forget(self) -> None:
        """Forget the frame that was begun."""
        self.begun, self.taken = [], Taken()

    def whole(self, line: bytes) -> Frame | None:
        """Return the frame that is just this line, or None if more may belong to it.

        This is the common way, and the fast one.
        """
        if not line.endswith(b"\r\n") or line.endswith(b"}\r\n") or self.raw_line:
            return None
        if _QUOTE in line and line.count(_QUOTE) & 1:
            return None
        if self.dialect is RESPONSE and line.count(_OPEN) != line.count(_CLOSE):
            return None
        frame = Frame((line,), self.offset)
        self.offset += len(line)
        return frame

    def with_literal(self, line: bytes, ahead: Ahead) -> Frame | None:
        """Return the frame of a FETCH with one literal, or None if `ahead` does not have all of it, or more may follow.

        Its parts are the line, the literal and the line behind it, which are taken then.
        """
        found = _ONE_LITERAL.match(line)
        if found is None or self.raw_line or self.elided:
            return None
        octets, limits, opener = int(found[1]), self.limits, self.opener
        if 0 < limits.literal < octets or (opener is not None and octets > getattr(opener, "kept", -1)):
            return None
        come = ahead(octets)
        if come is None:
            return None
        literal, behind = come
        if octets + len(behind) > limits.memory > 0 or behind.endswith(b"}\r\n") or _QUOTE in behind:
            return None
        if line.count(_OPEN) + behind.count(_OPEN) > line.count(_CLOSE) + behind.count(_CLOSE):
            return None
        if not behind.endswith(b"\r\n"):
            return None
        frame = Frame((line, literal, behind), self.offset)
        self.offset += frame.length
        return frame

    def read(self, line: bytes | None = None, ahead: Ahead | None = None) -> Reading:
        """Read one frame, beginning with `line` if it was read already.  Return None at the end of the stream.

        A literal that `ahead` returns is not asked for.
        """
        self._ahead = ahead
        if line is None:
            line = yield from self._line()
        if not line:
            return None
        parts: list[Part] = [line]
        self.begun = parts
        self._before = self._joined = self._kept = self._lines = 0
        violations: list[Violation] = []
        if not self.raw_line:
            if self.dialect is COMMAND:
                yield from self._command(parts)
            elif line.startswith(b"*") and not _STATUS.match(line):
                yield from self._data(parts, violations)
            else:
                yield from self._status(parts, violations)
        self.raw_line = False
        incomplete = not self._ended(parts, violations)
        frame = Frame(tuple(parts), self.offset, tuple(violations), incomplete)
        self.offset += frame.length
        self.begun = []
        return frame

    def _line(self) -> Generator[Request, bytes, bytes]:
        if self.pending is not None:
            line, self.pending = self.pending, None
            return line
        line = yield LINE
        self.limits.check("line", len(line))
        return line

    def _ended(self, parts: list[Part], violations: list[Violation]) -> bool:
        """Return whether the last piece ends a line; a bare LF is a violation."""
        last = parts[-1]
        if len(parts) % 2 == 0 or not isinstance(last, bytes) or not last.endswith(b"\n"):
            return False
        if not last.endswith(b"\r\n"):
            at = self._before + len(last) - 1
            violations.append(Violation("line", at, "the line ends with a bare LF instead of CRLF"))
        return True

    def _command(self, parts: list[Part]) -> Generator[Request, bytes, None]:
        scan = Scan()
        while True:
            piece = parts[-1]
            assert isinstance(piece, bytes)
            found = _announcement(piece)
            if found is None or scan.quoted_at(piece, found.start()):
                return
            if not (yield from self._literal(parts, found)):
                return

    def _status(self, parts: list[Part], violations: list[Violation]) -> Generator[Request, bytes, None]:
        """Read a status response.

        Its text announces nothing, unless a response code is open whose argument may be a string.
        """
        line = b""
        while True:
            piece = parts[-1]
            assert isinstance(piece, bytes)
            found = _announcement(piece)
            if found is None:
                return
            line += piece[: found.start()]
            if len(line) > _LONGEST_CODE:
                return
            open_code = _OPEN_CODE.match(line)
            if open_code is None or open_code[1].upper() not in STRING_CODES:
                return
            line += b'""'
            if not self._readable(found, violations) or not (yield from self._literal(parts, found)):
                return

    def _data(self, parts: list[Part], violations: list[Violation]) -> Generator[Request, bytes, None]:
        scan = Scan()
        while True:
            piece = parts[-1]
            assert isinstance(piece, bytes)
            found = _announcement(piece)
            if found is not None and not scan.quoted_at(piece, found.start()):
                if not self._readable(found, violations) or not (yield from self._literal(parts, found)):
                    return
                continue
            scan.feed(piece)
            if not (yield from self._goes_on(parts, scan, violations)):
                return

    def _goes_on(self, parts: list[Part], scan: Scan, violations: list[Violation]) -> Generator[Request, bytes, bool]:
        """Join the next line if this one is left open and the next begins as no response does."""
        piece = parts[-1]
        assert isinstance(piece, bytes)
        if not (scan.quoted or scan.depth > 0) or not piece.endswith(b"\n") or self._joined >= _MOST_JOINED:
            return False
        line = yield from self._line()
        if line[:1] not in (b" ", b"\t", b")") or not line:
            self.pending = line or None
            return False
        rule, what = ("quoted", "quoted string") if scan.quoted else ("msg-att", "parenthesis")
        at = self._before + len(piece) - (2 if piece.endswith(b"\r\n") else 1)
        self._joined += 1
        violations.append(Violation(rule, at, f"the line ends inside a {what} and goes on in the next"))
        self.pending = line  # where the limit trips, it is still there
        self.limits.check("line", len(piece) + len(line))
        self.pending = None
        parts[-1] = piece + line
        scan.rewind(len(piece))
        return True

    def _readable(self, found: re.Match[bytes], violations: list[Violation]) -> bool:
        """Return whether a literal that is announced in a response can be read.

        Note `{n+}`, which no server may send, and a size that is no number64.
        """
        if _size(found) >> 63:
            at = self._before + found.start()
            violations.append(
                Violation("number64", at, "the size needs more than 63 bits, so this is not read as a literal")
            )
            return False
        if found[3]:
            at = self._before + found.start(3)
            violations.append(Violation("literal-from-server", at, "only a client may send {n+}"))
        return True

    def _literal(self, parts: list[Part], found: re.Match[bytes]) -> Generator[Request, bytes, bool]:
        """Read the literal that ends the last part, and the line piece behind it.  Return False if the stream ended."""
        octets = remaining = _size(found)
        if octets >> 63:
            return False
        piece = parts[-1]
        assert isinstance(piece, bytes)
        if self.elided:
            self.elided = False
            parts.append(Spilled(octets))
            return (yield from self._behind(parts))
        limits = self.limits
        limits.check("literals", (len(parts) + 1) // 2)
        limits.check("literal", octets)
        sink = self.opener(octets, piece) if self.opener else None
        if sink is None:
            self._keep(octets)
            come = self._ahead(octets) if self._ahead is not None else None
            if come is not None:
                parts += come
                self._before += len(piece) + octets
                self._keep_line(come[1])
                return True
        taken = Taken()
        keep = taken.append if sink is None else sink.write
        first = True
        self.taken, self.sink, self.announced = taken, sink, octets
        while remaining or first:
            request = Octets(remaining, not found[3], bool(found[1]), first)
            data = yield request
            first = False
            if not data:
                break
            keep(data)
            remaining -= len(data)
        parts.append(sink.finish() if sink is not None else taken.octets())
        self.taken, self.sink = Taken(), None
        if remaining:
            self._before += len(piece) + size_of(parts[-1])
            return False
        return (yield from self._behind(parts))

    def _behind(self, parts: list[Part]) -> Generator[Request, bytes, bool]:
        """Read the line piece behind a literal.  Return False if the stream ended."""
        self._before += sum(map(size_of, parts[-2:]))
        rest = yield from self._line()
        parts.append(rest)
        self._keep_line(rest)
        return rest.endswith(b"\n")

    def _keep_line(self, line: bytes) -> None:
        """Count a line behind a literal, which just came."""
        self._lines += len(line)
        if self._lines > self.limits.memory:
            self.limits.check("memory", self._lines)

    def _keep(self, octets: int) -> None:
        """Count octets of a literal that is to be in memory."""
        self._kept += octets
        if self._kept > self.limits.memory:
            self.limits.check("memory", self._kept)


class Scan:
    """Tracks if a quoted string is open, and how many parentheses, over the line pieces of one frame."""

    __slots__ = ("depth", "done", "quoted")

    def __init__(self) -> None:
        self.quoted = False
        self.depth = 0
        self.done = 0  # octets of the current piece that were looked at

    def feed(self, piece: bytes, end: int | None = None) -> None:
        """Look at `piece` from where the last look ended; a new piece begins after its end was reached."""
        stop = len(piece) if end is None else end
        for found in _MARKS.finditer(piece, self.done, stop):
            mark = found[0]
            if mark == b'"':
                self.quoted = not self.quoted
            elif self.quoted:
                continue
            elif mark == b"(":
                self.depth += 1
            elif mark == b")":
                self.depth -= 1
            elif mark == b'\\"':  # a lone backslash outside a string, then a quotation mark
                self.quoted = True
        self.done = stop if end is not None else 0

    def rewind(self, done: int) -> None:
        """Go on after the piece was lengthened: `done` octets of it are known already."""
        self.done = done

    def quoted_at(self, piece: bytes, end: int) -> bool:
        """Look up to `end`.  Return whether a quoted string is open there; if not, the piece is done with."""
        self.feed(piece, end)
        if not self.quoted:
            self.done = 0
        return self.quoted
