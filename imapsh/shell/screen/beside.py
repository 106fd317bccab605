"""Files beside those whose place they take."""

from __future__ import annotations

import os
from contextlib import suppress

from imapsh.wire.sinks import Spool

_NAME = 40  # characters of a file's name that the one beside it has too


class Beside(Spool):
    """A new file in the folder of `path`, which its owner alone can read.  It is gone when it is closed.

    If it takes a name, it stays, and is somebody else's too.  If they change it then, it can no longer be read here.
    Raises OSError.
    """

    def __init__(self, path: str) -> None:
        from tempfile import mkstemp

        folder, name = os.path.split(path)
        descriptor, self._beside = mkstemp(".part", f".{name[:_NAME]}.", folder)
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
