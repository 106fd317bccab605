r"""Reads the messages for `\load`: .eml files, folders that `\save` made, mbox files and Maildirs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from imapsh.errors import UsageError
from imapsh.grammar.dates import write_date_time
from imapsh.grammar.fragments import Literal
from imapsh.shell.commands.mail.saving import INDEX, MAILDIR, MBOX
from imapsh.shell.settings.reasons import why
from imapsh.tuples import NamedTuple

_PIECE = 1 << 16
_BARE = re.compile(rb"(?<!\r)\n")
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")
_STATUSES = 200  # octets in which Status and X-Status stand
_HEADER = 1 << 16  # octets in which the header is looked for
_ENDS = re.compile(rb"\r?\n\r?\n")
_DATE = re.compile(rb"(?im)^Date:(.*(?:\n[ \t].*)*)")

Open = Callable[[], IO[bytes]]


class Message(NamedTuple):
    """A message to append.

    It has its flags, its INTERNALDATE or "", its octets on the disk (a size to reckon with) and its file.
    """

    name: str
    flags: tuple[str, ...]
    date: str
    size: int
    open: Open

    def literal(self) -> Literal:
        """Return its octets with CRLF line ends as a literal, counted now and read when they are sent.

        Raises UsageError if they cannot be read, or hold a NUL, which no message may (RFC 9051 section 4.3).
        """
        octets = 0
        try:
            with self.open() as file:
                for piece in _crlf(file):
                    octets += len(piece)
                    if b"\0" in piece:
                        raise UsageError(f"{self.name} contains a NUL, which a message must not")
        except OSError as error:
            raise UsageError(f"cannot read {self.name}: {error.strerror}") from None
        return Literal(self._pieces, octets)

    def _pieces(self) -> Iterator[bytes]:
        with self.open() as file:
            yield from _crlf(file)


def messages(names: Iterable[str]) -> list[Message]:
    """Return the messages of files and folders, in order.  Raises UsageError for one that is not there or is none."""
    found: list[Message] = []
    for name in names:
        try:
            found += _messages(Path(os.path.expanduser(name)))
        except UsageError:
            raise
        except FileNotFoundError:
            raise UsageError(f"there is no file {name}") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read {name}: {why(error)}") from None
    return found


def _messages(path: Path) -> list[Message]:
    if path.is_dir():
        return _folder(path)
    with path.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    return _mbox(path) if is_mbox else [_eml(path)]


def _eml(path: Path, known: dict[str, object] | None = None) -> Message:
    known = known or {}
    listed = known.get("flags")
    flags = tuple(map(str, listed)) if isinstance(listed, list) else ()
    size = path.stat().st_size
    return Message(str(path), flags, str(known.get("internaldate") or _dated(path)), size, lambda: path.open("rb"))


def _folder(path: Path) -> list[Message]:
    if (path / "cur").is_dir():
        return _maildir(path)
    index = path / INDEX
    if not index.exists():
        return [_eml(one) for one in sorted(path.glob("*.eml"))]
    try:
        items = [json.loads(line) for line in index.read_text("utf-8").splitlines()[1:]]
        return [_eml(path / Path(item["file"]).name, item) for item in items]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"cannot read {index}: {error}") from None


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
        found.append(Message(str(one), flags, when, stat.st_size, _opener(one)))
    return found


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _in_order(path: Path) -> list[str | int]:
    """Return a key that sorts the files of a Maildir by the numbers in their names.

    These are seconds, microseconds and a counter.
    """
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name)]


def _opener(path: Path) -> Open:
    return lambda: path.open("rb")


def _mbox(path: Path) -> list[Message]:
    """Return the messages of an mbox, each of which begins with a `From ` line after an empty one."""
    starts = []
    blank = True
    at = 0
    with path.open("rb") as file:
        for line in file:
            if blank and line.startswith(b"From "):
                starts.append((at, line))
            blank = line in (b"\n", b"\r\n")
            at += len(line)
    ends = [start for start, _ in starts[1:]] + [at]
    return [
        _boxed(path, number, first, start, end)
        for number, ((start, first), end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _boxed(path: Path, number: int, first: bytes, start: int, end: int) -> Message:
    r"""Return one message of an mbox, from its `From ` line `first` to `end`, without what `\save` put in front."""

    def read(most: int = -1) -> tuple[str, bytes]:
        with path.open("rb") as file:
            file.seek(start + len(first))
            octets = file.read(min(end - start - len(first), most) if most >= 0 else end - start - len(first))
        return _statuses(octets)

    def opened() -> IO[bytes]:
        octets = read()[1]
        octets = octets.removesuffix(b"\r\n" if octets.endswith(b"\r\n") else b"\n")  # it parts messages
        return BytesIO(_QUOTED_FROM.sub(rb"\1", octets))

    letters, _ = read(_STATUSES)
    flags = tuple(flag for flag, letter in MBOX.items() if letter in letters) + (("\\Seen",) if "R" in letters else ())
    date = ""
    try:
        asctime = b" ".join(first.split()[2:]).decode("ascii")
        date = write_date_time(datetime.strptime(asctime, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC))
    except ValueError:
        pass
    return Message(f"{path}, message {number}", flags, date, end - start - len(first), opened)


def _statuses(octets: bytes) -> tuple[str, bytes]:
    """Return the letters of Status and X-Status at the beginning of the header, and the message without them."""
    letters = ""
    while found := re.match(rb"(?:X-)?Status: *([A-Z]*)\r?\n", octets):
        letters += found[1].decode("ascii")
        octets = octets[found.end() :]
    return letters, octets


def _dated(path: Path) -> str:
    """Return the Date field as date-time, or "" if there is none."""
    from email.utils import parsedate_to_datetime

    with path.open("rb") as file:
        head = file.read(_HEADER)
    end = _ENDS.search(head)
    found = _DATE.search(head[: end.start()] if end else head)
    if found is None:
        return ""
    try:
        when = parsedate_to_datetime(found[1].decode("utf-8", "replace").strip())
        return write_date_time(when if when.tzinfo else when.replace(tzinfo=UTC))
    except (ValueError, TypeError):
        return ""


def _crlf(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the octets with a CR put before each LF that has none."""
    last = b""
    while piece := file.read(_PIECE):
        made = _BARE.sub(b"\r\n", last + piece)[len(last) :] if last else _BARE.sub(b"\r\n", piece)
        last = piece[-1:] if piece.endswith(b"\r") else b""
        yield made
