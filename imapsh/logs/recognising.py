"""Finds the format of a log by its first lines.

Each format of the table counts the lines that look like its own.  The one with most is read, and what it reads must be
IMAP: curl shows HTTP in the same way, and a list in a text has asterisks as well.  If no format is found, the same is
tried without what another program put before each line (a time and its name), and without colours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from imapsh.errors import ImapshError
from imapsh.logs.formats import FORMATS, NAMED, reader_of
from imapsh.logs.literals import Literals
from imapsh.logs.marks import REPLY
from imapsh.logs.model import WORDS
from imapsh.logs.sides import is_client
from imapsh.logs.source import HEAD, Log, undressed
from imapsh.patterns import lazy
from imapsh.wire.pieces import ELIDED, EXACT, LINES, NOTE
from imapsh.wire.rereading import BELIEVABLE

if TYPE_CHECKING:
    from re import Pattern

    from imapsh.logs.model import Format

_SMTP = lazy(rb"\d{3} ")  # that is a tag as well, but an answer without a command
_NEITHER = lazy(rb"\+|" + REPLY.pattern, REPLY.flags)  # a list has `+`, and SMTP has `250 OK`
_GREETING = lazy(rb"\* (?:OK|PREAUTH|BYE) ")  # what a server says behind it may be anything
_SERVER = lazy(rb"\* [A-Z\d]")
_COMMON = 60  # the weight of formats that programs for other protocols write as well
_MANY = 2
_READABLE = lazy(rb"[\t\r\n -~]*")
_ANNOUNCES = lazy(rb"\{(\d{1,9})\+?\}(?:\\r\\n)?['\"]?\r?\Z")

_COLOUR = rb"\x1b\[[0-9;]*[mK]"
_DATE = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_NAME = rb"[^\s:\[]{1,60}(?:\[\d+\])?: "

#: What may stand before each line of a log: syslog and journalctl, docker and kubectl, docker compose, indentation.
_DRESSES: Sequence[Pattern[bytes]] = tuple(
    lazy(rb"^(?:" + _COLOUR + rb")*" + before + rb"|" + _COLOUR)
    for before in (
        rb"",
        rb"(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|" + _DATE + rb") \S{1,100} " + _NAME,
        rb"[\w.-]{1,60} +\| (?:" + _DATE + rb" )?",
        _DATE + rb" ",
        rb"(?: {4}|\t)[ \t]*",
        rb"> ?",
    )
)


def recognised(log: Log) -> Format | None:
    """Return the format of a log, or None if it is none of these.

    What stands before its lines is taken off if it must be (`Log.undress`).
    """
    for one in FORMATS:
        if log.head.startswith(one.magic):
            return one
    for head, dress in _heads(log):
        for rank, form in enumerate(_ranked(head)):
            spoken = _speaks(form, head, log.path)
            if spoken or (spoken is None and not rank):
                if dress is not None:
                    log.undress(dress)
                return form
    return NAMED["terminal"] if _is_pasted(log.head) else None


def _is_pasted(head: bytes) -> bool:
    """Return whether a text has several commands with their replies among its lines."""
    commands, replies = set(), set()
    for line in head.splitlines(keepends=True):
        tag = line.split(b" ")[0]
        if is_client(line):
            commands.add(tag)
        elif tag in commands and REPLY.match(line):
            replies.add(tag)
    return len(replies) >= _MANY


def named(log: Log, name: str) -> Format:
    """Return the format of that name, for a log that is to be read as one whatever it holds."""
    form = NAMED[name]
    for head, dress in _heads(log):
        if any(map(form.mark.match, head.split(b"\n")[:HEAD])):
            if dress is not None:
                log.undress(dress)
            break
    return form


def described(log: Log, form: Format) -> str:
    """Return what a person is told of a log: its format, how exact it is, and what was mended."""
    lost = form.returns and log.lost_returns
    parts = [form.title, WORDS[LINES if lost and form.exactness == EXACT else form.exactness], form.remark]
    parts += ["with the CR put back that every line has lost"] if lost else []
    parts += ["without what another program put before the lines"] if log.dressed else []
    parts += [f"kept in {log.kept}"] if log.kept else []
    return ", ".join(filter(None, parts))


def _heads(log: Log) -> Iterator[tuple[bytes, Pattern[bytes] | None]]:
    """Yield the head of a log as it is, and then without each thing that stands before most of its lines."""
    yield log.head, None
    lines = [line for line in log.first_lines if line.strip()]
    for dress in _DRESSES:
        if lines and sum(1 for line in lines if dress.match(line)) * 2 > len(lines):
            yield undressed(log.head, dress), dress


def _ranked(head: bytes) -> list[Format]:
    """Return the formats that lines of a head look like, best first."""
    lines = list(_outside_literals(head.split(b"\n")[:HEAD]))
    scores = {one.name: sum(1 for line in lines if one.mark.match(line)) * one.weight for one in FORMATS}
    return sorted((one for one in FORMATS if scores[one.name]), key=lambda one: -scores[one.name])


def _outside_literals(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines without those that may be of a mail: a mail may hold a log of another format.

    A literal takes more room in a log than it has octets, so twice as much is passed over.
    """
    room = 0
    for line in lines:
        if room > 0:
            room -= len(line) + 1
            continue
        yield line
        if found := _ANNOUNCES.search(line):
            room = 2 * int(found[1])


def _speaks(form: Format, head: bytes, path: str) -> bool | None:
    """Return whether what a format reads from the head of a log is IMAP.

    It is None if nothing of the conversation is in the head, because a program has much to say before it, or so little
    that nobody knows.
    """
    if form.reader.startswith("ours."):
        return True
    try:
        lines = list(_lines(form, head, path))
    except ImapshError:
        return None  # it is said why when it is read
    others = [line for line in lines if not _NEITHER.match(line)]
    good = sum(1 for line in others if _begins(line, form))
    bad = len(others) - good
    if form.weight == 1:
        told = good > 0 or any(not _SMTP.match(line) for line in lines)
        return _GREETING.match(head) is not None or (good >= bad and told)
    if good:
        return 4 * good >= bad
    most = 0 if form.weight <= _COMMON else 1
    return None if bad <= most and not any(map(_SMTP.match, lines)) else False


def _begins(line: bytes, form: Format) -> bool:
    """Return whether a line begins as one of IMAP does.  One to which a program has put a side may be less like one."""
    if is_client(line):
        return line.strip().upper() != b"DONE"
    return BELIEVABLE.match(line) is not None or (form.weight > 1 and _SERVER.match(line) is not None)


def _lines(form: Format, head: bytes, path: str) -> Iterator[bytes]:
    """Yield the lines of both sides that a format reads from the head of a log, but those in literals or behind one.

    What is under TLS or COMPRESS is no line.
    """
    literals: defaultdict[tuple[str, str], Literals] = defaultdict(Literals)
    begun: defaultdict[tuple[str, str], bytes] = defaultdict(bytes)
    for piece in reader_of(form)(Log(BytesIO(head), path)):
        if piece.direction == NOTE:
            continue
        key = piece.connection, piece.direction
        for octets in piece.octets.splitlines(keepends=True):
            if not literals[key].midway or begun[key]:
                begun[key] += octets
            literals[key].take(octets)
            if begun[key].endswith(b"\n"):
                line = begun.pop(key)
                if _READABLE.fullmatch(line):
                    yield line
        if piece.exactness == ELIDED:
            literals[key].left = 0
