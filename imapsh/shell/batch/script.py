"""Reads the commands of a batch: lines of `-c`, a file or a pipe, with literals that go on over lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from imapsh.errors import UsageError
from imapsh.grammar.tokens import LITERAL, announcement, tokenize

_PIECE = 1 << 16


class Script:
    """Reads octets as lines.

    A line ends with LF or CRLF; the octets of a literal are taken as they stand.
    """

    def __init__(self, octets: bytes = b"", descriptor: int = -1, name: str = "the script") -> None:
        self._buffer = octets
        self._at = 0
        self._descriptor = descriptor
        self.name = name
        self.number = 0  #: of the line that was last begun, from 1
        self._taken = 0  # line ends

    @property
    def descriptor(self) -> int:
        """The descriptor to wait on for more, or -1 if no more can come."""
        return self._descriptor

    def command(self) -> str | None:
        """Return the next command, its literals inside after CRLF, or None at the end.

        Raises UsageError if the script ends within a literal.
        """
        self.number = self._taken + 1
        line = self.line()
        if line is None:
            return None
        text = _text(line)
        while not text.startswith(("\\", "#")) and (due := _announced(text)) is not None:
            data = self._octets(due)
            text += "\r\n" + _text(data + (self.line() or b""))
        return text

    def line(self) -> bytes | None:
        """Return the next line without its end, or None at the end of the script."""
        while (line := self.ready_line()) is None:
            if self._descriptor < 0:
                return None
            self.read()
        self._at += len(line)
        self._taken += 1
        return line.removesuffix(b"\n").removesuffix(b"\r")

    def ready_line(self) -> bytes | None:
        """Return the next line with its end without taking it; None if it is not all there yet, or at the end."""
        found = self._buffer.find(b"\n", self._at)
        if found >= 0:
            return self._buffer[self._at : found + 1]
        rest = self._buffer[self._at :]
        return rest if rest and self._descriptor < 0 else None

    def read(self) -> None:
        """Read once.  Raises UsageError if the script cannot be read."""
        try:
            piece = os.read(self._descriptor, _PIECE)
        except OSError as error:
            raise UsageError(f"cannot read {self.name}: {error.strerror}") from None
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
        if not piece:
            self.close()

    def close(self) -> None:
        """Read no more; what is here can still be taken."""
        if self._descriptor > 2:
            os.close(self._descriptor)
        self._descriptor = -1

    def _octets(self, wanted: int) -> bytes:
        pieces = [self._buffer[self._at : self._at + wanted]]
        self._at += len(pieces[0])
        missing = wanted - len(pieces[0])
        while missing and self._descriptor >= 0:
            self.read()
            pieces.append(self._buffer[:missing])
            self._at = len(pieces[-1])
            missing -= self._at
        if missing:
            raise UsageError(f"{self.name} ends inside a literal: {missing} of its {wanted} octets are missing")
        octets = b"".join(pieces)
        self._taken += octets.count(b"\n")
        return octets


def from_commands(commands: Sequence[str]) -> Script:
    """Return a script of the commands of `-c`, one after another."""
    return Script(os.fsencode("\r\n".join(commands)), name="-c")


def from_file(path: str) -> Script:
    """Return a script from a file, or from stdin for `-`.  Raises UsageError if it cannot be opened."""
    if path == "-":
        if sys.stdin is None:
            raise UsageError("stdin is closed, so there are no commands")
        return Script(descriptor=sys.stdin.fileno(), name="stdin")
    try:
        return Script(descriptor=os.open(path, os.O_RDONLY), name=path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _announced(text: str) -> int | None:
    """Return the octets that a literal announced at the end of the text wants; None if none is announced."""
    if not text.endswith("}"):
        return None
    tokens = tokenize(text)
    return announcement(tokens[-1].text).octets if tokens and tokens[-1].kind is LITERAL else None
