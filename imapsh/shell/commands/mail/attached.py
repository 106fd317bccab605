r"""The folder that `\save --parts` writes files into, and the list beside them.

Nothing that is there is replaced, and no symbolic link in the folder is followed.  A file is written under a hidden
name and gets its own when it is whole.  If a name is taken, by a file whose name only differs in case too, the new file
gets a number; if that file has the very same octets, it is taken for the part's.  The list has one JSON object a line
for each part, with its mailbox, so that parts of many mailboxes may go into one folder, and a save that was broken off
goes on where it was.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from errno import ENAMETOOLONG
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import IO, Any

from imapsh import paths
from imapsh.errors import UsageError
from imapsh.grammar.decoding import Decoder
from imapsh.grammar.filenames import folded_name, numbered_name, safe_name
from imapsh.grammar.values import BodyPart
from imapsh.shell.commands.mail.saving import alone, items_of, line_of
from imapsh.shell.screen.landing import adding
from imapsh.shell.settings.folders import private
from imapsh.shell.settings.reasons import why
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Spilled

INDEX = "parts.jsonl"  #: the list of what was written
BESIDE = ".parts.part"  #: a file that is being written

_PIECE = 1 << 18
_SHORT = 100  # octets of a name where longer ones are refused: file systems that encrypt names take 143
#: endings that Python does not know
_ENDINGS = {"text/calendar": ".ics", "application/pgp-signature": ".asc", "application/pkcs7-signature": ".p7s"}


class Due(NamedTuple):
    """A part that is to be saved: `number` as in BODY[1.2], `size` in octets as encoded, `name` safe for a file."""

    uid: int
    number: str
    name: str
    type: str
    encoding: str = ""
    size: int = 0

    def __str__(self) -> str:
        return f"UID {self.uid} part {self.number} ({self.name})"


def due_of(uid: int, number: str, part: BodyPart) -> Due:
    """Return what is to be saved of a part.  A message is named after its subject, what has no name by its number."""
    kind = part.content_type
    name = part.safe_filename
    if kind in ("message/rfc822", "message/global"):
        subject = (part.envelope.subject_text or "") if part.envelope is not None else ""
        name = name or safe_name(subject.replace("/", "_").replace("\\", "_"))
        name = name if not name or name.lower().endswith(".eml") else safe_name(f"{name}.eml")
    return Due(uid, number, name or _unnamed(uid, number, kind), kind, part.encoding or "", part.size or 0)


def _unnamed(uid: int, number: str, kind: str) -> str:
    from mimetypes import MimeTypes

    usual = ".txt" if kind.startswith(("text/", "message/")) else ".bin"
    return f"message-{uid}-part-{number}{_ENDINGS.get(kind) or MimeTypes().guess_extension(kind) or usual}"


class Writing:
    """A file that is written while its octets come, without their transfer encoding; the sink of a literal.

    An error of the disk is kept in `error`, and what comes after it is left out.  `octets` and `left_out` count those
    that were written, and those that were not of the encoding.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.error: OSError | None = None
        self.octets = 0
        self._came = 0
        self._path = path
        self._decoder = Decoder(encoding)
        self._sum = sha256()
        self._file: IO[bytes] | None = None
        try:
            path.unlink(missing_ok=True)  # what an interrupted save left, or a link to something else
            self._file = open(path, "xb", opener=private)  # noqa: SIM115 - closed by `whole` or `drop`
        except OSError as error:
            self.error = error

    @property
    def left_out(self) -> int:
        """Return the number of octets that were not of the encoding."""
        return self._decoder.left_out

    def write(self, data: bytes, /) -> None:
        """Take the next octets as they came.  Raises nothing."""
        self._came += len(data)
        if self._file is not None:
            self._put(self._decoder.feed(data))

    def finish(self) -> Spilled:
        """Return how many octets came; the object stands in place of the file."""
        return Spilled(self._came, "", self)  # type: ignore[arg-type] # only `\save` looks at it

    def whole(self) -> str:
        """End the file, and return its SHA-256 in hex.  Raises OSError if not all could be written."""
        if self._file is not None:
            self._put(self._decoder.finish())
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                self._failed(error)
            self._file = None
        if self.error is not None:
            raise self.error
        return self._sum.hexdigest()

    def drop(self) -> None:
        """Take the file away, and forget what still comes.  Does no harm if it has got its own name."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _put(self, octets: bytes) -> None:
        try:
            if self._file is not None and octets:
                self._file.write(octets)
                self._sum.update(octets)
                self.octets += len(octets)
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        self.error = error
        self.drop()


class Kept(NamedTuple):
    """A part that is in a file: its name, the octets, those that were left out, and whether the file is a new one."""

    file: str
    octets: int
    left_out: int
    fresh: bool


class Folder:
    """The folder, and what its list says of a mailbox.

    Raises UsageError if it cannot be used.  Close it in the end.
    """

    def __init__(self, where: Path, mailbox: str, uidvalidity: int | None) -> None:
        self.where = where
        self._box = {"mailbox": mailbox, "uidvalidity": uidvalidity}
        self._index = where / INDEX
        self._lock: IO[bytes] | None = None
        self._writing: Writing | None = None
        self._done: set[tuple[Any, Any]] = set()
        self._known: dict[tuple[str, int, str], str] = {}  # folded name, octets, SHA-256 -> file
        self._listed: set[str] = set()
        self._next: dict[str, int] = {}  # folded name -> the next number for it
        try:
            self._open()
        except (OSError, ValueError) as error:
            self.close()
            if isinstance(error, UsageError):
                raise
            raise UsageError(f"cannot save into {where}: {why(error)}") from None

    def _open(self) -> None:
        self.where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._index.is_symlink():
            raise OSError(0, f"{INDEX} in it is a symbolic link")
        with adding(self._index):  # whether that can be done shows now, and not at the first file
            self._lock = paths.regular(self._index)
        alone(self._lock, self._index)
        with contextlib.suppress(OSError):
            (self.where / BESIDE).unlink()  # what an imapsh that was killed left
        try:
            items = items_of(self._index, mend=True)
            for item in items:
                self._learn(item)
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"{self._index} is not a list of saved parts: save elsewhere, or remove it") from None
        self._there = {folded_name(name) for name in os.listdir(self.where)}

    def _learn(self, item: dict[str, Any]) -> None:
        file, size = str(item["file"]), int(item["size"])
        if not self._is(file, size):
            return
        self._listed.add(file)
        self._known[folded_name(_encodable(str(item["name"]))), size, str(item["sha256"])] = file
        if all(item[key] == value for key, value in self._box.items()):
            self._done.add((item["uid"], item["part"]))

    def _is(self, file: str, size: int) -> bool:
        """Return whether a regular file of this size is in the folder itself."""
        if "/" in file or file in ("", ".", ".."):
            return False
        try:
            status = os.lstat(self.where / file)
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(status.st_mode) and status.st_size == size

    def has(self, due: Due) -> bool:
        """Return whether a part was saved before, and its file is still there."""
        return (due.uid, due.number) in self._done

    def writing(self, encoding: str) -> Writing:
        """Begin a file.  One that was not kept is taken away."""
        if self._writing is not None:
            self._writing.drop()
        self._writing = Writing(self.where / BESIDE, encoding)
        return self._writing

    def keep(self, due: Due, writing: Writing) -> Kept:
        """Give a file that is whole its name, and list it.  Raises OSError, and then nothing of it is left."""
        if writing is not self._writing:
            raise OSError(0, f"two files were written at once for {due}")
        self._writing = None
        name = _encodable(due.name)
        try:
            total = writing.whole()
            file, fresh = self._fitted(name, writing.octets, total)
        finally:
            writing.drop()
        key = folded_name(name), writing.octets, total
        try:
            self._list(due, file, writing, total)
        except OSError:
            if fresh:
                with contextlib.suppress(OSError):
                    (self.where / file).unlink()
            raise
        self._known[key] = file
        self._listed.add(file)
        self._done.add((due.uid, due.number))
        return Kept(file, writing.octets, writing.left_out, fresh)

    def _list(self, due: Due, file: str, writing: Writing, total: str) -> None:
        known = {"uid": due.uid, "part": due.number, "file": file, "name": due.name, "type": due.type}
        known |= {"size": writing.octets, "sha256": total}
        if writing.left_out:
            known["left_out"] = writing.left_out
        with adding(self._index) as write:
            write(line_of(self._box | known))

    def _fitted(self, name: str, size: int, total: str) -> tuple[str, bool]:
        """Do the same as `_placed`, with a shorter name on a file system that takes no longer ones."""
        try:
            return self._placed(name, size, total)
        except OSError as error:
            if error.errno != ENAMETOOLONG or len(name.encode()) <= _SHORT:
                raise
            return self._placed(safe_name(name, _SHORT), size, total)

    def _placed(self, name: str, size: int, total: str) -> tuple[str, bool]:
        """Return the file that has the octets, and whether it is a new one."""
        folded = folded_name(name)
        if folded not in self._next:
            self._next[folded] = self._look(name, folded)
        there = self._known.get((folded, size, total))
        if there is not None and self._is(there, size):
            return there, False
        while True:
            file = numbered_name(name, self._next[folded])
            self._next[folded] += 1
            if folded_name(file) not in self._there and self._moved(file):
                self._there.add(folded_name(file))
                return file, True

    def _look(self, name: str, folded: str) -> int:
        """Return the first number that is free for a name; learn the octets of files that are not listed."""
        for number in count(1):
            file = numbered_name(name, number)
            if folded_name(file) not in self._there:
                return number
            if file not in self._listed and (found := _sum_of(self.where / file)) is not None:
                self._known[folded, *found] = file
        raise AssertionError("numbers do not end")

    def _moved(self, file: str) -> bool:
        """Give the file that was written its name.  Return False if that is taken.  Raises OSError."""
        beside, there = self.where / BESIDE, self.where / file
        try:
            os.link(beside, there)
        except FileExistsError:
            return False
        except OSError:  # a file system without links: an empty file of our own holds the name
            try:
                os.close(os.open(there, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                return False
            os.replace(beside, there)
        return True

    def close(self) -> None:
        """Forget what is not whole, and let another program save here."""
        if self._writing is not None:
            self._writing.drop()
            self._writing = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _encodable(name: str) -> str:
    """Return a name that can be written in the encoding of the system, with underscores for what cannot."""
    encoding = sys.getfilesystemencoding()
    return name.encode(encoding, "replace").decode(encoding).replace("?", "_")


def _sum_of(path: Path) -> tuple[int, str] | None:
    """Return the octets and the SHA-256 of a regular file, None if it is none or cannot be read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        found, octets = sha256(), 0
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            while piece := file.read(_PIECE):
                found.update(piece)
                octets += len(piece)
    except OSError:
        return None
    return octets, found.hexdigest()
