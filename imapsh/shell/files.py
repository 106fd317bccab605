r"""Local files in commands: `{@path}`, and the octets of `\raw`; what is wrong with a path."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import IO

from imapsh.errors import UsageError
from imapsh.patterns import lazy

_PIECE = 1 << 16
_ESCAPE = lazy(rb"\\(?:x([0-9A-Fa-f]{2})|([rnt0e\\]))|\\")
_LETTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"e": b"\x1b", b"\\": b"\\"}


def open_file(path: str) -> tuple[int, Callable[[], Iterator[bytes]]]:
    """A file to send as a literal: its size in octets, and what reads it.  Raises UsageError when it cannot be read.

    A file that shrinks meanwhile is filled up with NUL, for its octets are counted already; one that grows is cut.
    """
    full = os.path.expanduser(path)
    try:
        file = open(full, "rb")  # noqa: SIM115 - closed when it has been read
        size = os.fstat(file.fileno()).st_size
        if not os.path.isfile(full):
            data = file.read()
            file.close()
            return len(data), lambda: iter((data,))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {why(error)}") from None
    return size, _Reader(file, size)


class _Reader:
    """Reads so many octets of a file, and closes it; also where it is never asked to, for the command was not sent."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._size = size

    def __call__(self) -> Iterator[bytes]:
        left = self._size
        with self._file as file:
            while left:
                piece = file.read(min(left, _PIECE)) or bytes(min(left, _PIECE))
                left -= len(piece)
                yield piece

    def __del__(self) -> None:
        self._file.close()


def why(error: OSError | ValueError) -> str:
    """Why the system would not have a path or a command: a NUL in it is a ValueError."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def unescape(text: str) -> bytes:
    r"""The octets of `\raw`'s argument: UTF-8, with \r \n \t \0 \e \\ and \xNN.  Raises UsageError for others."""

    def octet(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes.fromhex(found[1].decode("ascii"))
        if not found[2]:
            raise UsageError(r"after a backslash comes one of r n t 0 e \ or xNN")
        return _LETTERS[found[2]]

    return _ESCAPE.sub(octet, text.encode("utf-8", "surrogateescape"))
