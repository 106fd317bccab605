r"""Says where `\save` puts messages: a folder of .eml files, an mbox file, or a Maildir.

A list beside the messages says what is there already, one JSON object a line: first the mailbox and its UIDVALIDITY,
then UID, file, flags, date and size of each message that is whole.  So a save that was broken off goes on where it was,
and `\load` finds flags and dates again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Protocol

from imapsh import paths
from imapsh.errors import UsageError
from imapsh.grammar.dates import read_date_time
from imapsh.shell.screen.landing import adding
from imapsh.shell.settings.folders import private
from imapsh.shell.settings.reasons import why
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part
from imapsh.wire.sinks import LARGE, octets_of

INDEX = "index.jsonl"  #: the list of a folder of .eml files

_LONGEST = 1 << 28  # octets of a list, which has some 150 for a message
_PIECE = 1 << 16
_FROM = re.compile(rb"(?m)^(>*From )")
#: flag -> letter of mbox's X-Status, of Maildir's info
MBOX = {"\\Answered": "A", "\\Deleted": "D", "\\Draft": "T", "\\Flagged": "F"}
MAILDIR = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


class Item(NamedTuple):
    """The data of a message: INTERNALDATE as the server writes it, size in octets."""

    uid: int
    flags: tuple[str, ...] = ()
    date: str = ""
    size: int = 0


class Target(Protocol):
    """A place that messages are saved to; `where` names it in messages."""

    where: Path

    def added(self, item: Item, part: Part) -> AbstractContextManager[str]:
        """Keep a message, and give the name of its file.  It is taken away again if what follows fails.

        Raises OSError.
        """


class Index:
    """The list beside the messages.

    Raises UsageError if it belongs to other messages, or cannot be used.
    """

    def __init__(self, path: Path, mailbox: str, uidvalidity: int | None) -> None:
        self.path = path
        self.done: set[int] = set()
        self._lock: IO[bytes] | None = None
        try:
            with adding(path):  # whether that can be done shows now, and not at the first message
                self._lock = paths.regular(path)
            alone(self._lock, path)
            there = items_of(path, mend=True)
            head, *items = there or [{}]
            self.done = {item["uid"] for item in items if path.name != INDEX or (path.parent / item["file"]).exists()}
            if there and (head["mailbox"], head["uidvalidity"]) != (mailbox, uidvalidity):
                other = f"{head['mailbox']} of UIDVALIDITY {head['uidvalidity']}"
                raise UsageError(f"{path.parent} holds messages of {other}: save {mailbox} elsewhere")
            if not there:
                with adding(path) as write:
                    write(line_of({"mailbox": mailbox, "uidvalidity": uidvalidity}))
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise UsageError(f"cannot write {path}: {error.strerror}") from None
            if isinstance(error, UsageError) or not isinstance(error, ValueError | KeyError | TypeError):
                raise
            raise UsageError(f"{path} is not a list of saved messages: save elsewhere, or remove it") from None

    def close(self) -> None:
        """Let another program save here."""
        if self._lock is not None:
            self._lock.close()

    def add(self, item: Item, file: str) -> None:
        """Note that a message is whole.  Raises OSError."""
        known = {"uid": item.uid, "file": file, "flags": item.flags, "internaldate": item.date, "size": item.size}
        with adding(self.path) as write:
            write(line_of(known))
        self.done.add(item.uid)


def alone(file: IO[bytes], path: Path) -> None:
    """Let no other imapsh save here until the file is closed.  Raises UsageError if one does so now."""
    try:
        import fcntl
    except ImportError:  # a system without such locks
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"another imapsh is saving into {path.parent}: wait for its end, or save elsewhere") from None
    except OSError:  # a file system without locks
        return


def items_of(path: Path, *, mend: bool = False) -> list[Any]:
    """Return the objects of a list.  A last line that was cut off while it was written is left out.

    With `mend` it is cut off in the file too, so that what is added stands on a line of its own.  Raises OSError, and
    ValueError for what is not a list.
    """
    octets = paths.whole(path, _LONGEST)[0]
    end = octets.rfind(b"\n") + 1
    if mend and end < len(octets):
        os.truncate(path, end)
    try:
        found = [json.loads(line.decode("utf-8", "surrogateescape")) for line in octets[:end].splitlines()]
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not all(isinstance(one, dict) for one in found):
        raise ValueError("not a list of objects")
    return found


def line_of(thing: object) -> bytes:
    """Return a line of a list."""
    return json.dumps(thing, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"


class Folder:
    """A folder with one .eml file a message, named by its UID; the octets are the server's, exactly."""

    def __init__(self, where: Path) -> None:
        self.where = where

    @contextlib.contextmanager
    def added(self, item: Item, part: Part) -> Iterator[str]:
        """See Target."""
        name = f"{item.uid}.eml"
        with _moved(octets_of(part, LARGE), self.where / f".{name}.part", self.where / name):
            yield name


def _alike(one: Path, other: Path) -> bool:
    """Return whether two files have the same octets, as those of a message that a save could not list any more."""
    from filecmp import cmp

    return cmp(one, other, shallow=False)


