"""The files into which `IMAP4.fetch_to` has literals written, and what they raise."""

from __future__ import annotations

from imapsh.wire.sinks import FileSink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from imapsh.wire.frames import Spilled
    from imapsh.wire.reader import Sink
    from imapsh.wire.sinks import Choose, Writable


class Files:
    """The files that `choose` returns for literals.

    `fault` is the error that `choose` or a file has raised.  An error of the connection may have the same type,
    such as BrokenPipeError, so it could not be told apart by that.
    """

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self.fault: Exception | None = None

    def open(self, octets: int, line: bytes) -> Sink | None:
        """Return a sink for a literal, or None to keep it in memory."""
        try:
            file = self._choose(line, octets)
        except Exception as error:
            self.fault = error
            raise
        return None if file is None else _Watched(self, file)


class _Watched:
    """A sink that writes to a file and keeps the file's error in `files`."""

    def __init__(self, files: Files, file: Writable) -> None:
        self._files = files
        self._sink = FileSink(file)

    def write(self, data: bytes, /) -> None:
        """Write octets.  Raises what the file raises."""
        try:
            self._sink.write(data)
        except Exception as error:
            self._files.fault = error
            raise

    def finish(self) -> Spilled:
        """Return how many octets went into the file, and the file."""
        return self._sink.finish()
