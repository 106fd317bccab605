"""Reads what imaplib2 says if its debug level is 4 or more, alone or in the log of OfflineIMAP (`-d imap`).

It shows all that it sends and receives, literals too.  The name of the thread tells the connection.  The thread that
sends tells of a command when it has sent it, and the thread that receives may be faster: what came before the command
that it may answer is put behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.clocks import Clock
from imapsh.logs.literals import Literals, announced
from imapsh.logs.reprs import octets_of
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, NOTE, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_LINE = lazy(
    rb"(?:.{0,200}?\s)??(\d\d):(\d\d\.\d\d) (.{0,200}?) ?"
    rb"(?:(?:reader|writer) ([<>]) (.*)|(?:(writer starting)|reader finished)\Z)"
)
_DUE = lazy(rb"(?:.{0,200}?\s)??\d\d:\d\d\.\d\d .{0,200}?(?: data=b?['\"]([A-P]{4})\d{1,9} | write literal size \d)")
_COMMAND = lazy(rb"([A-P]{4})(\d{1,9}) (AUTHENTICATE|IDLE)?", re.IGNORECASE)
_MOST = 100  # lines that are held for a command


def read_imaplib2(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line that imaplib2 sent or received."""
    clock, connections, begun = Clock(3600), dict[str, _Connection](), 0
    for offset, line in log.lines():
        found = _LINE.match(line.rstrip(b"\r\n"))
        if found is None:
            if due := _DUE.match(line):
                for one in connections.values():
                    one.expect(due[1])
            continue
        time, name = clock.at(found[1], found[2]), found[3].decode("utf-8", "replace")
        if name not in connections or found[6]:
            begun += 1
            known = connections.get(name)
            if known is not None:
                yield from known.ended()
            connections[name] = _Connection(name if known is None else f"{name} ({begun})")
        one = connections[name]
        if found[4] is None:
            yield from one.ended()
            yield Piece(NOTE, b"connected" if found[6] else b"connection closed", offset, time, one.key)
        elif (octets := octets_of(found[5])) is not None:
            side = CLIENT if found[4] == b">" else SERVER
            yield from one.take(Piece(side, octets, offset + found.start(5), time, one.key))
    for one in connections.values():
        yield from one.ended()


class _Connection:
    """Puts the server's lines behind the commands that they answer."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._literals = Literals()  # the server's
        self._tag = b""  # what the client's tags begin with
        self._last = -1  # the number in the last one
        self._due = False  # a command, or what continues one, is about to be sent, or has been
        self._answered = False  # `+` has come since the last line of the client
        self._asks = False  # the client waits for `+`
        self._authenticates = False
        self._early: list[Piece] = []

    def expect(self, tag: bytes | None) -> None:
        """Take in that a command with such a tag is to be sent; with None, what continues one for which `+` came."""
        self._due |= tag == self._tag if tag is not None else self._answered

    def take(self, piece: Piece) -> Iterator[Piece]:
        """Yield what is known to be in order."""
        if piece.direction == CLIENT:
            self._sent(piece.octets)
            yield piece
            yield from self.ended()
            return
        inside = self._literals.midway
        self._literals.take(piece.octets)
        if self._early or self._due or (not inside and self._is_early(piece.octets)):
            self._early.append(piece)
            if len(self._early) >= _MOST:
                self._due = False
                yield from self.ended()
        else:
            yield piece

    def ended(self) -> Iterator[Piece]:
        """Yield what is held."""
        yield from self._early
        self._early = []

    def _sent(self, octets: bytes) -> None:
        found = _COMMAND.match(octets)
        self._due = self._answered = False
        if found is not None:
            self._tag, self._last = found[1], int(found[2])
            self._authenticates = (found[3] or b"").upper() == b"AUTHENTICATE"
        literal = announced(octets)
        answers = found is None and self._authenticates
        self._asks = answers or (found is not None and found[3] is not None) or (literal is not None and literal.waits)

    def _is_early(self, line: bytes) -> bool:
        if self._last < 0:
            return False
        if line.startswith(b"+"):
            asked, self._asks, self._answered = self._asks, False, True
            return not asked
        found = _COMMAND.match(line)
        return found is not None and int(found[2]) > self._last
