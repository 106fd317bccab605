"""Reads mbox files, in which a line such as `From sender Thu Jun  4 08:52:00 2026` begins each message.

Such a line comes first or after an empty one, and ends in a date as asctime writes it; seconds may be missing, and a
time zone may stand before or after the year.  Any other line is text, for people begin sentences with "From", too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from io import BufferedReader
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from imapsh import paths
from imapsh.grammar.dates import write_date_time
from imapsh.shell.commands.mail.saving import MBOX
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from io import RawIOBase

_PIECE = 1 << 16
_STATUSES = 200  # octets in which Status and X-Status stand
_HEAD = 1 << 14  # octets in which a header is looked for
_BETWEEN = 4  # octets that may stand between two messages: the end of a last line, and an empty line
_HEADER = re.compile(rb"(?:[^\r\n].*\n)*\r?\n")
_LENGTH = re.compile(rb"(?im)^Content-Length: *(\d{1,18})\r?$")
_SHOWN = 60  # characters of a doubtful line
_QUOTED_FROM = re.compile(rb">+From ")
_STATUSES_OF_ITS_PROGRAM = re.compile(rb"(?:Status: *([A-Z]*)\r?\n)?(?:X-Status: *([A-Z]*)\r?\n)?")
_SEPARATOR = re.compile(
    rb"""From\ + (?: (?: "[^"]*"\S* | \S+ )\ + )?
    (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\ +
    (?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ +
    (?P<day>0?[1-9]|[12]\d|3[01])\ +
    (?P<time>(?:[01]?\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|6[01]))?)\ +
    (?:(?P<before>[A-Z][A-Za-z]{1,4}|[+-]\d{4})\ +(?:DST\ +)?)?
    (?P<year>\d{4})
    (?:\ +(?P<after>[A-Z][A-Za-z]{1,4}|[+-]\d{4}))?
    (?:\ +remote\ from\ \S+)?
    \s*""",
    re.VERBOSE,
)


ONLY_CR = "its lines end in CR alone, as on old Macintoshes: make LF of each CR first, as with  tr '\\r' '\\n'"
"""Said of such a file, whose lines could not be told from CRs inside a message."""


class Doubts(NamedTuple):
    """The lines that a program less strict, or more strict, would read otherwise; `first` is the number of one."""

    lines: int = 0
    first: int = 0
    text: str = ""

    def another(self, number: int, line: bytes) -> Doubts:
        """Return these and one more."""
        if self.lines:
            return self._replace(lines=self.lines + 1)
        return Doubts(1, number, line.decode("utf-8", "surrogateescape").rstrip("\r\n")[:_SHOWN])

    def said(self, name: str) -> str:
        """Return a sentence about them, or "" if there are none."""
        if not self.lines:
            return ""
        many = self.lines > 1
        lines, are, have = (f"{self.lines:,} lines", "are", "they have") if many else ("one line", "is", "it has")
        return (
            f"{name}: {lines} that may begin a message {are} taken for text, because {have} no date at the end or no "
            f"empty line before; {'the first is ' if many else ''}line {self.first:,}: {self.text}"
        )


class Boxed(NamedTuple):
    """One message: where its `From ` line begins, how long that line is, and where the message ends, in octets."""

    path: Path
    start: int
    first: int
    end: int
    flags: tuple[str, ...]
    date: str
    elsewhere: bool

    @property
    def size(self) -> int:
        """The octets on the disk."""
        return self.end - self.start - self.first

    def pieces(self) -> Iterator[bytes]:
        r"""Yield its octets, without what `\save` put in front of it and of its lines.  Raises OSError."""
        with paths.regular(self.path) as file:
            file.seek(self.start + self.first)
            head = file.read(min(self.size, _STATUSES))
            skipped = _statuses(head)[1]
            file.seek(self.start + self.first + skipped)
            yield from _text(_lines(file, self.size - skipped))


class Box(NamedTuple):
    """The messages of a file, and what was doubtful.

    `undated` is true if the first line of the file has no date; it begins a message all the same.  `elsewhere` holds
    the numbers of the messages that would end elsewhere if their Content-Length were true.  Nothing is read by it,
    because anybody who sends mail can write one.
    """

    messages: list[Boxed]
    doubts: Doubts
    undated: bool
    elsewhere: tuple[int, ...]

    def said(self, name: str) -> Iterator[str]:
        """Yield a sentence about each thing that is doubtful."""
        if self.undated:
            yield f"{name}: its first line is taken to begin a message, though it has no date"
        if said := self.doubts.said(name):
            yield said
        if many := len(self.elsewhere):
            one = "one message says that it ends" if many == 1 else f"{many:,} messages says that they end"
            first = f"{'the first is ' if many > 1 else ''}message {self.elsewhere[0]:,}"
            yield (
                f"{name}: the Content-Length of {one} elsewhere, but lines that begin with From and have a date "
                f"decide; {first}"
            )


def read(path: Path, file: IO[bytes]) -> Box | None:
    """Return the messages of a file, or None if it is not an mbox: its first line that is not blank begins otherwise.

    A file of blank lines has no message.  Raises OSError.
    """
    starts: list[tuple[int, bytes]] = []
    doubts = Doubts()
    at = number = 0
    blank = True
    for line, begins in _lines(file):
        number += begins
        if begins:
            text = paths.without_bom(line) if not at else line
            if not starts and text.strip():
                if not text.startswith(b"From "):
                    return None
                if b"\r" in text.rstrip(b"\r\n"):
                    raise OSError(0, ONLY_CR)
                starts.append((at, line))
            elif text.startswith(b"From ") and (blank or _SEPARATOR.fullmatch(text)):
                if blank and _SEPARATOR.fullmatch(text):
                    starts.append((at, line))
                else:
                    doubts = doubts.another(number, text)
            blank = line in (b"\n", b"\r\n")
        at += len(line)
    ends = [*(start for start, _ in starts[1:]), at]
    found = [_boxed(path, file, start, first, end) for (start, first), end in zip(starts, ends, strict=False)]
    return Box(found, doubts, bool(found) and not found[0].date, _elsewhere(found))


def _elsewhere(messages: list[Boxed]) -> tuple[int, ...]:
    """Return the numbers of the messages that end elsewhere than their Content-Length says."""
    return tuple(number for number, one in enumerate(messages, 1) if one.elsewhere)


def _lines(file: IO[bytes], size: int = -1) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines in so many octets (-1: in all), long ones in pieces, and whether a line begins there."""
    reader = BufferedReader(cast("RawIOBase", file), _PIECE)
    begins = True
    try:
        while size and (line := reader.readline(_PIECE if size < 0 else min(size, _PIECE))):
            size -= len(line) if size > 0 else 0
            yield line, begins
            begins = line.endswith(b"\n")
    finally:
        reader.detach()


def _boxed(path: Path, file: IO[bytes], start: int, first: bytes, end: int) -> Boxed:
    file.seek(start + len(first))
    head = file.read(min(end - start - len(first), _HEAD))
    letters = _statuses(head[:_STATUSES])[0]
    flags = tuple(flag for flag, letter in MBOX.items() if letter in letters) + (("\\Seen",) if "R" in letters else ())
    return Boxed(path, start, len(first), end, flags, _date(first), _says_otherwise(head, end - start - len(first)))


def _says_otherwise(head: bytes, size: int) -> bool:
    """Return whether a message of so many octets, which begins so, has a Content-Length that means other octets."""
    header = _HEADER.match(head)
    announced = _LENGTH.search(head, 0, header.end()) if header is not None else None
    if header is None or announced is None:
        return False
    return not 0 <= size - header.end() - int(announced[1]) <= _BETWEEN


def _date(line: bytes) -> str:
    """Return the date of a separator as date-time (RFC 9051 section 9), or "" if it has none."""
    from email.utils import parsedate_to_datetime

    found = _SEPARATOR.fullmatch(paths.without_bom(line))
    if found is None:
        return ""
    month, day, time, before, year, after = (part.decode("ascii") if part else "" for part in found.groups())
    try:
        when = parsedate_to_datetime(f"{day} {month} {year} {time} {after or before or '+0000'}")
    except ValueError:
        return ""
    return write_date_time(when if when.tzinfo else when.replace(tzinfo=UTC))


def _statuses(octets: bytes) -> tuple[str, int]:
    """Return the letters of Status and X-Status at the beginning of a header, and the octets that they take."""
    found = _STATUSES_OF_ITS_PROGRAM.match(octets)
    letters = b"".join(part or b"" for part in found.groups()) if found else b""
    return letters.decode("ascii"), found.end() if found else 0


def _text(lines: Iterator[tuple[bytes, bool]]) -> Iterator[bytes]:
    """Yield the text of a message: without the empty line that parts it from the next, and `>` before `From `."""
    before = b""
    begins = False
    for line, begins in lines:
        yield before
        before = line[1:] if begins and _QUOTED_FROM.match(line) else line
    if not begins or before not in (b"\n", b"\r\n"):
        yield before
