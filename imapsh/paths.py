"""Opens what a path names, and refuses what could wait for ever, or never end.

`~` means home, and `/dev/stdin`, `/dev/fd/N` mean the descriptor that is open already.  Each function raises OSError
with a reason in words, and ValueError for a path with a NUL, as `open` does.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress

from imapsh.hints import IO, TYPE_CHECKING
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from threading import Thread

SMALL = 1 << 20  #: octets of a file that is read whole: a configuration, certificates, passwords

_PIECE = 1 << 16  # octets read at once: memory is taken for as many as are asked for, however short the file is

PATIENCE = 3.0  #: seconds for which a named pipe waits for a process at its other end

_TRIES, _BETWEEN = 100, 0.05  # tries to wake what waits at a named pipe, and the seconds between two

_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = lazy(r"/(?:dev|proc/self)/fd/(\d{1,9})")
_BOM = b"\xef\xbb\xbf"


def regular(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open a regular file, whose size is known and which can be read more than once."""
    return _open(os.path.expanduser(path))


def whole(path: str | os.PathLike[str], most: int = SMALL) -> tuple[bytes, os.stat_result]:
    """Return all octets of a file, and its status.

    It may be a regular file, the null device, or a pipe that is open already, as `<(command)` of a shell is.
    """
    full = os.path.expanduser(path)
    own = descriptor_of(full)
    with _open(full) if own is None else _own(own, stat.S_ISFIFO, stat.S_ISSOCK) as file:
        octets = bytearray()
        while len(octets) <= most and (piece := file.read(min(_PIECE, most + 1 - len(octets)))):
            octets += piece
        _within(len(octets), most)
        return bytes(octets), os.fstat(file.fileno())


def readable(path: str, most: int = SMALL) -> str:
    """Return the path, `~` resolved, of what another reader may read whole: the same kinds, and as long."""
    full = os.path.expanduser(path)
    own = descriptor_of(full)
    with _open(full) if own is None else _own(own, stat.S_ISFIFO, stat.S_ISSOCK) as file:
        _within(os.fstat(file.fileno()).st_size, most)
    return full


def stream(path: str, patience: float = PATIENCE) -> IO[bytes]:
    """Open what is read from its beginning to its end: a regular file, a pipe, or whatever a descriptor of ours is.

    A named pipe waits `patience` seconds for a process that writes to it.
    """
    full = os.path.expanduser(path)
    own = descriptor_of(full)
    if own is not None:
        return _own(own, stat.S_ISFIFO, stat.S_ISSOCK, stat.S_ISCHR)
    if stat.S_ISFIFO(os.stat(full).st_mode):
        return os.fdopen(_reader(full, patience), "rb", buffering=0)
    return _open(full)


def at_end(path: str, flags: int) -> int:
    """Open what is added to, as an `opener` for `open`: a regular file, made for its owner alone, or the null device.

    Opening never waits, as it would for a pipe that nobody reads.
    """
    with suppress(FileNotFoundError):
        _check(os.stat(path))
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0), 0o600)
    try:
        _check(os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def descriptor_of(full: str) -> int | None:
    """Return the open descriptor that a path means by its name, or None."""
    if full in _STANDARD:
        return _STANDARD[full]
    found = _DESCRIPTOR.fullmatch(full)
    return int(found[1]) if found else None


def without_bom(octets: bytes) -> bytes:
    """Return octets of UTF-8 without the byte order mark that some editors put in front."""
    return octets.removeprefix(_BOM)


def _open(full: str) -> IO[bytes]:
    """Open a regular file, or the null device.  Opening never waits, as it would for a pipe that nobody writes to."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    return _checked(os.open(full, flags))


def _own(number: int, *kinds: Callable[[int], bool]) -> IO[bytes]:
    return _checked(os.dup(number), *kinds)


def _checked(descriptor: int, *kinds: Callable[[int], bool]) -> IO[bytes]:
    """Return the file of a descriptor, or close it and raise OSError if it is of another kind than is read here."""
    try:
        _check(os.fstat(descriptor), *kinds)
        return os.fdopen(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def _check(status: os.stat_result, *kinds: Callable[[int], bool]) -> None:
    """Raise OSError if this is no regular file, not the null device, and of none of these kinds."""
    if not (stat.S_ISREG(status.st_mode) or _is_null(status) or any(kind(status.st_mode) for kind in kinds)):
        raise _refusal(status.st_mode)


def _refusal(mode: int) -> OSError:
    if stat.S_ISDIR(mode):
        return IsADirectoryError(0, "Is a directory")
    kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
    return OSError(0, f"it is {kind}, not a regular file")


def _within(octets: int, most: int) -> None:
    if octets > most:
        raise OSError(0, f"it has more than {most:,} octets, which is the limit for such a file")


def _is_null(status: os.stat_result) -> bool:
    with suppress(OSError):
        return stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev
    return False


def _reader(full: str, patience: float) -> int:
    """Open the reading end of a named pipe as soon as a process has opened the other."""
    from threading import Thread

    opened: list[int] = []
    waiting = Thread(target=lambda: opened.append(os.open(full, os.O_RDONLY)), daemon=True)
    waiting.start()
    try:
        waiting.join(patience)
    finally:
        if waiting.is_alive():
            _wake(waiting, full)
            for descriptor in opened:
                os.close(descriptor)
            opened.clear()
    if not opened:
        raise OSError(0, "it is a pipe that no process writes to: start that process first")
    return opened[0]


def _wake(waiting: Thread, full: str) -> None:
    """Let a thread go that opens a named pipe.  On a busy machine it may not have come so far at the first try.

    One that stayed would be given what a process writes for the next reader.
    """
    for _ in range(_TRIES):
        with suppress(OSError):
            os.close(os.open(full, os.O_WRONLY | os.O_NONBLOCK))
        waiting.join(_BETWEEN)
        if not waiting.is_alive():
            return
