"""Reads recorded octets that nothing was added to: of one side, of both in one file, or of each in its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.inflating import inflated
from imapsh.logs.literals import Literals, announced
from imapsh.logs.sides import NOBODY, Sides, is_client, is_server, sides_in
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, EXACT, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_GREETING = lazy(rb"\* (?:OK|PREAUTH|BYE)(?![!-~])")
_LIKE_A_COMMAND = lazy(rb"[^*+ \r\n]+ [A-Za-z]")

Line = tuple[int, bytes]


def read_octets(log: Log) -> Iterator[Piece]:
    """Yield the octets.  Of two files, each command comes before its replies.

    If the CR of each line was lost, it is put back.
    """
    if log.sister is not None:
        client, server = sorted((log, log.sister), key=side_of)
        worths = {CLIENT: client.give_returns(), SERVER: server.give_returns()}
        for piece in interleaved(*inflated(client.lines(), server.lines())):
            yield piece._replace(exactness=worths[piece.direction])
    elif len(sides_in(log.head.splitlines(keepends=True))) > 1:
        yield from _mixed(log, log.give_returns())
    else:
        side, worth = side_of(log), log.give_returns()
        for offset, octets in log.pieces():
            yield Piece(side, octets, offset, exactness=worth)


def side_of(log: Log) -> str:
    """Return whose octets a file holds: by its name, or by its first lines."""
    if log.path.endswith((".in", ".out")):
        return CLIENT if log.path.endswith(".in") else SERVER
    return CLIENT if sides_in(log.head.splitlines(keepends=True)) == {CLIENT} else SERVER


def _mixed(log: Log, worth: str) -> Iterator[Piece]:
    """Read a recording of both sides.

    Of one that somebody has pasted, so that its CR was lost, what stands before the first line of either side is none.
    """
    sides, begun = Sides(), worth == EXACT
    for offset, line in log.lines():
        at = offset
        for side, octets in sides.take(line):
            begun |= side != NOBODY
            if begun:
                whose = side or (CLIENT if _LIKE_A_COMMAND.match(octets) else SERVER)
                yield Piece(whose, octets, at, exactness=worth)
            at += len(octets)


def interleaved(client: Iterator[Line], server: Iterator[Line]) -> Iterator[Piece]:
    """Put the octets of both sides, which have no times, in an order that is possible.

    A command is followed by all that the server sent up to its tagged reply; the literal that waits for `+`, and a line
    that answers one, come behind it.
    """
    yield from _Interleaving(_Side(client, CLIENT), _Side(server, SERVER)).pieces()


class _Side:
    """The lines of one side, of which the next can be looked at."""

    def __init__(self, lines: Iterator[Line], direction: str) -> None:
        self._lines = lines
        self._literals = Literals()
        self._direction = direction
        self._next = next(lines, None)

    @property
    def line(self) -> bytes:
        """The next line, or b"" at the end."""
        return self._next[1] if self._next is not None else b""

    @property
    def inside(self) -> bool:
        """True if the next line is all in a literal."""
        return self._literals.left >= len(self.line) > 0

    @property
    def midway(self) -> bool:
        """True if the next line is in a literal, or goes on behind one."""
        return self._literals.midway

    @property
    def tag(self) -> bytes:
        """The tag of the next line, if it begins as a command or a tagged reply does; else b""."""
        line = self.line
        begins = not self.midway and (is_server(line) if self._direction == SERVER else is_client(line))
        tag, space, _ = line.partition(b" ")
        return tag if begins and space and tag not in (b"*", b"+") else b""

    def give_up(self) -> None:
        """Take the next line to begin a command, because the server refused the literal."""
        self._literals = Literals()

    def take(self) -> Piece:
        """Return the next line as a piece."""
        assert self._next is not None
        offset, line = self._next
        self._literals.take(line)
        self._next = next(self._lines, None)
        return Piece(self._direction, line, offset)


class _Interleaving:
    def __init__(self, client: _Side, server: _Side) -> None:
        self._client = client
        self._server = server

    def pieces(self) -> Iterator[Piece]:
        first = self._server.tag  # the reply to a login that is not in the log
        if _GREETING.match(self._server.line) or (first and first != self._client.tag):
            yield self._server.take()
        while self._client.line:
            tag = self._client.tag
            yield from self._command(tag)
            yield from self._replies(tag)
            if self._server.line and self._server.tag == tag:
                yield self._server.take()
        while self._server.line:
            yield self._server.take()

    def _command(self, tag: bytes) -> Iterator[Piece]:
        """Yield a command whole, with what the server sent until it was."""
        while True:
            line, inside = self._client.line, self._client.inside
            yield self._client.take()
            if self._client.midway:
                literal = None if inside else announced(line)
                if literal is not None and literal.waits:
                    yield from self._asked(tag)
            elif self._answers():
                yield from self._asked(tag)
            if not self._client.line or not (self._client.midway or self._answers()):
                return

    def _answers(self) -> bool:
        """Return whether the client's next line is no command, so that it answers a `+`."""
        return bool(self._client.line) and not self._client.midway and not self._client.tag

    def _asked(self, tag: bytes) -> Iterator[Piece]:
        """Yield what came up to the `+` that the client's next line waits for; `DONE` waits for the reply behind it."""
        if self._client.line.strip().upper() == b"DONE":
            yield from self._replies(tag)
            return
        yield from self._replies(tag, or_plus=True)
        if self._go_ahead():
            yield self._server.take()
        elif self._server.line and self._server.tag == tag:
            self._client.give_up()

    def _go_ahead(self) -> bool:
        return not self._server.midway and self._server.line.startswith(b"+")

    def _replies(self, tag: bytes, *, or_plus: bool = False) -> Iterator[Piece]:
        """Yield the server's lines up to the reply to a command, or to its next one; or to a `+`."""
        ends = {tag, self._client.tag} - {b""}
        while self._server.line and self._server.tag not in ends and not (or_plus and self._go_ahead()):
            yield self._server.take()
