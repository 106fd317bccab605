r"""Reads the messages for `\load`: .eml files, folders that `\save` made, mbox files and Maildirs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from imapsh import paths
from imapsh.errors import UsageError
from imapsh.grammar.dates import read_date_time, read_header_date, write_date_time
from imapsh.grammar.fragments import Literal
from imapsh.shell.commands.mail import mbox
from imapsh.shell.commands.mail.saving import INDEX, MAILDIR, items_of
from imapsh.shell.settings.reasons import why
from imapsh.tuples import NamedTuple

_PIECE = 1 << 16
_HEADER = 1 << 16  # octets in which the header is looked for
_ENDS = re.compile(rb"\r?\n\r?\n")
_FLAG = re.compile(r"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")  # flag (RFC 9051 section 9)
_DATE = re.compile(rb"(?im)^Date:(.*(?:\n[ \t].*)*)")

#: Reads a message, in pieces.  Raises OSError.
Read = Callable[[], Iterator[bytes]]


class Message(NamedTuple):
    """A message to append.

    It has its flags, its INTERNALDATE or "", its octets on the disk (a size to reckon with) and what reads it.
    """

    name: str
    flags: tuple[str, ...]
    date: str
    size: int
    read: Read

    def literal(self) -> Literal:
        """Return its octets with CRLF line ends as a literal, counted now and read when they are sent.

        Raises UsageError if they cannot be read, or hold a NUL, which no message may (RFC 9051 section 4.3).
        """
        octets, lines, bare = 0, False, False
        try:
            for piece in self._pieces():
                octets += len(piece)
                if b"\0" in piece:
                    raise UsageError(f"{self.name} contains a NUL, which a message must not")
                lines = lines or b"\n" in piece
                bare = bare or b"\r" in piece
        except OSError as error:
            raise UsageError(f"cannot read {self.name}: {error.strerror}") from None
        if bare and not lines:
            raise UsageError(f"{self.name}: {mbox.ONLY_CR}")
        return Literal(self._pieces, octets)

    def _pieces(self) -> Iterator[bytes]:
        return _crlf(self.read())


def messages(names: Iterable[str], doubt: Callable[[str], object] = lambda said: None) -> list[Message]:
    """Return the messages of files and folders, in order.

    `doubt` is told a sentence about each file that may be meant otherwise.  Raises UsageError for a file that is not
    there or holds no message.
    """
    found: list[Message] = []
    for name in names:
        try:
            found += _messages(Path(os.path.expanduser(name)), doubt)
        except UsageError:
            raise
        except FileNotFoundError:
            raise UsageError(f"there is no file {name}") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read {name}: {why(error)}") from None
    return found


def _messages(path: Path, doubt: Callable[[str], object]) -> list[Message]:
    if path.is_dir():
        return _folder(path)
    with paths.regular(path) as file:
        box = mbox.read(path, file)
    if box is None:
        return [_eml(path)]
    if not box.messages:
        raise UsageError(f"{path} is empty: it holds no message")
    for said in box.said(str(path)):
        doubt(said)
    return [
        Message(f"{path}, message {number}", one.flags, one.date, one.size, one.pieces)
        for number, one in enumerate(box.messages, 1)
    ]


def _eml(path: Path, known: dict[str, object] | None = None) -> Message:
    flags, date = _listed(known or {})
    return Message(str(path), flags, date or _dated(path), path.stat().st_size, _reader(path))


def _own(path: Path) -> Message:
    """Return the message of a file in a folder.  Raises UsageError, which names the file."""
    try:
        return _eml(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {why(error)}") from None


def _listed(known: dict[str, object]) -> tuple[tuple[str, ...], str]:
    """Return the flags and the date that a list has for a message.

    Raises ValueError for what is neither: others may have written the list, and both become part of a command.
    """
    flags, date = known.get("flags") or [], known.get("internaldate") or ""
    if not isinstance(flags, list) or not all(isinstance(flag, str) and _FLAG.fullmatch(flag) for flag in flags):
        raise ValueError(f"{flags!a:.60} are not flags")
    if not isinstance(date, str):
        raise ValueError(f"{date!a:.60} is not a date-time")
    if date:
        read_date_time(date)
    return tuple(flags), date


def _folder(path: Path) -> list[Message]:
    if (path / "cur").is_dir():
        return _maildir(path)
    index = path / INDEX
    if not index.exists():
        return [_own(one) for one in sorted(path.glob("*.eml"))]
    try:
        listed = [(path / Path(item["file"]).name, item) for item in items_of(index)[1:]]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{index} is not an index that \\save wrote; remove it to load the .eml files alone") from None
    found = []
    for one, item in listed:
        try:
            found.append(_eml(one, item))
        except ValueError as error:
            raise UsageError(f"cannot read {index}: {one.name}: {error}") from None
        except OSError as error:
            raise UsageError(f"cannot read {one}, which {index} lists: {why(error)}") from None
    return found


def _maildir(path: Path) -> list[Message]:
    letters = {letter: flag for flag, letter in MAILDIR.items()}
    found = []
    for one in sorted([*_inside(path / "cur"), *_inside(path / "new")], key=_in_order):
        if one.name.startswith(".") or not one.is_file():
            continue
        info = one.name.partition(":2,")[2]
        flags = tuple(letters[letter] for letter in info if letter in letters)
        stat = one.stat()
        when = write_date_time(datetime.fromtimestamp(stat.st_mtime, UTC))
        found.append(Message(str(one), flags, when, stat.st_size, _reader(one)))
    return found


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _in_order(path: Path) -> list[str | int]:
    """Return a key that sorts the files of a Maildir by the numbers in their names.

    These are seconds, microseconds and a counter.
    """
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name)]


def _reader(path: Path) -> Read:
    """Return what reads a file, without the byte order mark that some editors put in front."""

    def read() -> Iterator[bytes]:
        with paths.regular(path) as file:
            yield paths.without_bom(file.read(_PIECE))
            while piece := file.read(_PIECE):
                yield piece

    return read


def _dated(path: Path) -> str:
    """Return the Date field as date-time, or "" if there is none."""
    with paths.regular(path) as file:
        head = paths.without_bom(file.read(_HEADER))
    end = _ENDS.search(head)
    found = _DATE.search(head[: end.start()] if end else head)
    if found is None:
        return ""
    when = read_header_date(found[1].decode("utf-8", "replace").strip())
    return write_date_time(when) if when else ""


def _crlf(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the octets with a CR put before each LF that has none."""
    last = b""
    for piece in pieces:
        joined = last + piece
        made = piece
        if joined.count(b"\n") != joined.count(b"\r\n"):  # which takes half as long as making them anew
            made = joined.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")[len(last) :]
        last = piece[-1:] if piece.endswith(b"\r") else b""
        yield made