class Mbox:
    """One file of messages behind `From ` lines, with Status headers.

    Such lines in a message get a `>` in front.
    """

    def __init__(self, where: Path) -> None:
        self.where = where

    @contextlib.contextmanager
    def added(self, item: Item, part: Part) -> Iterator[str]:
        """See Target."""
        with adding(self.where) as write:
            write(_gap(self.where))
            write(b"From MAILER-DAEMON %s\n" % time.asctime(time.gmtime(_seconds(item.date))).encode("ascii"))
            write(_status(item.flags))
            for piece in _lines(part):
                write(_FROM.sub(rb">\1", piece))
            write(b"\n")
            yield self.where.name


class Maildir:
    """A Maildir, which has flags in the files' names, and dates as the files' times."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self._count = 0

    @contextlib.contextmanager
    def added(self, item: Item, part: Part) -> Iterator[str]:
        """See Target.  The message has LF line ends, and is written in `tmp` before it is seen."""
        key = self._key()
        letters = "".join(sorted(MAILDIR[flag] for flag in item.flags if flag in MAILDIR))
        name = f"{key}:2,{letters}"
        with _moved(_lines(part, ended=False), self.where / "tmp" / key, self.where / "cur" / name, item.date):
            yield name

    def _key(self) -> str:
        """Return a name that no other message has: seconds, microseconds, the process, a number and the machine."""
        from socket import gethostname

        self._count += 1
        seconds, micros = divmod(time.time_ns() // 1000, 1_000_000)
        host = gethostname().replace("/", r"\057").replace(":", r"\072")
        return f"{seconds}.M{micros}P{os.getpid()}Q{self._count}.{host}"


def target(text: str, mailbox: str) -> tuple[Target, Path]:
    """Return the target that a word means, and the place of its list.

    The word means an mbox (`x.mbox` or an mbox file), a Maildir (`maildir:PATH` or a Maildir), or else a folder.  ""
    means a folder named after the mailbox, whose name a server chose: it is below the present folder, and never another
    thing that is there.  Raises UsageError.
    """
    scheme, colon, rest = text.partition(":")
    kind = scheme if colon and scheme in ("mbox", "maildir", "dir") else "" if text else "dir"
    path = Path(os.path.expanduser(rest if colon and kind else text) or named_after(mailbox))
    try:
        if kind == "mbox" or (not kind and (path.suffix == ".mbox" or path.is_file())):
            with contextlib.suppress(FileNotFoundError):
                _check_mbox(path)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Mbox(path), path.with_name(path.name + "." + INDEX)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if kind == "maildir" or (not kind and (path / "cur").is_dir()):
            (path / "cur").parent.mkdir(parents=True, exist_ok=True)
            for folder in ("cur", "new", "tmp"):
                (path / folder).mkdir(mode=0o700, exist_ok=True)
            return Maildir(path), path / f".{INDEX}"
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot save into {path}: {why(error)}") from None
    return Folder(path), path / INDEX


def _check_mbox(path: Path) -> None:
    """Raise OSError if a file holds anything else than an mbox, which a message behind it would spoil."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a regular file")
    with paths.regular(path) as file:
        head = paths.without_bom(file.read(_PIECE)).lstrip()
    if head and not head.startswith(b"From "):
        raise OSError(0, "it is there already, and is not an mbox")


def _gap(path: Path) -> bytes:
    """Return what an mbox lacks before another message: the end of its last line, and an empty line."""
    with paths.regular(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 3))
        end = file.read(3).replace(b"\r\n", b"\n")
    if not size or end.endswith(b"\n\n"):
        return b""
    return b"\n" if end.endswith(b"\n") else b"\n\n"


def named_after(mailbox: str) -> str:
    """Return a name of a folder for the mailbox, whose name a server chose."""
    return re.sub(r"[^\w.@+-]", "_", mailbox).lstrip(".") or "mailbox"


@contextlib.contextmanager
def _moved(pieces: Iterable[bytes], beside: Path, there: Path, date: str = "") -> Iterator[None]:
    """Write a new file that only its owner may read, and move it where it is seen.

    It is taken away again if that, or what follows, fails.  A file that is there already stays; if it is another,
    FileExistsError is raised.
    """
    beside.unlink(missing_ok=True)  # what an interrupted save left, or a link to something else
    at = beside
    try:
        with open(beside, "xb", opener=private) as file:
            file.writelines(pieces)
        if there.exists():
            if not _alike(beside, there):
                raise FileExistsError(0, f"{there} is another file, which stays as it is")
            beside.unlink()
        else:
            with contextlib.suppress(ValueError):
                seconds = read_date_time(date).timestamp()
                os.utime(beside, (seconds, seconds))
            beside.replace(there)
            at = there
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            at.unlink(missing_ok=True)
        raise


def _lines(part: Part, *, ended: bool = True) -> Iterator[bytes]:
    """Yield the octets with LF line ends, in pieces that end with one.  If `ended`, so does the last one."""
    rest = b""
    for piece in octets_of(part):
        lines = (rest + piece).replace(b"\r\n", b"\n")
        cut = lines.rfind(b"\n") + 1
        rest = lines[cut:]
        if cut:
            yield lines[:cut]
    if rest:
        yield rest + b"\n" if ended else rest


def _status(flags: tuple[str, ...]) -> bytes:
    """Return Status and X-Status, as mail programs on this format keep flags."""
    read = "RO" if "\\Seen" in flags else "O"
    letters = "".join(letter for flag, letter in MBOX.items() if flag in flags)
    return f"Status: {read}\nX-Status: {letters}\n".encode("ascii")


def _seconds(text: str) -> float:
    try:
        return read_date_time(text).timestamp()
    except ValueError:
        return time.time()
