"""A trace that can be begun and ended while the session lives."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh.shell.connection.dial import open_trace
from imapsh.shell.settings.reasons import why

if TYPE_CHECKING:
    from imapsh.shell.connection.dial import Plan
    from imapsh.shell.screen.landing import Direct
    from imapsh.transport.base import StreamInfo
    from imapsh.wire.pieces import Piece
    from imapsh.wire.trace import Trace


class Tracing:
    """A session's tracer (`imapsh.session.core.Tracer`) that writes to a file or to none.

    If the file takes no more, as on a full disk, the trace ends, `tell` is called with a sentence, and the session goes
    on.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.path = ""
        self._tell = tell
        self._trace: Trace | None = None
        self._file: Direct | None = None
        self._began = 0.0  # in seconds since 1970

    def begin(self, path: str, plan: Plan | None = None) -> None:
        """Trace into a new file from now on; only its owner can read it.  Raises UsageError."""
        trace, file = open_trace(path, plan)
        self.end()
        self._trace, self._file, self.path = trace, file, path
        self._began = time.time()

    def end(self) -> None:
        """End the trace."""
        file, path = self._file, self.path
        self._trace, self._file, self.path = None, None, ""
        if file is not None:
            try:
                file.commit()
            except OSError as error:
                self._tell(f"the trace {path} may lack its end: {why(error)}")

    def received(self, piece: bytes, /) -> None:
        """Trace octets from the server."""
        self._keep(lambda trace: trace.received(piece))

    def sent(self, octets: bytes, /) -> None:
        """Trace octets to the server, with secrets masked."""
        self._keep(lambda trace: trace.sent(octets))

    def record(self, piece: Piece) -> None:
        """Trace a piece of one of several connections, with secrets masked, at its own time."""
        at = None if piece.time is None else piece.time - self._began
        self._keep(
            lambda trace: trace.record(
                piece.direction, piece.octets, piece.connection, exactness=piece.exactness, time=at
            )
        )

    def connected(self, info: StreamInfo) -> None:
        """Note that a connection was made, and its TLS."""
        self.note(f"connected to {info.peer}")
        if info.tls:
            self.encrypted(info)

    def encrypted(self, info: StreamInfo) -> None:
        """Note that TLS has begun."""
        self.note(f"{info.tls} with {info.cipher}; the certificate is for {info.certificate or 'an unknown name'}")

    def note(self, text: str) -> None:
        """Add a note to the trace."""
        self._keep(lambda trace: trace.note(text))

    def _keep(self, keep: Callable[[Trace], object]) -> None:
        if self._trace is None:
            return
        try:
            keep(self._trace)
        except OSError as error:
            path = self.path
            self.end()
            self._tell(f"the trace ends here, because {path} cannot be written: {why(error)}")
