"""Reads the debug files of mutt (`-d2` to `-d5`) and NeoMutt (`-d5`; with less it shows only what it sends).

    [2026-11-26 10:00:00] 4> a0006 NOOP                              the client, on file descriptor 4; CRLF is kept
    [2026-11-26 10:00:00] 4< * 7 EXISTS                              the server; CRLF is lost
    [2026-11-26 10:00:00]<5> mutt_socket_readln_d() 4< * 7 EXISTS    the same, by NeoMutt
    [2026-11-26 10:00:00] imap_read_literal: reading 221 bytes       the server's literal comes, if it is shown at all

A literal has no mark of its own.  Where it does not end with a line, what mutt tells next stands behind it on the same
line, and so do the steps of a progress bar in the midst of it.  NeoMutt cuts what it tells after some 1,000 octets, and
the line end with it.  A literal is therefore held until all of it has come, or until it is too long to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from imapsh.logs.clocks import date_in
from imapsh.logs.lines import CRLF, Body, restored
from imapsh.logs.literals import announced
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_STAMP = rb"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\](?: |<\w> \w{1,60}\(\) )"
_TOLD = lazy(_STAMP + rb"(?:(\d{1,6})([<>]) )?(.*)", 16)  # re.DOTALL
_CUT = rb"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]<\w> \w{1,60}\(\) "
_WITHIN = lazy(  # what may stand in the midst of a literal
    _CUT + rb"|\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] (?:\d{1,6}[<>] |[^\[\n]{0,80}\(\d{1,3}%\)\r?\n)"
)
_CONNECTED = lazy(rb"Connected to .*? on fd=(\d{1,6})")
_READING = lazy(rb"(?:imap_read_literal: )?reading \d+ bytes")
_TAGGED = lazy(rb"([^*+ \r\n]+) (?:OK|NO|BAD)(?![!-~])")
_IMAP = lazy(rb"\* |\+(?![!-~])|[^*+ \r\n]+ (?:OK|NO|BAD)(?![!-~])|\)")
_ENDED = (b"Closing connection to ", b"SSL/TLS connection using ", b"TLS connection using ")
_LOGIN = b"Sending LOGIN command for "

_HELD = 1 << 16  # octets of a literal
_PADDED = 1 << 10  # octets that a literal may lack because mutt does not show them: NUL, and CR without LF


def read_mutt(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line of both sides, and for each of a literal that is shown."""
    mutt = _Mutt()
    for offset, line in log.lines():
        yield from mutt.take(line, offset)
    yield from mutt.ended()


