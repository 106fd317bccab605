"""Reads what Python's imaplib says if its `debug` is 4 or more, and IMAPClient's logging, which passes that on.

The octets of literals are not there: only their size is, in a line of its own.  IMAPClient sends some commands itself,
in parts, and ends them without a word.  The octets of a command are therefore held until the next line tells whether
they were its last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.clocks import Clock, date_in
from imapsh.logs.lines import CRLF, exactness, restored
from imapsh.logs.literals import announced
from imapsh.logs.reprs import octets_of
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_STAMPED = lazy(rb"(?:.{0,200}?\s)??(\d\d):(\d\d\.\d\d) (.*)")
_LOGGED = lazy(
    rb"((?:.{0,200}?[\s:|\]>-])??)((?:\(literal\) )?[<>] (?:b['\"].*|DONE)|(?:read|write) literal size \d+|idle done|"
    rb"Logged out, .*|Connection closed)\Z"
)
_SHOWN = lazy(rb"(\(literal\) )?([<>]) (.*)")
_REDACTED = lazy(rb"b['\"](.*) \*\*REDACTED\*\*")
_CUT = lazy(rb"b['\"] (\{\d{1,19}\+\})\\r\\n.*['\"]\.\.\.b['\"]")
_TAG = lazy(rb"([A-P]{4})\d+ ")
_BEGUN = lazy(rb"new IMAP4 connection, tag=b?'(\w+)'")
_WRITTEN = lazy(rb"write literal size (\d+)")
_CLOSED = (b"Logged out, ", b"Connection closed")

_SHORT = 256  # octets: IMAPClient shows a literal that is shorter as it is


def read_imaplib(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line that imaplib sent or received."""
    clock, talk = Clock(3600), _Talk()
    for offset, line in log.lines():
        if found := _STAMPED.match(line.rstrip(CRLF)):
            yield from talk.take(found[3], offset + found.start(3), clock.at(found[1], found[2]))
    yield from talk.ended()


def read_imapclient(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line, or each part of one, that IMAPClient sent or received."""
    talk = _Talk()
    for offset, line in log.lines():
        if found := _LOGGED.match(line.rstrip(CRLF)):
            yield from talk.take(found[2], offset + found.start(2), date_in(found[1]))
    yield from talk.ended()


class _Talk:
    """Makes pieces of the messages.  A connection's key is what its tags begin with."""

    def __init__(self) -> None:
        self._connection = ""
        self._held: Piece | None = None  #: what the client sent last, without its CRLF
        self._literal = False  #: the client has announced a literal and not yet sent it

    def take(self, text: bytes, offset: int, time: float | None) -> Iterator[Piece]:
        """Yield the pieces that a message brings."""
        shown = _SHOWN.fullmatch(text)
        if shown is None:
            yield from self._told(text, offset, time)
        elif shown[3] == b"DONE":  # IMAPClient marks it as if it were the server's
            yield from self._line(b"DONE", offset, time)
        elif shown[2] == b">":
            yield from self._sent(shown[3], offset + shown.start(3), time, literal=shown[1] is not None)
        elif (octets := octets_of(shown[3])) is not None:
            yield from self.ended()
            self._named(octets)
            line = restored(octets)
            yield self._piece(line, offset + shown.start(3), time, exactness(line), SERVER)

    def ended(self) -> Iterator[Piece]:
        """Yield the end of the client's line if it is still to come."""
        yield from self._continued(CRLF)

    def _continued(self, behind: bytes = b"") -> Iterator[Piece]:
        """Yield what is held, and `behind` at its end."""
        if self._held is not None and (octets := self._held.octets + behind):
            yield self._held._replace(octets=octets)
        self._held = None

    def _told(self, text: bytes, offset: int, time: float | None) -> Iterator[Piece]:
        """Yield what a message in words means."""
        if found := _BEGUN.match(text):
            yield from self.ended()
            self._connection = found[1].decode()
            yield self._piece(b"new connection", offset, time, LINES, NOTE)
        elif found := _WRITTEN.fullmatch(text):
            if self._literal:
                yield self._piece(CRLF, offset, time)  # the octets behind the literal
            else:  # an answer to the server's challenge
                yield self._piece(b"(%b octets)\r\n" % found[1], offset, time, RENDERED)
            self._literal = False
        elif text == b"idle done":
            yield from self._line(b"DONE", offset, time)
        elif text.startswith(_CLOSED):
            yield from self.ended()
            yield self._piece(text, offset, time, LINES, NOTE)

    def _sent(self, shown: bytes, offset: int, time: float | None, *, literal: bool) -> Iterator[Piece]:
        """Yield what the client sent: a line, a literal, or what stands between two literals."""
        octets = octets_of(shown)
        if literal:
            self._literal = False
            short = octets is not None and len(octets) < _SHORT
            self._held = self._piece(octets or b"" if short else b"", offset, time)
        elif found := _CUT.match(shown):
            yield from self._continued()
            yield self._piece(b" %b\r\n" % found[1], offset, time, ELIDED)
            self._held = self._piece(b"", offset, time)
        elif found := _REDACTED.fullmatch(shown):
            self._named(found[1])
            yield from self._line(found[1] + b" **REDACTED**", offset, time, RENDERED)
        elif octets is not None and octets.startswith(b" {"):
            yield from self._continued()
            yield from self._announcing(octets, offset, time)
        elif octets is not None and self._held is not None and not _TAG.match(octets):
            yield from self._continued(b" ")
            self._held = self._piece(octets, offset, time)
        elif octets is not None:
            yield from self._line(octets, offset, time)

    def _announcing(self, octets: bytes, offset: int, time: float | None) -> Iterator[Piece]:
        """Yield the announcement of a literal, which may have the literal behind it."""
        found = announced(octets)
        if found is None:
            self._held = self._piece(octets, offset, time)
        else:
            self._literal = True
            yield self._piece(octets, offset, time, LINES if found.octets < _SHORT else ELIDED)

    def _line(self, octets: bytes, offset: int, time: float | None, worth: str = LINES) -> Iterator[Piece]:
        """Hold a line that the client began, or yield one that is certain to have ended."""
        yield from self.ended()
        self._named(octets)
        line = restored(octets)
        self._literal = announced(line) is not None
        if self._literal:
            yield self._piece(line, offset, time, ELIDED)
        else:
            self._held = self._piece(octets, offset, time, worth)

    def _named(self, octets: bytes) -> None:
        """Go over to the connection whose tag a line begins with, if it begins with one."""
        if found := _TAG.match(octets):
            self._connection = found[1].decode()

    def _piece(
        self, octets: bytes, offset: int, time: float | None, worth: str = LINES, direction: str = CLIENT
    ) -> Piece:
        return Piece(direction, octets, offset, time, self._connection, worth)
