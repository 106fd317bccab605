"""Ways to bring the same octets to a frame reader."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import chain

from imapsh.wire.frames import Frame
from imapsh.wire.limits import DEFAULT, Limits
from imapsh.wire.pull import pull
from imapsh.wire.push import Pusher
from imapsh.wire.reader import COMMAND, RESPONSE, FrameReader, Octets, Opener
from tests.grammar.reading import DATA, lines

#: Every stream of the corpus, and what is awkward to frame.
STREAMS: list[bytes] = [
    *(line["raw"].encode("latin-1") for name in ("quirks.jsonl", "more.jsonl") for line in lines(name)),
    *(path.read_bytes() for path in sorted((DATA / "captures").glob("*/*.bin"))),
    b"",
    b"\n",
    b"* OK",
    b"* 1 FETCH (BODY[] {5}",
    b"* 1 FETCH (BODY[] {5}\r",
    b"* 1 FETCH (BODY[] {5}\r\nab",
    b"* 1 FETCH (BODY[] {0}\r\n",
    b"* X (a\r\n",
    b"* X (a\r\n b)\r\n* OK\r\n",
    b'* X "a\r\n b" {1}\r\na\r\n',
    b"* X {1}\r\n{{3}\r\n}}}{1}\r\n\n\r\n",
    b"\0\xff\r\r\n\n* 1 EXISTS\r\n",
]


def pushed(pieces: Iterable[bytes], dialect: str = RESPONSE, **options: object) -> list[Frame | Octets]:
    """Frames of octets pushed piece by piece, taken out after each."""
    pusher = Pusher(_reader(dialect, options))
    found: list[Frame | Octets] = []
    for piece in chain(pieces, (b"",)):
        pusher.feed(piece)
        found.extend(pusher)
    return found


def pulled(octets: bytes, **options: object) -> list[Frame]:
    """Frames pulled through readline() and read(n)."""
    file, reader = io.BytesIO(octets), _reader(RESPONSE, options)
    found: list[Frame] = []
    while (frame := pull(reader, file.readline, file.read)) is not None:
        found.append(frame)
    return found


def _reader(dialect: str, options: dict[str, object]) -> FrameReader:
    limits, opener = options.get("limits", DEFAULT), options.get("opener")
    assert isinstance(limits, Limits)
    assert opener is None or callable(opener)
    make: Opener | None = opener
    return FrameReader(dialect, limits, make)


def described(frames: Iterable[Frame | Octets]) -> list[object]:
    """What two readings must agree in."""
    return [(f.parts, f.offset, f.violations, f.incomplete) if isinstance(f, Frame) else f for f in frames]


__all__ = ["COMMAND", "RESPONSE", "STREAMS", "described", "pulled", "pushed"]