class _Connection:
    """The state of the connection on a file descriptor."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.held: list[Piece] = []  #: a line that announces a literal, and the `+` for it
        self.speaks: bool | None = None  #: it is one of IMAP; None if nothing has come yet
        self.hidden = False  #: LOGIN was sent and not shown

    def release(self, worth: str) -> Iterator[Piece]:
        """Yield what is held.  With ELIDED the literal is not in the log."""
        held, self.held = self.held, []
        for number, piece in enumerate(held):
            yield piece if number else piece._replace(exactness=worth)


class _Mutt:
    """Reads the lines of a log one by one."""

    def __init__(self) -> None:
        self._connections: dict[str, _Connection] = {}
        self._begun = 0
        self._last = _Connection("")  # the connection of the last line
        self._sending = False  # the last line was the client's, and may have more lines
        self._reading = False  # the server's literal comes next, if it is shown
        self._body = Body(0, kept=True)
        self._side = SERVER
        self._gathered: list[Piece] | None = None  # what came of the literal; None if it is yielded as it comes
        self._size = 0
        self._lost = False  # the literal is left out
        self._neomutt = False
        self._time: float | None = None

    def take(self, line: bytes, offset: int) -> Iterator[Piece]:
        """Yield the pieces of a line, which may hold what was told at several times."""
        starts = [found.start() for found in _WITHIN.finditer(line)]
        if starts[:1] != [0]:
            starts.insert(0, 0)
        for start, end in pairwise((*starts, len(line))):
            yield from self._one(line[start:end], offset + start)

    def _one(self, line: bytes, offset: int) -> Iterator[Piece]:
        """Yield the pieces of what was told at once, or of a line that belongs to it."""
        if self._body.left:
            yield from self._inside(line, offset)
            return
        found = _TOLD.match(line)
        if found is not None:
            self._time, self._sending = date_in(found[1]), False
            self._neomutt = line.startswith(b"]<", found.end(1))
            if found[2] is None:
                yield from self._told(found[4].rstrip(CRLF), offset + found.start(4))
            else:
                self._last = self._of(found[2].decode())
                took = self._received if found[3] == b"<" else self._sent
                yield from took(found[4], offset + found.start(4))
        elif self._reading and self._last.held:
            self._open(SERVER)
            yield from self._inside(line, offset)
        elif self._sending:
            yield from self._sent(line, offset)

    def ended(self) -> Iterator[Piece]:
        """Yield what is held at the end of the log."""
        yield from self._cut()
        for connection in self._connections.values():
            yield from connection.release(ELIDED)

    def _of(self, descriptor: str) -> _Connection:
        return self._connections.setdefault(descriptor, _Connection(descriptor))

    def _piece(self, direction: str, octets: bytes, offset: int, worth: str = LINES) -> Piece:
        return Piece(direction, octets, offset, self._time, self._last.key, worth)

    def _open(self, side: str) -> None:
        """Begin a literal that is shown."""
        literal = announced(self._last.held[0].octets)
        self._side, self._reading = side, False
        self._gathered, self._size, self._lost = [], 0, False
        self._body = Body(literal.octets if literal is not None else 0, kept=side == CLIENT)

    def _inside(self, line: bytes, offset: int) -> Iterator[Piece]:
        """Yield a literal's octets, or take what mutt tells behind it or in the midst of it."""
        told = _TOLD.match(line) if _WITHIN.match(line) else None
        if told is None:
            yield from self._part(line, offset)
        elif told[3] == b">" and self._side == CLIENT and (told[4].strip(CRLF) or len(told[4]) == self._body.left):
            yield from self._part(told[4], offset + told.start(4))
        elif told[3] is not None or line.startswith(b"]<", told.end(1)):
            yield from self._cut()
            yield from self._one(line, offset)

    def _part(self, line: bytes, offset: int) -> Iterator[Piece]:
        octets, rest = self._body.take(line)
        yield from self._shown(octets, offset)
        if rest:
            self._sending = self._side == CLIENT
            yield from self._one(rest, offset + len(octets))

    def _shown(self, octets: bytes, offset: int) -> Iterator[Piece]:
        """Yield octets of a literal, or hold them."""
        piece = self._piece(self._side, octets, offset)
        self._size += len(octets)
        if self._gathered is None:
            if octets and not self._lost:
                yield piece
            return
        self._gathered.append(piece)
        if not self._body.left or (self._size > _HELD and not self._neomutt):
            gathered, self._gathered = self._gathered, None
            yield from self._last.release(LINES)
            yield from (one for one in gathered if one.octets)
        elif self._size > _HELD:
            yield from self._lose()

    def _lose(self) -> Iterator[Piece]:
        """Leave the literal out."""
        self._gathered, self._lost = None, True
        yield from self._last.release(ELIDED)

    def _cut(self) -> Iterator[Piece]:
        """End a literal of which octets are missing.

        If some of it was yielded, octets are made up, so that what follows is not taken for them.
        """
        left, self._body.left = self._body.left, 0
        if left and self._gathered is not None:
            yield from self._lose()
        elif 0 < left <= _PADDED and not self._lost:
            yield self._piece(self._side, b" " * left, 0)

    def _told(self, text: bytes, offset: int) -> Iterator[Piece]:
        """Take in what mutt tells of itself."""
        if _READING.match(text):
            self._reading = True
        elif text.startswith(_LOGIN):
            self._last.hidden = True
        elif begun := _CONNECTED.match(text):
            self._begun += 1
            descriptor = begun[1].decode()
            known = self._connections.get(descriptor)
            if known is not None:
                yield from known.release(ELIDED)
            self._last = _Connection(descriptor if known is None else f"{descriptor} ({self._begun})")
            self._connections[descriptor] = self._last
            yield self._piece(NOTE, text, offset)
        elif text.startswith(_ENDED) and self._last.key:
            yield self._piece(NOTE, text, offset)

    def _received(self, text: bytes, offset: int) -> Iterator[Piece]:
        """Yield a line of the server."""
        connection = self._last
        self._reading = False
        if connection.speaks is None:
            connection.speaks = _IMAP.match(text) is not None
        if not connection.speaks:
            return
        whole = text.endswith(b"\n") or not self._neomutt
        piece = self._piece(SERVER, restored(text), offset, LINES if whole else RENDERED)
        if connection.held and connection.held[0].direction == CLIENT and text.startswith(b"+"):
            connection.held.append(piece)
            return
        yield from connection.release(ELIDED)
        if connection.hidden and (found := _TAGGED.match(text)):
            connection.hidden = False
            yield self._piece(CLIENT, b"%b LOGIN <user> <pass>\r\n" % found[1], offset, RENDERED)
        if announced(piece.octets) is not None:
            connection.held.append(piece)
        else:
            yield piece

    def _sent(self, text: bytes, offset: int) -> Iterator[Piece]:
        """Yield a line of the client, or a part of a literal."""
        connection = self._last
        if connection.speaks is False:
            return
        self._sending = True
        if connection.held and connection.held[0].direction == CLIENT:
            if text.strip(CRLF):
                self._open(CLIENT)
                yield from self._inside(text, offset)
                return
            yield from connection.release(ELIDED)
        octets = restored(text) if text.endswith(b"\n") else text
        if announced(octets) is not None:
            connection.held = [self._piece(CLIENT, octets, offset)]
        else:
            yield self._piece(CLIENT, octets, offset)
