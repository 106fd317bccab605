r"""Local files in commands: `{@path}`, and the octets of `\raw`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

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
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None

    def read() -> Iterator[bytes]:
        left = size
        with file:
            while left:
                piece = file.read(min(left, _PIECE)) or bytes(min(left, _PIECE))
                left -= len(piece)
                yield piece

    return size, read


def unescape(text: str) -> bytes:
    r"""The octets of `\raw`'s argument: UTF-8, with \r \n \t \0 \e \\ and \xNN.  Raises UsageError for others."""

    def octet(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes.fromhex(found[1].decode("ascii"))
        if not found[2]:
            raise UsageError(r"after a backslash comes one of r n t 0 e \ or xNN")
        return _LETTERS[found[2]]

    return _ESCAPE.sub(octet, text.encode("utf-8", "surrogateescape"))
