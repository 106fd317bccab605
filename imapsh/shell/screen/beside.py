"""Files beside those whose place they take."""

from __future__ import annotations

import os
from contextlib import suppress

from imapsh.wire.sinks import Spool

_NAME = 40  # characters of a file's name that the one beside it has too
_TRIES = 1000  # names that are tried to find one that is not taken
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Beside(Spool):
    """A new file in the folder of `path`, which its owner alone can read.  It is gone when it is closed.

    If it takes a name, it stays, and is somebody else's too.  If they change it then, it can no longer be read here.
    Raises OSError.
    """

    def __init__(self, path: str) -> None:
        descriptor, self._beside = _new(*os.path.split(path))
        super().__init__(os.fdopen(descriptor, "w+b"))
        self._given: tuple[int, int] | None = None

    def take(self, path: str, *, stay: bool) -> None:
        """Take a name, and stay open to be read or not.  Raises OSError; then the name is as it was."""
        if stay:
            self._file.flush()
        else:
            self._file.close()
        os.replace(self._beside, path)
        self._beside = ""
        self._given = self._state() if stay else None

    def readable(self) -> bool:
        """Return whether the octets are those that were written."""
        return self._given is None or self._given == self._state()

    def close(self) -> None:
        """Close the file, which is gone then if it has taken no name."""
        super().close()
        self.hide()

    def hide(self) -> None:
        """Leave nothing in the folder if it has taken no name; as long as it is open, it can be read and written."""
        beside, self._beside = self._beside, ""
        if beside:
            with suppress(OSError):
                os.unlink(beside)

    def _state(self) -> tuple[int, int]:
        """Return what differs when somebody has changed the file."""
        found = os.fstat(self._file.fileno())
        return found.st_size, found.st_mtime_ns


def _new(folder: str, name: str) -> tuple[int, str]:
    """Open a new file for its owner alone, and return its descriptor and its path.  Raises OSError.

    `tempfile` does the same, but to import it takes a twentieth of a batch's start.
    """
    for _ in range(_TRIES):
        with suppress(FileExistsError):
            return _opened(folder, name)
    return _opened(folder, name)


def _opened(folder: str, name: str) -> tuple[int, str]:
    path = os.path.join(folder, f".{name[:_NAME]}.{os.urandom(4).hex()}.part")
    return os.open(path, _FLAGS, 0o600), path
