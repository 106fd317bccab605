"""Reads the rest of a reply that is more than its first line, through IMAP4's `readline` and `read`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from imapsh.client.imap4.names import CRLF
from imapsh.client.imap4.transcript import Transcript
from imapsh.errors import LimitError
from imapsh.wire.frames import Frame, Part
from imapsh.wire.limits import Limits
from imapsh.wire.pull import pull
from imapsh.wire.reader import FrameReader

_DIGITS = 18  # digits of a size that may be read
_MOST = (1 << 63) - 1
_PIECE = 1 << 20  # octets of a literal that are read at a time on their way to a file

Readline = Callable[[], bytes]
Read = Callable[[int], bytes]


class ReplyReader:
    """A reader of frames.  It reads regular ones itself, in a third of the time that `imapsh.wire.reader` takes.

    `abort` is the exception to raise for a literal that cannot be read.
    """

    def __init__(self, transcript: Transcript, abort: type[Exception]) -> None:
        self._transcript = transcript
        self._abort = abort
        self.frames = FrameReader(limits=Limits(line=0))

    def ahead(self) -> bytes:
        """Take `frames.pending`: the line that was read to see whether the reply before it goes on."""
        line, self.frames.pending = self.frames.pending, None
        assert line is not None
        return line

    def rest(self, line: bytes, readline: Readline, read: Read, limit: int) -> tuple[Sequence[Part], bool]:
        """Read to the end the reply that begins with `line`.

        Returns lines and literals in turn, and whether they break the rules of framing.  Raises `abort` for a literal
        of more than `limit` octets (0 is no limit), or one that is too large for the memory.
        """
        parts = [line]
        # so it is not a status reply, in whose text {n} is only text
        numbered = line[:2] == b"* " and line[2:3].isdigit()
        if numbered and self.frames.opener is None and self._straight(parts, readline, read, limit or _MOST):
            return parts, False
        frame = self._pull(parts, readline, read, limit)
        if any(violation.rule == "number64" for violation in frame.violations):
            raise self._abort(f"unusable literal size: {self._transcript.masked(line)!r}")
        return frame.parts, bool(frame.violations)

    def _straight(self, parts: list[bytes], readline: Readline, read: Read, most: int) -> bool:
        """Read the literals after the first of `parts` while the reply is regular.

        Returns False when it is not: then the frame reader must be given what was read, which is in `parts`.
        """
        line, depth = parts[0], 0
        while True:
            if (b'"' in line and (b"\\" in line or line.count(b'"') & 1)) or line[-2:] != CRLF:
                return False
            depth += line.count(b"(") - line.count(b")")
            if line[-3:] != b"}\r\n":
                return depth == 0
            digits = line[line.rfind(b"{") + 1 : -3]
            if not digits.isdigit() or len(digits) > _DIGITS or int(digits) > most:
                return False
            size = int(digits)
            literal = self._literal(size, read) if size else b""
            parts.append(literal)
            if len(literal) < size:
                return False
            line = readline()
            parts.append(line)
            if line == b")\r\n":
                return depth == 1

    def _pull(self, parts: list[bytes], readline: Readline, read: Read, limit: int) -> Frame:
        """Read the frame that begins with `parts` through the frame reader."""
        frames, done = self.frames, deque(parts[1:])
        frames.pending = parts[0]
        if frames.limits.literal != limit:
            frames.limits = frames.limits._replace(literal=limit)
        most = _MOST if frames.opener is None else _PIECE
        try:
            frame = pull(
                frames,
                lambda: done.popleft() if done else readline(),
                lambda size: done.popleft() if done else self._literal(min(size, most), read),
            )
        except LimitError as fault:
            raise self._abort(str(fault)) from fault
        finally:
            frames.begun, frames.taken = [], []
        assert frame is not None  # it begins with a line
        return frame

    def _literal(self, size: int, read: Read) -> bytes:
        try:
            return read(size)
        except (OverflowError, MemoryError) as fault:
            raise self._abort(f"a literal of {size} octets does not fit in memory") from fault
