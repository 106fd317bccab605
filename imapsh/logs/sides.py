"""Tells by the grammar which side sent a line, in octets of both sides where nothing else says it.

A client's line begins with a tag and a command's name, a server's with `*`, `+`, or a tag and `OK`, `NO` or `BAD`.
What is in a literal, or answers a `+`, is known only by what went before, so `Sides` is given all lines in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imapsh import table
from imapsh.logs.literals import Announced, Literals, announced
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, SERVER

NOBODY = ""  #: the side of a line that is of neither

_SERVER = lazy(rb"(?:\* |\+(?= |\r?\n)|[^*+ \r\n(){%\"\\]+ (?:OK|NO|BAD)(?![!-~]))", re.IGNORECASE)
_COMMAND = lazy(rb"[^*+ \r\n(){%\"\\]+ ([A-Za-z][A-Za-z0-9-]*)(?: ([A-Za-z]+))?(?![!-~])")
_ANSWERED = lazy(rb"[^*+ \r\n]+ (?:AUTHENTICATE|IDLE)(?![!-~])", re.IGNORECASE)
_TEXT = lazy(rb"\* (?:OK|NO|BAD|BYE|PREAUTH)(?![!-~])|[^*]", re.IGNORECASE)


def is_server(line: bytes) -> bool:
    """Return whether a line begins as a response does (RFC 9051 section 7)."""
    return _SERVER.match(line) is not None


def is_client(line: bytes) -> bool:
    """Return whether a line begins with a tag and the name of a command that the table has, or is `DONE`."""
    found = _COMMAND.match(line)
    if found is None:
        return line.strip().upper() == b"DONE"
    name, second = found[1].decode().upper(), (found[2] or b"").decode().upper()
    return name in table.commands() or (name == "UID" and f"UID {second}" in table.commands())


def sides_in(lines: Iterable[bytes]) -> frozenset[str]:
    """Return the sides that lines begin as, if those in literals are not counted."""
    found, literals = set(), Literals()
    for line in lines:
        if not literals.midway:
            found.add(SERVER if is_server(line) else CLIENT if is_client(line) else NOBODY)
        literals.take(line)
    return frozenset(found - {NOBODY})


class Sides:
    """Reads the lines of one connection, of both sides, in order.

    A line that begins as none of either side is NOBODY's, and changes nothing.
    """

    def __init__(self) -> None:
        self.left = 0  #: octets of a literal that are still to come
        self._open = NOBODY  # whose line goes on, in a literal or behind one
        self._waiting: Announced | None = None  # the client's literal that waits for `+`
        self._answered = False  # the client's last command is one whose `+` is answered
        self._due = False  # the next line is such an answer

    @property
    def midway(self) -> bool:
        """True if the next octets belong to a line that has begun, in a literal or behind one."""
        return self._open != NOBODY or self._waiting is not None

    @property
    def answers(self) -> bool:
        """True if the client's next line may answer a `+`, as DONE does."""
        return self._due

    def take(self, line: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield whose octets a line holds; where a literal ends within the line, both parts apart."""
        if self.left:
            inside, line = line[: self.left], line[self.left :]
            self.left -= len(inside)
            yield self._open, inside
        if not line:
            return
        first = not self._open
        if first:
            self._begin(line)
            if self.left:
                yield from self.take(line)
                return
        yield self._open, line
        self._end(line, first)

    def _begin(self, line: bytes) -> None:
        """Find whose line begins here, or that the client's literal does."""
        waiting, due = self._waiting, self._due
        if due and line.strip() == b"*":  # the client gives an AUTHENTICATE up
            self._open = CLIENT
        elif is_server(line):
            self._open = SERVER
        elif waiting is not None:
            self._go_on(waiting)
        elif due or is_client(line):
            self._open = CLIENT

    def _go_on(self, literal: Announced) -> None:
        self._open, self.left, self._waiting = CLIENT, literal.octets, None

    def _end(self, line: bytes, first: bool) -> None:
        """Find what a line that ends here leaves open; `first` is false for the rest of one, behind a literal."""
        side, self._open = self._open, NOBODY
        if side == SERVER:
            self._server_ended(line, first)
        elif side == CLIENT:
            self._client_ended(line, first)

    def _server_ended(self, line: bytes, first: bool) -> None:
        literal = announced(line) if not (first and _TEXT.match(line)) else None
        if literal is not None:
            self._open, self.left = SERVER, literal.octets
        elif not first or line.startswith(b"*"):
            return
        elif line.startswith(b"+"):
            if self._waiting is not None:
                self._go_on(self._waiting)
            self._due = self._answered
        else:
            self._waiting, self._answered, self._due = None, False, False

    def _client_ended(self, line: bytes, first: bool) -> None:
        literal = announced(line)
        self._due = False
        if literal is not None and literal.waits:
            self._waiting = literal
        elif literal is not None:
            self._go_on(literal)
        elif first and is_client(line):
            self._answered = _ANSWERED.match(line) is not None
