"""Takes octets that are pushed in and gives frames: the way sans-I/O cores read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imapsh.hints import Protocol, TypeVar
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame, Part, gather
from imapsh.wire.reader import COMMAND, RESPONSE, FrameReader, Line, Octets, Reading, Request, Scan

#: The kinds of piece that `on_piece` is given: a frame's first line, a line behind a literal, a piece of a literal.
FIRST, MORE, LITERAL = "first", "more", "literal"

TAIL = 1 << 11  #: octets of a literal that is being read which `Unfinished.tail` shows


_NEAR = 1 << 13  # octets within which the next response must begin, so that looking for it stays short
_SHORT = 1 << 12  # octets of a line that has come in part which are copied to be read with what follows


class Unfinished(NamedTuple):
    """The part of a frame that has come.

    `kind` is "literal", of which `received` of `announced` octets came; "line", whose end has not come; or "quoted
    string" or "parenthesis", which a whole line has left open, so that it may go on in the next.  `tail` is the end of
    what came of a literal, and `whole` says that it is all of it.
    """

    kind: str
    announced: int = 0
    received: int = 0
    tail: bytes = b""
    whole: bool = True


class Whole(Protocol):
    """Frames that were read together; `octets` are all of theirs."""

    @property
    def octets(self) -> bytes:
        """Return the octets, as they came."""


T = TypeVar("T", bound=Whole)


class Pusher:
    """A buffer in front of a FrameReader.

    The same stream cut anywhere gives the same frames.  `on_piece`, if it is given, sees every line and piece of a
    literal once, as the reader takes it (the trace); `telling` is then which of FIRST, MORE and LITERAL it is.
    `on_chunk`, if it is set, sees all octets in the clear as they come, and whether all of them are of one literal.
    `drained` says after a frame that nothing was left behind it, so that `take` needs more octets.
    """

    def __init__(self, reader: FrameReader, on_piece: Callable[[bytes], None] | None = None) -> None:
        self.reader = reader
        self.on_piece = on_piece
        self.telling = FIRST
        self._chunk = b""
        self._at = 0
        self._waiting: list[bytes | bytearray] = []  # an incomplete line, in pieces: joined once
        self._waiting_octets = 0
        self._reading: Reading | None = None
        self._request: Request | None = None
        self._announced = False
        self._ended = False
        self.drained = False
        self._seen = 0  # octets at the beginning of the buffer that `on_piece` knows already
        self.on_chunk: Callable[[bytes, bool], object] | None = None

    def feed(self, data: bytes | bytearray | memoryview) -> bool:
        """Add octets.  b"" is the end of the stream.

        Return True if all of them went to a literal of which more is to come, so that `take` has nothing to return.
        """
        octets = bytes(data)
        if self.on_chunk is not None and octets:
            self.on_chunk(octets, self._request is not None and self._fills(len(octets)))
        if not octets:
            self._ended = True
        elif self._at >= len(self._chunk):
            self._chunk, self._at = octets, 0
            return self._request is not None and self._flows()
        else:
            self._chunk, self._at = self._chunk[self._at :] + octets, 0
        return False

    def _flows(self) -> bool:
        """Hand all that is in the buffer to the literal that is being read.  Return False if that is not all it is."""
        request = self._request
        if not isinstance(request, Octets) or request.first or len(self._chunk) >= request.octets:
            return False
        self._step(self._next_octets(request))
        return True

    def _fills(self, octets: int) -> bool:
        """Return whether the next octets that come are all of the literal that is being read."""
        request = self._request
        return isinstance(request, Octets) and len(self._chunk) - self._at + octets <= request.octets

    def take(self) -> Frame | Octets | None:
        """Return the next frame, or None if more octets are needed or, after the end, nothing is left.

        In the command dialect it also returns each literal's first request, once, so that it can be answered.  Raises
        LimitError.
        """
        reader = self.reader
        while True:
            request = self._request
            if isinstance(request, Octets):
                if request.first and self._announce():
                    return request
                data = self._next_octets(request)
            else:
                chunk, at = self._chunk, self._at
                end = chunk.find(b"\n", at) + 1
                if end and not self._waiting and reader.pending is None and end - at <= reader.limits.line:
                    data, self._at = chunk[at:end], end  # nearly all lines: here, and not by a call
                    if self.on_piece is not None:
                        self._tell_line(data)
                else:
                    data = self._next_line(end)
            if data is None:
                return None
            if self._reading is not None:
                frame = self._step(data)
            elif data:
                frame = reader.whole(data) or self._begun(data)
            else:
                return None
            if frame is not None:
                self.drained = self._at >= len(self._chunk) and reader.pending is None
                return frame

    def _begun(self, line: bytes) -> Frame | None:
        """Begin a frame of more than one line, and return it if all of it is there."""
        reader = self.reader
        if reader.dialect is not RESPONSE:
            self._reading = reader.read(line)
            return self._step(None)
        frame = reader.with_literal(line, self._ahead)
        if frame is None:
            self._reading = reader.read(line, self._taken)
            return self._step(None)
        self._at += frame.length - len(line)
        if self.on_piece is not None:
            self._tell_behind(*frame.parts[1:])  # type: ignore[arg-type] # they were in the buffer
        return frame

    def together(self, read: Callable[[bytes, int, int], T | None]) -> T | None:
        """Let `read` take frames out of the buffer, if a frame may begin there; return what it returns.

        It is given the buffer, the place in it, and the number of octets of the stream before.  It takes whole lines
        that are a frame each and break no rule.  It is not asked if only one response is there.
        """
        if self._reading is not None or self.on_piece is not None or self._at >= len(self._chunk):
            return None
        if self._waiting and not self._joined():
            return None
        reader = self.reader
        if reader.pending is not None or reader.raw_line or 0 < reader.limits.line < len(self._chunk):
            return None
        if self._chunk.find(b"\n* ", self._at, self._at + _NEAR) < 0:
            return None  # one response is read faster by itself
        found = read(self._chunk, self._at, reader.offset)
        if found is not None:
            octets = len(found.octets)
            self._at += octets
            reader.offset += octets
        return found

    def _joined(self) -> bool:
        """Put the beginning of a line back before the rest, if it is short; return whether it was."""
        if self._waiting_octets > _SHORT:
            return False
        self._chunk, self._at = b"".join([*self._waiting, self._chunk[self._at :]]), 0
        self._waiting, self._waiting_octets = [], 0
        return True

    def __iter__(self) -> Iterator[Frame | Octets]:
        while (found := self.take()) is not None:
            yield found

    def refuse(self) -> None:
        """Drop the command whose literal was just announced.

        Its sender was told NO and sends no more of it.
        """
        self._reading = self._request = None
        self._announced = False
        self.reader.forget()

    def rest(self) -> bytes:
        """Take out every octet that no frame has used: what stands behind STARTTLS or COMPRESS, or was cut short.

        Octets that a frame that was begun has taken are among them, except literals that went to a sink.
        """
        begun = [part for part in (*self.reader.begun, *self.reader.taken) if isinstance(part, bytes)]
        left = b"".join([*begun, self.reader.pending or b"", *self._waiting, self._chunk[self._at :]])
        self._waiting, self._waiting_octets, self._chunk, self._at = [], 0, b"", 0
        self._reading = self._request = self.reader.pending = None
        self.reader.forget()
        return left

    def resync(self) -> Frame | None:
        """Give up what has come in part.  Return its frame, as if the stream ended here, or None if there is none.

        Of a literal only what stands before the next believable response is the frame's; what is behind is read again.
        """
        from imapsh.wire.rereading import given_up

        if self.unfinished is None:
            return None
        ended, self._ended = self._ended, True
        try:
            frame = Pusher.take(self)
        finally:
            self._ended = ended
        assert isinstance(frame, Frame)
        pending = self.reader.pending
        if pending is not None and not pending.endswith(b"\n"):
            self.reader.pending = None
            self._put_back(pending)
        frame, behind = given_up(frame, self.reader.limits)
        self.reader.offset -= len(behind)
        self._put_back(behind)
        return frame

    def ahead(self, most: int) -> bytes:
        """Return the next octets that no frame has used, `most` at most, without taking them."""
        return self._chunk[self._at : self._at + most]

    def _put_back(self, octets: bytes) -> None:
        self._chunk, self._at = octets + self._chunk[self._at :], 0
        if self.on_piece is not None:
            self._seen += len(octets)

    @property
    def midway(self) -> bool:
        """Return whether something has come in part (`unfinished`)."""
        return self._reading is not None or bool(self._waiting)

    @property
    def unfinished(self) -> Unfinished | None:
        """Return what has arrived only in part, or None.  Take all frames first."""
        if not self.midway:
            return None
        reader = self.reader
        if self.literal is not None:
            announced, received = self.literal
            return Unfinished("literal", announced, received, self._tail(), received <= TAIL)
        if not self._waiting and len(reader.begun) % 2:
            return Unfinished(_open(reader.begun))
        return Unfinished("line", received=self._waiting_octets)

    def _tail(self) -> bytes:
        tail = getattr(self.reader.sink, "tail", None)
        if tail is not None:
            found: bytes = tail(TAIL)
            return found
        return self.reader.taken.tail(TAIL)

    @property
    def buffered(self) -> bool:
        """Return whether octets wait that no frame has used."""
        return self._at < len(self._chunk) or bool(self._waiting) or self.reader.pending is not None

    @property
    def literal(self) -> tuple[int, int] | None:
        """The number of octets announced and of those that came, while a literal is being read; else None."""
        request = self._request
        return (self.reader.announced, self.reader.announced - request.octets) if isinstance(request, Octets) else None

    def _announce(self) -> bool:
        if self.reader.dialect is not COMMAND or self._announced:
            return False
        self._announced = True
        return True

    def _step(self, data: bytes | None) -> Frame | None:
        reading = self._reading
        assert reading is not None
        try:
            self._request = next(reading) if data is None else reading.send(data)
        except StopIteration as stop:
            self._reading = self._request = None
            self._announced = False
            frame: Frame | None = stop.value
            return frame
        if isinstance(self._request, Line) or self._request.first:
            self._announced = False
        return None

    def _next_line(self, end: int) -> bytes | None:
        """Return a line that did not come at once, or may be too long; its LF is before `end`, if it has come."""
        if self.reader.pending is not None and self._reading is None:
            line, self.reader.pending = self.reader.pending, None
            return line
        chunk, at = self._chunk, self._at
        if end:
            self.reader.limits.check("line", self._waiting_octets + end - at)
            self._at = end
            self._waiting.append(chunk[at:end])
        else:
            if at < len(chunk):
                gather(self._waiting, chunk[at:])
                self._waiting_octets += len(chunk) - at
                self._chunk, self._at = b"", 0
                self.reader.limits.check("line", self._waiting_octets)
            if not self._ended:
                return None
        line = b"".join(self._waiting)
        self._waiting, self._waiting_octets = [], 0
        if line and self.on_piece is not None:
            self._tell_line(line)
        return line

    def _ahead(self, octets: int) -> tuple[bytes, bytes] | None:
        """Return a literal and the line behind it, if all of both is in the buffer."""
        chunk, at = self._chunk, self._at
        stop = at + octets
        end = chunk.find(b"\n", stop) + 1 if stop < len(chunk) else 0
        if not end or end - stop > self.reader.limits.line > 0:
            return None
        return chunk[at:stop], chunk[stop:end]

    def _taken(self, octets: int) -> tuple[bytes, bytes] | None:
        """Take a literal and the line behind it, if all of both is in the buffer."""
        come = self._ahead(octets)
        if come is not None:
            self._at += len(come[0]) + len(come[1])
            self._tell_behind(*come)
        return come

    def _tell_line(self, line: bytes) -> None:
        """Pass to `on_piece` a line that was taken."""
        self._tell(line, FIRST if self._reading is None else MORE)

    def _tell_behind(self, literal: bytes, line: bytes) -> None:
        """Pass to `on_piece` a literal and the line behind it."""
        if self.on_piece is not None:
            self._tell(literal, LITERAL)
            self._tell(line, MORE)

    def _next_octets(self, request: Octets) -> bytes | None:
        if request.octets == 0:
            return b""
        at = self._at
        if at >= len(self._chunk):
            return b"" if self._ended else None
        data = self._chunk[at : at + request.octets] if at or len(self._chunk) > request.octets else self._chunk
        self._at = at + len(data)
        if self.on_piece is not None:
            self._tell(data, LITERAL)
        return data

    def _tell(self, piece: bytes, kind: str) -> None:
        """Pass to `on_piece` what it has not seen yet."""
        if self._seen:
            known = min(self._seen, len(piece))
            self._seen -= known
            piece = piece[known:]
        if piece and self.on_piece is not None:
            self.telling = kind
            self.on_piece(piece)


def _open(begun: list[Part]) -> str:
    """Return the name of what the lines of a frame leave open."""
    scan = Scan()
    for line in begun[::2]:
        assert isinstance(line, bytes)
        scan.feed(line)
    return "quoted string" if scan.quoted else "parenthesis"
