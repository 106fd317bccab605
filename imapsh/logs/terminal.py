"""Reads what was on a terminal: a session with telnet or `openssl s_client`, and the output of JavaMail (`mail.debug`).

Whose a line is follows from the grammar (`imapsh.logs.sides`).  What the programs say themselves is nobody's, but for
the beginning and the end of a connection.  JavaMail does not show a login, and then says how it went.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.lines import restored
from imapsh.logs.marks import REPLY
from imapsh.logs.restoring import ended
from imapsh.logs.sides import NOBODY, Sides
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, LINES, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_BEGINS = lazy(rb"CONNECTED\([0-9A-F]+\)|Trying |DEBUG IMAPS?: trying to connect|\* Trying ")
_TOLD = lazy(
    rb"Connected to |closed\s*\Z|Connection closed|New, TLSv|read:errno=|poll error|"
    rb"DEBUG IMAPS?: connection (?:avail|close)"
)
_SAID = lazy(rb"Verification: |DONE\s*\Z|DEBUG")  # looks like a line of IMAP
_TAG = lazy(rb"([^\x00-\x20\x7f-\xff(){%*\"\\+]{1,40})[ \r\n]")
_MOST_UNKNOWN = 16
_LOGIN = lazy(rb"DEBUG IMAPS?: (?:LOGIN|AUTHENTICATE (\S+)) command result: ((\S+) (?:OK|NO|BAD)\b.*)")


def read_terminal(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line of either side, and a note for what a program says of the connection."""
    reader = _Reader(returns=b"\r\n" in log.head)
    for offset, line in log.lines():
        yield from reader.line(offset, line)


class _Reader:
    def __init__(self, *, returns: bool) -> None:
        self._returns = returns
        self._sides = Sides()
        self._number = 1
        self._talked = False  # there were lines on this connection
        self._unknown: dict[bytes, tuple[int, bytes]] = {}  # lines that may be commands, by their tags, oldest first

    def line(self, offset: int, line: bytes) -> Iterator[Piece]:
        """Take in a line of the log."""
        if self._sides.midway:
            yield from self._taken(offset, ended(line, self._sides.left, returns=self._returns))
        elif (login := _LOGIN.match(line)) is not None:
            yield from self._logged_in(offset, login[1], login[2], login[3])
        elif _BEGINS.match(line) is not None:
            if self._talked:
                self._sides, self._talked = Sides(), False
                self._unknown.clear()
                self._number += 1
            yield self._piece(NOTE, line.strip(), offset)
        elif _TOLD.match(line) is not None:
            yield self._piece(NOTE, line.strip(), offset)
        elif _SAID.match(line) is None or self._sides.answers:
            yield from self._taken(offset, restored(line))

    def _taken(self, offset: int, line: bytes) -> Iterator[Piece]:
        midway = self._sides.midway
        for side, octets in self._sides.take(line):
            if side != NOBODY:
                self._talked = True
                if side == SERVER and not midway:
                    yield from self._asked(octets)
                yield self._piece(side, octets, offset)
            elif (tag := _TAG.match(octets)) is not None:
                self._unknown[tag[1]] = offset, octets
                if len(self._unknown) > _MOST_UNKNOWN:
                    del self._unknown[next(iter(self._unknown))]
            offset += len(octets)

    def _asked(self, octets: bytes) -> Iterator[Piece]:
        """Yield the command that nobody knows, if the server answers it by its tag."""
        if self._unknown and REPLY.match(octets):
            unknown = self._unknown.pop(octets.split(b" ")[0], None)
            if unknown is not None:
                yield self._piece(CLIENT, unknown[1], unknown[0])

    def _logged_in(self, offset: int, mechanism: bytes | None, reply: bytes, tag: bytes) -> Iterator[Piece]:
        """Yield a login that the log has only told of, and its reply."""
        command = b"AUTHENTICATE " + mechanism if mechanism else b"LOGIN ******** ********"
        yield self._piece(CLIENT, tag + b" " + command + b"\r\n", offset, RENDERED)
        yield self._piece(SERVER, restored(reply), offset)

    def _piece(self, side: str, octets: bytes, offset: int, exactness: str = LINES) -> Piece:
        return Piece(side, octets, offset, None, str(self._number) if self._number > 1 else "", exactness)
