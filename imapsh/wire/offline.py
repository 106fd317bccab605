"""Reads frames out of recorded octets, where nobody waits and the end of the input is the end of all there is.

A literal that the input does not fill is one of two things: the recording was cut, or the server announced too much.
So its octets are read again as lines, and where a line begins a believable response the literal ends before it, with a
violation at its announcement.  If none does, the frame stays incomplete.  Nothing is lost either way: the parts of all
frames joined are the input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imapsh.wire.frames import Frame, Part
from imapsh.wire.limits import Limits
from imapsh.wire.pull import pull
from imapsh.wire.push import Pusher
from imapsh.wire.reader import RESPONSE, FrameReader, Opener, Sink
from imapsh.wire.rereading import BELIEVABLE, HELD, Source, shortened

#: Octets on a disk cost no memory before they are read, so neither lines nor literals are limited.
RECORDED = Limits(line=0, literal=0, memory=0, literals=0)

_NEVER_PLAIN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_recorded(
    data: bytes | Iterable[bytes], *, limits: Limits = RECORDED, opener: Opener | None = None, offset: int = 0
) -> Iterator[Frame]:
    """Yield the frames of what a server sent; `offset` counts octets before `data`.

    `data` comes whole or in pieces, which are not kept.  Octets of another protocol (TLS, deflate) are one frame.
    Raises LimitError if `limits` are set and tripped.
    """
    recorded = Recorded(limits, opener, offset)
    for piece in (data,) if isinstance(data, bytes) else data:
        if piece:
            recorded.pusher.feed(piece)
            yield from recorded.take()
    yield from recorded.end()


class Recorded:
    """Takes the recorded octets of a server that are fed to `pusher`, and gives frames."""

    def __init__(self, limits: Limits = RECORDED, opener: Opener | None = None, offset: int = 0) -> None:
        held = opener and (lambda octets, line: _Held(opener, octets, line))
        reader = FrameReader(RESPONSE, limits, held)
        reader.offset = offset
        self.pusher = Pusher(reader)
        self._limits = limits
        self._foreign: list[Frame] = []  # octets that are no IMAP (TLS, deflate, an image): they become one frame

    def take(self) -> Iterator[Frame]:
        """Yield the frames that are complete.  Raises LimitError if a limit is tripped."""
        while (frame := self.pusher.take()) is not None:
            assert isinstance(frame, Frame)  # only the command dialect announces
            for one in _again(frame, self._limits) if frame.incomplete else (frame,):
                yield from self._join(one)

    def end(self) -> Iterator[Frame]:
        """Yield what is left at the end of the recording."""
        self.pusher.feed(b"")
        yield from self.take()
        yield from self._joined()

    def _join(self, frame: Frame) -> Iterator[Frame]:
        """Yield the frame, or gather it with others that are no IMAP, up to the next believable response."""
        octets = frame.raw
        believable = BELIEVABLE.match(octets)
        foreign = octets[:1] not in (b"*", b"+") and _NEVER_PLAIN.search(octets, 0, 400)
        if not believable and (self._foreign or foreign):
            self._foreign.append(frame)
            return
        yield from self._joined()
        yield frame

    def _joined(self) -> Iterator[Frame]:
        if self._foreign:
            yield _one(self._foreign)
            self._foreign = []


class _Held:
    """Holds the first octets of a literal back from its sink, so that an unfilled one can be read again."""

    def __init__(self, opener: Opener, octets: int, line: bytes) -> None:
        self._sink: Sink | None = opener(octets, line)
        self._pieces: list[bytes] = []
        self._octets = 0
        self._due = octets

    def write(self, data: bytes, /) -> None:
        self._octets += len(data)
        if self._sink is None or self._octets <= HELD:
            self._pieces.append(data)
            return
        self._spill()
        self._sink.write(data)

    def finish(self) -> Part:
        if self._sink is None or (self._octets < self._due and self._octets <= HELD):
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._spill()
        return self._sink.finish()

    def _spill(self) -> None:
        assert self._sink is not None
        for piece in self._pieces:
            self._sink.write(piece)
        self._pieces = []


def _again(frame: Frame, limits: Limits) -> Iterator[Frame]:
    """Yield the frame, or the frames in its literal if the input did not fill it."""
    content = frame.parts[-1]
    if not frame.incomplete or len(frame.parts) % 2 or not isinstance(content, bytes):
        yield frame
        return
    source = Source(content)
    reader = FrameReader(RESPONSE, limits)
    current: Frame | None = frame
    while current is not None:
        if not current.incomplete or len(current.parts) % 2:
            yield current
        else:
            begin = source.at
            source.at = source.next_response(limits)
            own = content[begin : source.at]
            short = Frame((*current.parts[:-1], own), current.offset, current.violations, True)
            if source.at < len(content):
                short = shortened(current, own)
            reader.offset = short.offset + short.length
            yield short
        current = pull(reader, source.line, source.read)


def _one(frames: list[Frame]) -> Frame:
    if len(frames) == 1:
        return frames[0]
    return Frame((b"".join(frame.raw for frame in frames),), frames[0].offset, (), frames[-1].incomplete)
