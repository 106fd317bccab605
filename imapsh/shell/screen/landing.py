"""Writes files that take a command's output: the old content stays until all of the new is on the disk."""

from __future__ import annotations

import os
import stat
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from imapsh.errors import UsageError
from imapsh.hints import IO, Protocol
from imapsh.paths import at_end, descriptor_of
from imapsh.render.visible import TAB_STOPS, visible
from imapsh.shell.screen.beside import Beside
from imapsh.shell.settings.reasons import why
from imapsh.wire.sinks import LARGE


@contextmanager
def adding(path: str | os.PathLike[str]) -> Iterator[Callable[[bytes], None]]:
    """Write to the end of a file, which is made for its owner alone if it is not there.

    Raises OSError if the disk is full, or if it is no regular file; whatever is raised, the file is then as it was.
    """
    new = not os.path.exists(path)
    with open(path, "ab", buffering=0, opener=at_end) as out:
        end = os.fstat(out.fileno()).st_size

        def write(octets: bytes) -> None:
            left = memoryview(octets)
            while left:
                left = left[out.write(left) :]

        try:
            yield write
        except BaseException:
            os.ftruncate(out.fileno(), end)
            if new:
                os.unlink(path)
            raise


class Landing(Protocol):
    """A file that takes output.

    `kept` says what became of the file if nothing is written, "" if there is nothing to say.  `holds` is true if it has
    octets that `commit` would take away.
    """

    kept: str
    holds: bool

    def write(self, octets: bytes) -> None:
        """Take octets.  Raises OSError."""

    def commit(self) -> None:
        """Put the octets into the file.  Raises OSError, and then the file is unchanged."""

    def drop(self) -> None:
        """Forget what was written; the file is as it was.  Does no harm after `commit`."""


def landing(name: str, *, append: bool) -> Landing:
    """Open a file for writing, or for appending.  Raises UsageError if that is not possible.

    A device, a pipe, and an open descriptor of our own such as `/dev/stdout` take octets as they come.
    """
    try:
        return placed(name, append=append)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {name}: {why(error)}; nothing was sent") from None


def placed(name: str, *, append: bool, private: bool = False, mode: int = 0o600) -> Landing:
    """Do the same as `landing`.  Raises OSError, and ValueError for a NUL in the name.

    If `private` is true, a file that is replaced can be read by its owner alone, whatever it was before.  A file that
    is not there is made with these permissions (`mode`) if it is not appended to.
    """
    full = os.path.expanduser(name)
    there = _stat(full)
    if there is None and (not full or full.endswith("/")):
        raise IsADirectoryError(0, "it names no file")
    if there is not None:
        if (descriptor := _own(full, there)) is not None:
            return Through(os.dup(descriptor))
        if stat.S_ISDIR(there.st_mode):
            raise IsADirectoryError(0, "Is a directory")
        if not stat.S_ISREG(there.st_mode):
            return Through(_special(full))
        if not os.access(full, os.W_OK):
            raise PermissionError(0, "Permission denied")
    kept = f"{name} is unchanged" if there is not None else f"{name} was not created"
    path = os.path.realpath(full)  # what a symbolic link points to is replaced, not the link
    return End(path, kept) if append else Replacement(path, None if private else there, kept, mode)


class Direct:
    """A file, a device or a pipe that takes octets as they come, all of them or none.

    If not all can be written, a regular file is as it was before: it ends with something whole.
    """

    kept = ""
    holds = False

    def __init__(self, descriptor: int) -> None:
        self._through = Through(descriptor)
        self._descriptor = descriptor
        self._regular = stat.S_ISREG(os.fstat(descriptor).st_mode)

    def write(self, octets: bytes) -> None:
        """See Landing."""
        end = os.fstat(self._descriptor).st_size if self._regular else 0
        try:
            self._through.write(octets)
        except OSError:
            if self._regular:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, end)
            raise

    def commit(self) -> None:
        """See Landing.  It was all written; the file is closed."""
        self._through.commit()

    drop = commit


def direct(name: str) -> Direct:
    """Open a file that takes octets as they come.  A regular one is emptied, or made for its owner alone.

    Raises OSError, and ValueError for a NUL in the name.
    """
    full = os.path.expanduser(name)
    there = _stat(full)
    if there is not None and (descriptor := _own(full, there)) is not None:
        return Direct(os.dup(descriptor))
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(0, "Is a directory")
    if there is not None and not stat.S_ISREG(there.st_mode):
        return Direct(_special(full))
    return Direct(os.open(full, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))


def is_one_of(name: str, paths: Iterable[str]) -> bool:
    """Return whether a file of this name would replace one of these, which are being read; `-` is stdin."""
    full = os.path.expanduser(name)
    if not os.path.isfile(full):
        return False
    for path in paths:
        with suppress(OSError, ValueError):
            if os.path.samestat(os.stat(full), os.fstat(0) if path == "-" else os.stat(os.path.expanduser(path))):
                return True
    return False


