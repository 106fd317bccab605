"""Frames out of recorded octets, where nobody waits and the end of the input is the end of all there is.

A literal that the input does not fill is one of two things: the recording was cut, or the server announced too much.
So its octets are read again as lines, and where a line begins a believable response the literal ends before it, with a
violation at its announcement.  Where none does, the frame stays incomplete.  Nothing is lost either way: the parts of
all frames joined are the input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imapsh.findings import Violation
from imapsh.wire.frames import Frame, Part, size_of
from imapsh.wire.limits import Limits
from imapsh.wire.pull import pull
from imapsh.wire.push import Pusher
from imapsh.wire.reader import RESPONSE, FrameReader, Opener, Scan, Sink

#: Octets on a disk cost no memory before they are read, so neither lines nor literals are limited.
RECORDED = Limits(line=0, literal=0)

_HELD = 8 << 20  # octets of a literal that can be read again; more than that goes on to its sink
_LOOKAHEAD = 4  # responses that must follow one another before a line in a literal is believed

#: A line that begins as a response of RFC 9051 or its widespread extensions does.
_BELIEVABLE = re.compile(
    rb"(?:\* (?:(?:OK|NO|BAD|BYE|PREAUTH) |\d{1,10} (?:EXISTS|RECENT|EXPUNGE)\r?\n|\d{1,10} FETCH \("
    rb"|(?:FLAGS|LIST|LSUB|XLIST) \(|(?:SEARCH|SORT)[ \r\n]|(?:CAPABILITY|ENABLED|STATUS|ESEARCH|NAMESPACE|ID|VANISHED|"
    rb"THREAD|QUOTA|QUOTAROOT|ACL|MYRIGHTS|LISTRIGHTS|METADATA) )"
    rb"|[^\x00-\x20\x7f-\xff(){%*\"\\+]{1,40} (?:OK|NO|BAD)[ \r\n]|\+ )",
    re.IGNORECASE,
)
_BELIEVABLE_LINE = re.compile(rb"(?m)^" + _BELIEVABLE.pattern, re.IGNORECASE)
#: What closes a FETCH behind a literal: plain items, then the parentheses.
_LONGEST_TAIL = 2000
_ITEMS = rb"(?: [A-Z0-9.]{1,40} (?:NIL|\d{1,19}|\"[^\"\\\r\n]{0,200}\"|\([^()\r\n]{0,1000}\)))*"
_NEVER_PLAIN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_recorded(
    data: bytes | Iterable[bytes], *, limits: Limits = RECORDED, opener: Opener | None = None, offset: int = 0
) -> Iterator[Frame]:
    """The frames of what a server sent; `offset` counts octets before `data`.

    `data` comes whole or in pieces, which are not kept.  Octets of another protocol (TLS, deflate) are one frame.
    Raises LimitError where `limits` are set and tripped.
    """
    return _joined(_frames((data,) if isinstance(data, bytes) else data, limits, opener, offset))


def _frames(pieces: Iterable[bytes], limits: Limits, opener: Opener | None, offset: int) -> Iterator[Frame]:
    held = opener and (lambda octets, line: _Held(opener, octets, line))
    reader = FrameReader(RESPONSE, limits, held)
    reader.offset = offset
    pusher = Pusher(reader)
    for piece in pieces:
        if piece:
            pusher.feed(piece)
            yield from _taken(pusher)
    pusher.feed(b"")
    yield from _taken(pusher)


def _taken(pusher: Pusher) -> Iterator[Frame]:
    while (frame := pusher.take()) is not None:
        assert isinstance(frame, Frame)  # only the command dialect announces
        yield from _again(frame, pusher.reader.limits)


class _Held:
    """Holds the first octets of a literal back from its sink, so that an unfilled one can be read again."""

    def __init__(self, opener: Opener, octets: int, line: bytes) -> None:
        self._sink: Sink | None = opener(octets, line)
        self._pieces: list[bytes] = []
        self._octets = 0
        self._due = octets

    def write(self, data: bytes, /) -> None:
        self._octets += len(data)
        if self._sink is None or self._octets <= _HELD:
            self._pieces.append(data)
            return
        self._spill()
        self._sink.write(data)

    def finish(self) -> Part:
        if self._sink is None or (self._octets < self._due and self._octets <= _HELD):
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._spill()
        return self._sink.finish()

    def _spill(self) -> None:
        assert self._sink is not None
        for piece in self._pieces:
            self._sink.write(piece)
        self._pieces = []


def _again(frame: Frame, limits: Limits) -> Iterator[Frame]:
    """The frame; where it is one whose literal the input did not fill, the frames that are in the literal."""
    content = frame.parts[-1]
    if not frame.incomplete or len(frame.parts) % 2 or not isinstance(content, bytes):
        yield frame
        return
    source = _Source(content)
    reader = FrameReader(RESPONSE, limits)
    current: Frame | None = frame
    while current is not None:
        if not current.incomplete or len(current.parts) % 2:
            yield current
        else:
            begin = source.at
            source.at = source.next_response(limits)
            short = _shortened(current, content[begin : source.at], source.at < len(content))
            reader.offset = short.offset + short.length
            yield short
        current = pull(reader, source.line, source.read)


class _Source:
    """The octets of an unfilled literal, read again.  A literal in it that is unfilled too gives nothing."""

    def __init__(self, octets: bytes, at: int = 0) -> None:
        self.octets = octets
        self.at = at

    def line(self) -> bytes:
        begin = self.at
        self.at = self.octets.find(b"\n", begin) + 1 or len(self.octets)
        return self.octets[begin : self.at]

    def read(self, octets: int) -> bytes:
        if octets > len(self.octets) - self.at:
            return b""
        self.at += octets
        return self.octets[self.at - octets : self.at]

    def next_response(self, limits: Limits) -> int:
        """Where the next believable response begins, the end where none does."""
        at = self.at
        while (found := _BELIEVABLE_LINE.search(self.octets, at)) is not None:
            stop = self._refuted(found.start(), limits)
            if stop is None:
                return found.start()
            at = stop
        return len(self.octets)

    def _refuted(self, begin: int, limits: Limits) -> int | None:
        """Where the lines that begin at `begin` turn out to be no responses; None where they are."""
        ahead = _Source(self.octets, begin)
        reader = FrameReader(RESPONSE, limits)
        for _ in range(_LOOKAHEAD):
            at = ahead.at
            frame = pull(reader, ahead.line, ahead.read)
            if frame is None or frame.incomplete:
                return None
            if not _BELIEVABLE.match(self.octets, at):
                return max(at, begin + 1)
            if reader.pending is not None:
                ahead.at -= len(reader.pending)
                reader.pending = None
        return None


def _shortened(frame: Frame, content: bytes, more: bool) -> Frame:
    """The frame with the octets that its last literal has; `more` says that responses follow."""
    lines, scan = frame.parts[:-1], Scan()
    for line in lines[::2]:
        assert isinstance(line, bytes)
        scan.feed(line)
    if not more:
        return Frame((*lines, content), frame.offset, frame.violations, True)
    announcement = lines[-1]
    assert isinstance(announcement, bytes)
    at = sum(map(size_of, lines)) - (len(announcement) - max(announcement.rfind(b"{"), 0))
    closing = re.compile(_ITEMS + rb"\){%d}\r?\n\Z" % max(scan.depth, 0), re.IGNORECASE)
    start = max(content.rfind(b"\n", 0, -1) + 1, len(content) - _LONGEST_TAIL)
    tail = closing.search(content, start)
    parts: tuple[Part, ...] = (*lines, content)
    if tail is not None:
        parts = (*lines, content[: tail.start()], content[tail.start() :])
    came = size_of(parts[len(lines)])
    fault = Violation("literal", at, f"more octets announced than the {came} that come before the next response")
    return Frame(parts, frame.offset, (*frame.violations, fault))


def _joined(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Octets that are no IMAP (TLS, deflate, an image) as one frame, up to the next believable response."""
    gathered: list[Frame] = []
    for frame in frames:
        octets = frame.raw
        believable = _BELIEVABLE.match(octets)
        if not believable and (gathered or (octets[:1] not in (b"*", b"+") and _NEVER_PLAIN.search(octets, 0, 400))):
            gathered.append(frame)
            continue
        if gathered:
            yield _one(gathered)
            gathered = []
        yield frame
    if gathered:
        yield _one(gathered)


def _one(frames: list[Frame]) -> Frame:
    if len(frames) == 1:
        return frames[0]
    return Frame((b"".join(frame.raw for frame in frames),), frames[0].offset, (), frames[-1].incomplete)
