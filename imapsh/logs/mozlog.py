"""Reads the log of Thunderbird and its kin: MOZ_LOG=IMAP:4, and NSPR_LOG_MODULES of older builds.

    2026-11-26 10:00:00.000001 UTC - [Parent 42: IMAP]: I/IMAP 7f00aa00:mail.example.org:S-INBOX:SendData: 7 noop

An entry of more than 400 octets is cut into several, of which only the first names the connection.  An entry may have
several lines.  A login is replaced by a sentence; here stars stand for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from imapsh.logs.clocks import date_in
from imapsh.logs.restoring import Restorer, ended
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, LINES, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    import re

    from imapsh.logs.source import Log

CHUNK = 400  #: octets of an entry, of which more follow in the next

_HEADER = lazy(
    rb"(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC - )?"
    rb"(?:\[([^\]\r\n]{1,200})\]: [EWIDV]/([\w.]+) |(-?\d+\[[0-9a-fA-F]+\]): )"
)
_ENTRY = lazy(
    rb"(?:(?:0x)?([0-9A-Fa-f]{4,16}):)?[^\s:\[]*(?:\[[^\]]*\])?:(NA|A|W|S-.*?):(SendData|CreateNewLineFromSocket): ?"
)
_TAG = lazy(rb"(\d+) ")
_SUPPRESSED = b"Logging suppressed for this command"
_LOST = b"clearing IMAP_CONNECTION_IS_OPEN"
_MOST_THREADS = 1000
_MOST_CONNECTIONS = 1000
_SIDES = {b"SendData": CLIENT, b"CreateNewLineFromSocket": SERVER}


def read_mozlog(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line that was sent or received, each connection apart."""
    reader = _Reader(b": * " in log.head and b"\r\n" in log.head)
    for offset, line in log.lines():
        yield from reader.line(offset, line)
    for connection in reader.connections.values():
        yield from connection.restorer.end()


class _Connection:
    """A connection of the log, known by the address of an object that may be used again for another."""

    def __init__(self, key: str, number: int) -> None:
        self.name = f"{key}-{number}" if number > 1 else key
        self.number = number
        self.restorer = Restorer()
        self.begun = False  # it is beyond its login
        self.tag = 0  # the number that the client's last command has
        self.asked = False  # the server's last line is a `+`


class _Open:
    """The entry that the next line may go on with."""

    def __init__(self, connection: _Connection, direction: str) -> None:
        self.connection = connection
        self.direction = direction
        self.cut = False  # its last line is a part of one


class _Reader:
    """Reads line after line.  `returns` is true if the log has kept the CR of each line."""

    def __init__(self, returns: bool) -> None:
        self.connections: dict[bytes, _Connection] = {}
        self._returns = returns
        self._open: _Open | None = None  # the entry of the last line
        self._of_threads: dict[bytes, _Open] = {}
        self._time: float | None = None

    def line(self, offset: int, line: bytes) -> Iterator[Piece]:
        """Take in a line of the log."""
        header = _HEADER.match(line)
        if header is None:
            if self._open is not None and self._goes_on(self._open):
                yield from self._text(self._open, offset, line)
            return
        self._open = None
        if header[3] not in (None, b"IMAP"):
            return
        self._time = date_in(header[1]) if header[1] else None
        thread, begin = header[2] or header[4], header.end()
        entry = _ENTRY.match(line, begin)
        if entry is not None:
            connection = yield from self._connection(entry)
            if len(self._of_threads) >= _MOST_THREADS:
                self._of_threads.clear()
            self._open = self._of_threads[thread] = _Open(connection, _SIDES[entry[3]])
            begin = entry.end()
        elif (found := self._of_threads.get(thread)) is not None and self._goes_on(found):
            self._open = found
        if self._open is not None:
            yield from self._text(self._open, offset + begin, line[begin:])

    def _connection(self, entry: re.Match[bytes]) -> Generator[Piece, None, _Connection]:
        """Return the connection of an entry; one that was logged in and is not any more is a new one."""
        key, begun = entry[1] or b"", entry[2] != b"NA"
        found = self.connections.pop(key, None)
        if found is None and len(self.connections) >= _MOST_CONNECTIONS:
            oldest = next(iter(self.connections))  # it was silent longest
            yield from self.connections.pop(oldest).restorer.end()
        if found is None or (found.begun and not begun):
            number = 1
            if found is not None:
                yield from found.restorer.end()
                number += found.number
            found = _Connection(key.decode("ascii"), number)
        self.connections[key] = found
        found.begun = begun
        return found

    def _goes_on(self, entry: _Open) -> bool:
        """Return whether a line that names no connection may belong to an entry."""
        return entry.cut or (entry.direction == CLIENT and entry.connection.restorer.left(CLIENT) > 0)

    def _text(self, entry: _Open, offset: int, text: bytes) -> Iterator[Piece]:
        connection, direction = entry.connection, entry.direction
        if text.startswith((_SUPPRESSED, _LOST)):
            direction, text, exactness = self._replaced(connection, text)
            entry.cut = False
        else:
            bare = text.removesuffix(b"\n")
            entry.cut = len(bare) >= CHUNK and not bare.endswith(b"\r")
            left, exactness = connection.restorer.left(direction), LINES
            text = bare if entry.cut else ended(text, left, returns=self._returns)
            self._note_tag(connection, direction, text)
        piece = Piece(direction, text, offset, self._time, connection.name, exactness)
        yield from connection.restorer.take(piece)

    def _note_tag(self, connection: _Connection, direction: str, text: bytes) -> None:
        if direction == SERVER:
            connection.asked = text.startswith(b"+")
        elif (found := _TAG.match(text)) is not None and not connection.restorer.left(CLIENT):
            connection.tag = int(found[1]) if len(found[1]) < 10 else 0

    def _replaced(self, connection: _Connection, text: bytes) -> tuple[str, bytes, str]:
        """Return what stands for a sentence that was written in the place of a line."""
        if text.startswith(_LOST):
            return NOTE, b"the connection was closed", LINES
        if connection.asked:
            return CLIENT, b"********\r\n", RENDERED
        connection.tag += 1
        return CLIENT, b"%d LOGIN ******** ********\r\n" % connection.tag, RENDERED
