"""The trace that can be begun and ended while the session lives."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from imapsh.shell.dial import open_trace

if TYPE_CHECKING:
    from imapsh.wire.trace import Trace


class Tracing:
    """A session's tracer (`imapsh.session.core.Tracer`) that writes to a file or to none."""

    def __init__(self) -> None:
        self.path = ""
        self._trace: Trace | None = None
        self._file: IO[bytes] | None = None

    def begin(self, path: str) -> None:
        """From now on into a new file, readable by its owner alone.  Raises UsageError."""
        trace, file = open_trace(path)
        self.end()
        self._trace, self._file, self.path = trace, file, path

    def end(self) -> None:
        """No more."""
        if self._file is not None:
            self._file.close()
        self._trace, self._file, self.path = None, None, ""

    def received(self, piece: bytes, /) -> None:
        """Octets from the server."""
        if self._trace is not None:
            self._trace.received(piece)

    def sent(self, octets: bytes, /) -> None:
        """Octets to the server, secrets masked."""
        if self._trace is not None:
            self._trace.sent(octets)

    def note(self, text: str) -> None:
        """What happened besides."""
        if self._trace is not None:
            self._trace.note(text)
