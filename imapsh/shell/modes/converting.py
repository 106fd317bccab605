"""Writes the trace of `--convert`: a log in our own format, with its secrets masked, to attach to a report.

The file appears when all of it is written, or not at all.  Its owner alone can read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from imapsh import __version__
from imapsh.errors import UsageError
from imapsh.patterns import lazy
from imapsh.shell.screen.landing import Landing, is_one_of, placed
from imapsh.shell.settings.reasons import why
from imapsh.wire.pieces import is_date
from imapsh.wire.trace import ONE_OR_BOTH, Header, Record, Trace

if TYPE_CHECKING:
    from imapsh.wire.pieces import Piece

T = TypeVar("T")

_MASKED = "passwords and tokens"
_REDACTED = "passwords and tokens; mail, names and addresses are stand-ins"
_NOT_IN_NAME = lazy(r"[^!-~]+")
_LONGEST_NAME = 40
_STDOUT = "/dev/stdout"


class Converting:
    """The trace that is being written; `logs` are the paths of what is read.  The path `-` is stdout.

    Raises UsageError if the file cannot be written, or is one of the logs.
    """

    def __init__(self, path: str, logs: Iterable[str], *, redacted: bool = False) -> None:
        self._path = path
        self._masked = _REDACTED if redacted else _MASKED
        self._names = _Names()
        if is_one_of(path, logs):
            raise UsageError(f"{path} is the log itself: convert it to another file")
        self._file: Landing = self._trying(lambda: placed(_STDOUT if path == "-" else path, append=False, private=True))
        self._trace: Trace | None = None
        self._began = 0.0

    def written(self, pieces: Iterable[Piece], *, both: bool) -> Iterator[Piece]:
        """Yield the pieces of a log, and write each.  `both` is that of the log's format.  Raises UsageError."""
        if self._trace is not None:
            raise UsageError("--convert writes one log: convert each in a run of its own")
        for piece in pieces:
            self._write(self._begun(piece, both=both), piece)
            yield piece

    def _begun(self, first: Piece, *, both: bool) -> Trace:
        if self._trace is None:
            dated = first.time is not None and is_date(first.time)
            self._began = first.time if dated and first.time is not None else 0.0
            header = Header(
                f"imapsh {__version__}",
                first.time if dated else None,
                masked=self._masked,
                sides="" if both else ONE_OR_BOTH,
            )
            self._trace = self._trying(lambda: Trace(self._file.write, lambda: 0.0, header))
        return self._trace

    def _write(self, trace: Trace, piece: Piece) -> None:
        time = None if piece.time is None else piece.time - self._began
        name = self._names.of(piece.connection)
        record = Record(piece.direction, time, 0, piece.octets, name, piece.exactness)
        self._trying(lambda: trace.copy(record))

    def commit(self) -> None:
        """Put the trace into its place.  Raises UsageError, also if nothing was read."""
        if self._trace is None:
            raise UsageError(f"{self._path} was not written: there is nothing in the log")
        self._trying(self._file.commit)

    def drop(self) -> None:
        """Forget the trace, if it is not in its place."""
        self._file.drop()

    def _trying(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot write {self._path}: {why(error)}") from None


class _Names:
    """The names of the connections in the trace, which are words."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {"": ""}

    def of(self, name: str) -> str:
        """Return the name of a connection in the trace."""
        if name not in self._given:
            word = _NOT_IN_NAME.sub("-", name)
            if len(word) > _LONGEST_NAME or word == "-" or word in self._given.values():
                word = f"{word[: _LONGEST_NAME - 12]}#{len(self._given)}"
            self._given[name] = word
        return self._given[name]
