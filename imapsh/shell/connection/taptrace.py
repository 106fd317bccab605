"""The trace of a tap: all its connections in one file, without secrets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionLost, LimitError
from imapsh.logs.rewriting import Rewriter
from imapsh.session.secrets import Secrets
from imapsh.wire.pieces import NOTE, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imapsh.shell.connection.trace import Tracing
    from imapsh.wire.limits import Limits


class TapTrace:
    """Writes what passes a tap into a trace.

    Each connection is rewritten as a log is that is converted, so that a line is written when its secrets are known.
    """

    def __init__(self, tracing: Tracing, limits: Limits) -> None:
        self.tracing = tracing
        self._limits = limits
        self._secrets = Secrets()
        self._rewriters: dict[str, Rewriter | None] = {}

    def keep(self, name: str, piece: Piece) -> None:
        """Take a piece of a connection.  If it cannot be followed, the trace has no more of that connection."""
        if name not in self._rewriters:
            self._rewriters[name] = Rewriter(self._limits, self._secrets, whole=True)
        rewriter = self._rewriters[name]
        if rewriter is None:
            return
        try:
            self._write(rewriter.hear(piece))
        except (LimitError, ConnectionLost) as error:
            self._rewriters[name] = None
            self.note(name, f"the trace of this connection ends here: {error}")

    def over(self, name: str) -> None:
        """Write what is left of a connection."""
        rewriter = self._rewriters.pop(name, None)
        if rewriter is not None:
            self._write(rewriter.end())

    def note(self, name: str, text: str) -> None:
        """Add a note of a connection."""
        self.tracing.record(Piece(NOTE, text.encode("utf-8", "surrogateescape"), 0, time.time(), name))

    def _write(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.tracing.record(piece)
