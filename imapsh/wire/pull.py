"""Pulls frames through `readline()` and `read(n)`.

The blocking classes read in this way, through methods that may be overridden.
"""

from __future__ import annotations

from collections.abc import Callable

from imapsh.wire.frames import Frame
from imapsh.wire.reader import FrameReader, Octets


def pull(reader: FrameReader, readline: Callable[[], bytes], read: Callable[[int], bytes]) -> Frame | None:
    """Return the next frame, or None at the end of the stream.

    Raises LimitError, and whatever the two functions raise.
    """
    line = reader.pending if reader.pending is not None else readline()
    reader.pending = None
    if not line:
        return None
    reader.limits.check("line", len(line))
    frame = reader.whole(line)
    if frame is not None:
        return frame
    reading = reader.read(line)
    data: bytes | None = None
    while True:
        try:
            request = next(reading) if data is None else reading.send(data)
        except StopIteration as stop:
            done: Frame | None = stop.value
            return done
        if isinstance(request, Octets):
            data = read(request.octets) if request.octets else b""
        else:
            data = readline()