def _stat(full: str) -> os.stat_result | None:
    try:
        return os.stat(full)
    except FileNotFoundError:
        return None


def _own(full: str, there: os.stat_result) -> int | None:
    """Return the open descriptor of ours that a path stands for.

    The path is its name, or names the same file as stdout or stderr.
    """
    if (named := descriptor_of(full)) is not None:
        return named
    for descriptor in (1, 2):
        with suppress(OSError):
            if stat.S_ISREG(there.st_mode) and os.path.samestat(there, os.fstat(descriptor)):
                return descriptor
    return None


def _special(full: str) -> int:
    """Open a device or a pipe, without waiting for somebody to read it."""
    try:
        descriptor = os.open(full, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        fifo = stat.S_ISFIFO(os.stat(full).st_mode)
        raise OSError(0, "no process reads from this pipe" if fifo else error.strerror) from None
    os.set_blocking(descriptor, True)
    return descriptor


class Through:
    """A device, a pipe or an open descriptor, where what was written is gone and nothing can be kept.

    A terminal gets its lines made visible, anything else the octets.
    """

    kept = ""
    holds = False

    def __init__(self, descriptor: int) -> None:
        self._file: IO[bytes] | None = os.fdopen(descriptor, "wb", buffering=0)
        self._decoder = getincrementaldecoder("utf-8")("backslashreplace") if os.isatty(descriptor) else None

    def write(self, octets: bytes) -> None:
        """See Landing."""
        if self._decoder is not None:
            lines = self._decoder.decode(octets).replace("\r\n", "\n").split("\n")
            octets = "\n".join(visible(line.expandtabs(TAB_STOPS)) for line in lines).encode()
        left = memoryview(octets)
        while left and self._file is not None:
            left = left[self._file.write(left) :]

    def commit(self) -> None:
        """See Landing."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    drop = commit


class Replacement:
    """A new file beside the old one, with the old one's permissions, which takes its name in the end."""

    def __init__(self, path: str, there: os.stat_result | None, kept: str, mode: int = 0o600) -> None:
        self.kept = kept
        self.holds = there is not None and there.st_size > 0
        self._path = path
        self._owner = (there.st_uid, there.st_gid) if there is not None else None
        self._mode = stat.S_IMODE(there.st_mode) if there is not None else mode
        self._other: Beside | None = None
        self._file: Beside | None = self._permitted(Beside(self._path))
        self._adopted = False

    def beside(self) -> Beside:
        """Return another new file, which may be adopted until there is a next one.  Raises OSError.

        If it is not adopted, nothing of it stays in the folder.
        """
        self._hide()  # a server may send any number, and not all are kept open
        self._other = Beside(self._path)
        return self._other

    def adopt(self, file: object) -> bool:
        """Take a file of `beside` in place of octets, if none were written.  Return whether it is taken.

        It stays open, and can be read as long as nobody changes it.  Nobody may close it before `commit`.
        """
        if file is not self._other or self._other is None or self._file is None or self._file.tell():
            return False
        self._file.close()
        self._file, self._adopted = self._permitted(self._other), True
        return True

    def _permitted(self, file: Beside) -> Beside:
        with suppress(OSError):
            if self._owner is not None:
                os.fchown(file.fileno(), *self._owner)
        with suppress(OSError):
            os.fchmod(file.fileno(), self._mode)
        return file

    def write(self, octets: bytes) -> None:
        """See Landing."""
        if self._file is not None:
            self._file.write(octets)

    def commit(self) -> None:
        """See Landing."""
        if self._file is not None:
            try:
                self._file.take(self._path, stay=self._adopted)
            except OSError:
                self.drop()
                raise
            self._file = None
            self._hide()

    def drop(self) -> None:
        """See Landing."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
        self._hide()

    def _hide(self) -> None:
        r"""Take what came besides out of the folder; `\last` can still read it."""
        other, self._other = self._other, None
        if other is not None:
            other.hide()


class End:
    """The end of a file.  Octets wait in a file without a name until all are there."""

    holds = False

    def __init__(self, path: str, kept: str) -> None:
        self.kept = kept
        self._path = path
        self._file: IO[bytes] | None = _nameless(os.path.dirname(path))

    def write(self, octets: bytes) -> None:
        """See Landing."""
        if self._file is not None:
            self._file.write(octets)

    def commit(self) -> None:
        """See Landing."""
        file, self._file = self._file, None
        if file is not None:
            with file, adding(self._path) as write:
                file.seek(0)
                while piece := file.read(LARGE):
                    write(piece)

    def drop(self) -> None:
        """See Landing."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()


def _nameless(folder: str) -> IO[bytes]:
    """Return a temporary file on the disk that the octets are to go to, if a file can be made there."""
    from tempfile import TemporaryFile

    try:
        return TemporaryFile(dir=folder)
    except PermissionError:
        return TemporaryFile()
