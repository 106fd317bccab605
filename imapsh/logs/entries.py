"""Reads logs of mail programs that write an entry for each line, or for each piece that was read.

Evolution    [imapx:A] I/O: 'A00001 CAPABILITY'          (CAMEL_DEBUG=imapx:io; whose it is follows by the grammar)
node-imap    [IMAP|Debug]: <= '* OK ready'               (without literals; then the line again without the item)
K-9          V/k9 (42): conn1113<<<#2# [OK, done]        (the program's own picture of a response)
Geary        [deb] 10:00:00.0 Geary.Imap: SEND: a1 NOOP
Outlook      IMAP: 10:00:00 [tx] ab12 NOOP
FairEmail    10:00:00 imap.example.org > A1 NOOP
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from imapsh.logs.clocks import Clock, date_in
from imapsh.logs.lines import restored
from imapsh.logs.literals import announced
from imapsh.logs.restoring import Restorer
from imapsh.logs.sides import NOBODY, Sides
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_EVOLUTION = lazy(rb"\[imapx:(\w+)\] (I/O: ')?")
_NODE = lazy(rb".*?(=>|<=) (['\"`])(.*)\2\s*\Z", re.DOTALL)
_K9 = lazy(rb".*?(conn\d+)(?:(>>>) |<<<#(null|[^#]*)# ?)(.*)", re.DOTALL)
_GEARY = lazy(rb".*?\b(SEND|RECV): (.*)", re.DOTALL)
_OUTLOOK = lazy(rb".*?\[(tx|rx)\] (.*)", re.DOTALL)
_ARROWS = lazy(rb"(?:\S{1,200} +){1,4}?([<>]) (.*)", re.DOTALL)
_TIME = lazy(rb"(?<!\d)(\d\d):(\d\d):(\d\d(?:\.\d{1,6})?)(?!\d)")
_ESCAPED = lazy(rb"\\(.)")
_LAST_ITEM = lazy(rb"[ (][^ (]+(?: ?\([^()]*\)\])?(?:<\d+>)? ~?\{\d+\}\Z")
_STATUS = lazy(rb"(?:OK|NO|BAD|BYE|PREAUTH)\b")
_HIDDEN = lazy(rb"\[Command Hidden[^\]]*\]?")
_MOST_CONNECTIONS = 1000


def read_evolution(log: Log) -> Iterator[Piece]:
    """Yield the lines of Evolution's log; the letter of a connection tells it apart."""
    sides: dict[bytes, Sides] = {}
    for key, offset, line in _of_evolution(log):
        if len(sides) >= _MOST_CONNECTIONS:
            sides.clear()
        at = offset
        for side, octets in sides.setdefault(key, Sides()).take(restored(line)):
            if side != NOBODY:
                yield Piece(side, octets, at, None, key.decode("ascii", "replace"), LINES)
            at += len(octets)


def _of_evolution(log: Log) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield the lines within the quotation marks of entries, which may be several.

    The lines within have CR; the last has none.  If the CRs were lost, the last is that before the next entry.
    """
    returns = b"\r\n" in log.head
    held: tuple[bytes, int, bytes] | None = None
    for offset, line in log.lines():
        found = _EVOLUTION.match(line)
        if held is not None:
            last = found is not None or (returns and held[2].endswith(b"'\n"))
            yield (*held[:2], _closed(held[2])) if last else held
            held = None if last else (held[0], offset, line)
        if found is not None and found[2]:
            held = found[1], offset + found.end(), line[found.end() :]
    if held is not None:
        yield *held[:2], _closed(held[2])


def _closed(line: bytes) -> bytes:
    return line.rstrip(b"\r\n").removesuffix(b"'")


def read_node(log: Log) -> Iterator[Piece]:
    """Yield the lines of node-imap, whose literals are not in the log."""
    announcing: Piece | None = None
    for offset, line in log.lines():
        found = _NODE.match(line)
        if found is None:
            continue
        side = CLIENT if found[1] == b"=>" else SERVER
        octets = restored(_ESCAPED.sub(rb"\1", found[3]))
        whole = announced(octets) is None
        piece = Piece(side, octets, offset + found.start(3), exactness=LINES if whole else ELIDED)
        if announcing is not None and side == SERVER:
            piece, announcing = _rest(announcing, piece), None
        if side == SERVER and not whole:
            announcing = piece
        yield from _with_end(piece)


def _with_end(piece: Piece) -> Iterator[Piece]:
    """Yield a line; behind a literal of the client that is not in the log, the end of its line as well."""
    yield piece
    if piece.direction == CLIENT and piece.exactness == ELIDED:
        yield piece._replace(octets=b"\r\n", exactness=LINES)


def _rest(announcing: Piece, piece: Piece) -> Piece:
    """Return what of a line is new: it repeats the one before without the item whose literal was announced."""
    common = _LAST_ITEM.sub(b"", announcing.octets.rstrip())
    if not piece.octets.startswith(common):
        return piece
    rest = piece.octets[len(common) :]
    return piece._replace(octets=rest.lstrip() if rest.strip() == b")" else rest)


def read_k9(log: Log) -> Iterator[Piece]:
    """Yield the lines of K-9 and Thunderbird for Android; responses are made from the lists that it writes."""
    for offset, line in log.lines():
        found = _K9.match(line)
        if found is None:
            continue
        side, text = (CLIENT, found[4]) if found[2] else (SERVER, _response(found[3], found[4].strip()))
        hidden = side == CLIENT and _HIDDEN.search(text) is not None
        exactness = RENDERED if side == SERVER or hidden else LINES
        octets = restored(_HIDDEN.sub(b"********", text) if hidden else text)
        exactness = ELIDED if side == CLIENT and announced(octets) else exactness
        yield from _with_end(Piece(side, octets, offset + found.start(4), None, found[1].decode("ascii"), exactness))


def _response(tag: bytes, text: bytes) -> bytes:
    """Return a response in the place of a list such as `[6, EXISTS]`."""
    if text.startswith(b"[") and text.endswith(b"]"):
        text = text[1:-1]
    text = text.replace(b", ", b" ")
    if not _STATUS.match(text):
        text = text.replace(b"[", b"(").replace(b"]", b")")
    return (b"*" if tag == b"null" else tag) + b" " + text


def _read_lines(log: Log, *, pattern: re.Pattern[bytes], client: bytes, exactness: str) -> Iterator[Piece]:
    """Yield the lines of a log whose pattern has the side and the text."""
    restorer, clock = Restorer(), Clock(86400)
    for offset, line in log.lines():
        found = pattern.match(line)
        if found is not None:
            side, time = CLIENT if found[1] == client else SERVER, _time(line[: found.start(1)], clock)
            octets = restored(found[2])
            yield from restorer.take(Piece(side, octets, offset + found.start(2), time, exactness=exactness))
    yield from restorer.end()


def _time(before: bytes, clock: Clock) -> float | None:
    """Return the time that stands before a line, or None."""
    date = date_in(before)
    found = _TIME.search(before) if date is None else None
    return date if found is None else clock.at(*found.groups())


read_geary = partial(_read_lines, pattern=_GEARY, client=b"SEND", exactness=RENDERED)
read_outlook = partial(_read_lines, pattern=_OUTLOOK, client=b"tx", exactness=LINES)
read_arrows = partial(_read_lines, pattern=_ARROWS, client=b">", exactness=LINES)
