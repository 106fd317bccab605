"""Reads the commands of a batch: lines of `-c`, a file or a pipe, with literals that go on over lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from imapsh import paths
from imapsh.errors import UsageError, plural
from imapsh.grammar.tokens import LITERAL, announcement, tokenize
from imapsh.wire.limits import DEFAULT, Limits

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # as PowerShell writes a file
_PIECE = 1 << 16


class Script:
    """Reads octets as lines.

    A line ends with LF or CRLF; the octets of a literal are taken as they stand.  A byte order mark at the beginning is
    skipped.  `limits` bounds what one command may hold.

    `before_reading` is called before it may have to wait for more: a program that writes the lines may first want to
    see what came of the last one.
    """

    def __init__(
        self, octets: bytes = b"", descriptor: int = -1, name: str = "the script", limits: Limits = DEFAULT
    ) -> None:
        self._buffer = bytearray(octets)
        self._at = 0
        self._searched = 0  # up to here there is no line end
        self._descriptor = descriptor
        self._limits = limits
        self.name = name
        self.number = 0  #: of the line that was last begun, from 1
        self._taken = 0  # line ends
        self.before_reading: Callable[[], object] = lambda: None

    @property
    def descriptor(self) -> int:
        """The descriptor to wait on for more, or -1 if no more can come."""
        return self._descriptor

    def command(self) -> str | None:
        """Return the next command, its literals inside after CRLF, or None at the end.

        Raises UsageError if the script ends within a literal, or the command is beyond a limit.
        """
        self.number = self._taken + 1
        line = self.line()
        if line is None:
            return None
        text = line.decode("utf-8", "surrogateescape")
        if not text.endswith("}") or text.startswith(("\\", "#")):
            return text  # as most
        parts = [text]
        typed = whole = len(line)
        while (due := _announced(parts[-1])) is not None:  # each line by itself: work grows with its length alone
            self._check("command", whole + due)
            data = self._octets(due)
            line = self.line() or b""
            typed, whole = typed + len(line), whole + due + len(line)
            self._check("typed", typed)
            parts += ["\r\n", _text(data), _text(line)]
        return "".join(parts)

    def line(self) -> bytes | None:
        """Return the next line without its end, or None at the end of the script.

        Raises UsageError for a line beyond the limit.
        """
        while (end := self._end()) < 0:
            if self._descriptor < 0:
                return None
            self.read()
        line = bytes(self._buffer[self._at : end]) if self._taken else self._first(end)
        self._at = self._searched = end
        self._taken += 1
        return line.removesuffix(b"\n").removesuffix(b"\r")

    def ready_line(self) -> bytes | None:
        """Return the next line with its end without taking it; None if it is not all there yet, or at the end."""
        end = self._end()
        if end < 0:
            return None
        return bytes(self._buffer[self._at : end]) if self._taken else self._first(end)

    def _end(self) -> int:
        """Return where the next line ends, its end included, or -1 if it is not all there yet, or at the end."""
        found = self._buffer.find(b"\n", self._searched)
        if found >= 0:
            end = found + 1
        else:
            self._searched = end = len(self._buffer)
        if end - self._at > self._limits.typed > 0:
            self._check("typed", end - self._at)
        return end if found >= 0 or (end > self._at and self._descriptor < 0) else -1

    def _first(self, end: int) -> bytes:
        """Return the first line, without the mark that may be before it.  Raises UsageError for UTF-16."""
        line = bytes(self._buffer[self._at : end])
        if line.startswith(_UTF_16):
            raise UsageError(f"{self.name} is written in UTF-16: save it as UTF-8")
        return paths.without_bom(line)

    def read(self) -> None:
        """Read once.  Raises UsageError if the script cannot be read."""
        self.before_reading()
        try:
            piece = os.read(self._descriptor, _PIECE)
        except OSError as error:
            raise UsageError(f"cannot read {self.name}: {error.strerror}") from None
        del self._buffer[: self._at]
        self._searched -= self._at
        self._at = 0
        self._buffer += piece
        if not piece:
            self.close()

    def close(self) -> None:
        """Read no more; what is here can still be taken."""
        if self._descriptor > 2:
            os.close(self._descriptor)
        self._descriptor = -1

    def _octets(self, wanted: int) -> bytes:
        while len(self._buffer) - self._at < wanted and self._descriptor >= 0:
            self.read()
        end = min(len(self._buffer), self._at + wanted)
        octets = bytes(self._buffer[self._at : end])
        if len(octets) < wanted:
            missing = wanted - len(octets)
            are = plural(missing, "is", "are")
            raise UsageError(f"{self.name} ends inside a literal: {missing} of its {wanted} octets {are} missing")
        self._at = self._searched = end
        self._taken += octets.count(b"\n")
        return octets

    def _check(self, limit: str, octets: int) -> None:
        allowed = getattr(self._limits, limit)
        if allowed and octets > allowed:
            what = "the lines of a command are" if limit == "typed" else "a command with its literals is"
            raise UsageError(
                f"{self.name}, line {self.number or 1}: {what} longer than {allowed:,} octets, at least {octets:,}: "
                f"--limit {limit}=N changes that, and {{@FILE}} sends a file of any length"
            )


def from_commands(commands: Sequence[str], limits: Limits = DEFAULT) -> Script:
    """Return a script of the commands of `-c`, one after another."""
    return Script(os.fsencode("\r\n".join(commands)), name="-c", limits=limits)


def from_file(path: str, limits: Limits = DEFAULT) -> Script:
    """Return a script from a file, a pipe, or stdin for `-`.  Raises UsageError if it cannot be opened."""
    if path == "-":
        if sys.stdin is None:
            raise UsageError("stdin is closed, so there are no commands")
        return Script(descriptor=sys.stdin.fileno(), name="stdin", limits=limits)
    try:
        with paths.stream(path) as file:
            return Script(descriptor=os.dup(file.fileno()), name=path, limits=limits)
    except (OSError, ValueError) as error:
        from imapsh.shell.settings.reasons import why

        raise UsageError(f"cannot read {path}: {why(error)}") from None


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _announced(line: str) -> int | None:
    """Return the octets that a literal announced at the end of a line wants; None if none is announced."""
    if not line.endswith("}"):
        return None
    tokens = tokenize(line)
    return announcement(tokens[-1].text).octets if tokens and tokens[-1].kind is LITERAL else None
