"""Reads the rest of a reply that is more than its first line, through IMAP4's `readline` and `read`."""

from __future__ import annotations

from imapsh.client.imap4.names import CRLF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imapsh.client.imap4.transcript import Transcript
    from imapsh.wire.frames import Frame, Part
    from imapsh.wire.reader import FrameReader, Opener

    Readline = Callable[[], bytes]
    Read = Callable[[int], bytes]

_QUOTE, _BACKSLASH = b'"\\'  # numbers, as in `receiving`
_DIGITS = 18  # digits of a size that may be read
_MOST = (1 << 63) - 1
_PIECE = 1 << 16  # octets of a literal that are read at a time on their way to a file


class ReplyReader:
    """A reader of frames.  It reads regular ones itself, in a third of the time that `imapsh.wire.reader` takes.

    `abort` is the exception to raise for a literal that cannot be read.  `opener` chooses sinks for literals.
    `pending` is the line that was read to see whether the reply before it goes on; None if there is none.
    """

    def __init__(self, transcript: Transcript, abort: type[Exception]) -> None:
        self._transcript = transcript
        self._abort = abort
        self._frames: FrameReader | None = None  # made for the first reply that is not regular
        self.opener: Opener | None = None
        self.pending: bytes | None = None

    def rest(self, line: bytes, readline: Readline, read: Read, limit: int) -> tuple[Sequence[Part], bool]:
        """Read to the end the reply that begins with `line`.

        Returns lines and literals in turn, and whether they break the rules of framing.  Raises `abort`, before it is
        read, for a literal with which the reply's literals in memory have more than `limit` octets (0 is no limit), and
        for one that does not fit in memory.
        """
        parts = [line]
        # so it is not a status reply, in whose text {n} is only text
        numbered = line[:2] == b"* " and line[2:3].isdigit()
        if numbered and self.opener is None and self._straight(parts, readline, read, limit or _MOST):
            return parts, False
        frame = self._pull(parts, readline, read, limit)
        if any(violation.rule == "number64" for violation in frame.violations):
            raise self._abort(f"unusable literal size: {self._transcript.masked(line)!r}")
        return frame.parts, bool(frame.violations)

    def _straight(self, parts: list[bytes], readline: Readline, read: Read, most: int) -> bool:
        """Read the literals after the first of `parts` while the reply is regular.

        Returns False when it is not: then the frame reader must be given what was read, which is in `parts`.
        """
        line, depth, kept = parts[0], 0, 0
        while True:
            if line[-2:] != CRLF or (_QUOTE in line and (_BACKSLASH in line or line.count(b'"') & 1)):
                return False
            depth += line.count(b"(") - line.count(b")")
            if line[-3:] != b"}\r\n":
                return depth == 0
            digits = line[line.rfind(b"{") + 1 : -3]
            if len(digits) > _DIGITS or not digits.isdigit() or (kept := kept + (size := int(digits))) > most:
                return False
            try:
                literal = read(size) if size else b""
            except (OverflowError, MemoryError) as fault:
                raise self._too_large(size) from fault
            parts.append(literal)
            if len(literal) < size:
                return False
            line = readline()
            parts.append(line)
            if line == b")\r\n":
                return depth == 1

    def _pull(self, parts: list[bytes], readline: Readline, read: Read, limit: int) -> Frame:
        """Read the frame that begins with `parts` through the frame reader."""
        from collections import deque

        from imapsh.errors import LimitError
        from imapsh.wire.limits import DEFAULT, Limits
        from imapsh.wire.pull import pull
        from imapsh.wire.reader import FrameReader

        if self._frames is None:
            self._frames = FrameReader()
        frames, done = self._frames, deque(parts[1:])
        frames.pending, frames.opener = parts[0], self.opener
        frames.limits = Limits(line=0, literal=DEFAULT.literal if limit else 0, memory=limit)
        most = _MOST if frames.opener is None else _PIECE
        try:
            frame = pull(
                frames,
                lambda: done.popleft() if done else readline(),
                lambda size: done.popleft() if done else self._literal(min(size, most), read),
            )
        except LimitError as fault:
            way_out = (
                "; literal_limit allows more, and fetch_to puts them into a file" if fault.limit == "memory" else ""
            )
            raise self._abort(f"literals too large: {fault.what}{way_out}") from fault
        finally:
            frames.forget()
            self.pending, frames.pending = frames.pending, None
        assert frame is not None  # it begins with a line
        return frame

    def _literal(self, size: int, read: Read) -> bytes:
        try:
            return read(size)
        except (OverflowError, MemoryError) as fault:
            raise self._too_large(size) from fault

    def _too_large(self, size: int) -> Exception:
        return self._abort(f"a literal of {size} octets does not fit in memory")
