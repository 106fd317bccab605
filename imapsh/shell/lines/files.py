r"""Reads local files in commands, `{@path}`, and the octets of `\raw`."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterator

from imapsh.errors import Interrupted, UsageError
from imapsh.grammar.tokens import FILE
from imapsh.hints import IO, TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.shell.connection.steps import ROOM, Steps
from imapsh.shell.settings.reasons import why

if TYPE_CHECKING:
    from imapsh.session.exchange import OpenFile
    from imapsh.shell.app import App
    from imapsh.typed.match import Match

_PIECE = 1 << 16
_LOOKED_AT = 1 << 22  # octets looked through for a NUL between two looks at Ctrl-C
_ESCAPE = lazy(rb"\\(?:x([0-9A-Fa-f]{2})|([rnt0e\\]))|\\")
_LETTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"e": b"\x1b", b"\\": b"\\"}

Opened = tuple[int, Callable[[], Iterator[bytes]]]


def opened(app: App, found: Match) -> Steps[OpenFile]:
    """Open the files that a command names as `{@path}`, for `Session.line` to take them in this order.

    Whatever may be wrong with a file is found here, before an octet of the command is sent.  Raises UsageError if one
    cannot be read, is no regular file, or holds a NUL where none may be; Interrupted after Ctrl-C.
    """
    ready: deque[Opened] = deque()
    for token in found.tokens:
        if token.kind is FILE:
            path = token.text[token.text.index("@") + 1 : -1]
            file = _open(path)
            size = os.fstat(file.fileno()).st_size
            reader = _Reader(file, size)  # closes the file if anything is raised from here on
            if not token.text.startswith("~"):
                yield from _without_nul(app, path, file, size)
            ready.append((size, reader))
    return lambda path: ready.popleft()


def _open(path: str) -> IO[bytes]:
    """Open a regular file to read.

    Opening never waits, as it would for a FIFO that nobody writes to.
    """
    try:
        file = open(os.path.expanduser(path), "rb", opener=_at_once)  # noqa: SIM115 - closed by its reader
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {why(error)}; nothing was sent") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UsageError(
            f"{path} is not a regular file, and the size of a literal must be known before it is sent: "
            "write it to a file first; nothing was sent"
        )
    if not os.fstat(file.fileno()).st_size and file.read(1):
        file.close()
        raise UsageError(
            f"the system does not say how long {path} is, and the size of a literal must be known before it is sent: "
            "copy it first; nothing was sent"
        )
    return file


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _without_nul(app: App, path: str, file: IO[bytes], size: int) -> Steps[None]:
    """Raise UsageError for a NUL, which only a literal8 may hold (RFC 9051 section 4.3, RFC 3516 section 4.4)."""
    before = app.interruptions
    at = 0
    try:
        while at < size and (piece := file.read(min(size - at, _LOOKED_AT))):
            if (place := piece.find(b"\0")) >= 0:
                raise UsageError(
                    f"{path} contains a NUL at octet {at + place:,}, which a literal must not: ~{{@{path}}} sends it "
                    f"to a "
                    "server with BINARY; nothing was sent"
                )
            at += len(piece)
            if at < size:
                yield ROOM
                if app.interruptions > before:
                    raise Interrupted("interrupted; nothing was sent")
        file.seek(0)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {why(error)}; nothing was sent") from None


class _Reader:
    """Reads a file up to the size that was announced, and closes it, even if the command is never sent.

    Octets by which the file has grown since are left out.  If it has shrunk, too few octets come, and the session
    closes the connection: nothing else ends a literal that was begun, and octets of ours are no part of the person's
    mail.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._size = size

    def __call__(self) -> Iterator[bytes]:
        left = self._size
        with self._file as file:
            while left and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece

    def __del__(self) -> None:
        self._file.close()


def unescape(text: str) -> bytes:
    r"""Return the octets of `\raw`'s argument: UTF-8, with \r \n \t \0 \e \\ and \xNN.

    Raises UsageError for others.
    """

    def octet(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes.fromhex(found[1].decode("ascii"))
        if not found[2]:
            raise UsageError(r"after a backslash, write one of r n t 0 e \ or xNN")
        return _LETTERS[found[2]]

    return _ESCAPE.sub(octet, text.encode("utf-8", "surrogateescape"))
