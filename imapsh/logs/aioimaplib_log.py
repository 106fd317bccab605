"""Reads the logging of aioimaplib, which shows all octets but those of the messages that it appends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.clocks import date_in
from imapsh.logs.lines import CRLF
from imapsh.logs.literals import announced
from imapsh.logs.reprs import octets_of
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_LINE = lazy(rb"((?:.{0,200}?[\s:|\]>-])??)(?:(Sending|Received) : (b['\"].*)|(connection lost: .*))")
_LOGIN = lazy(rb"\S+ LOGIN ")


def read_aioimaplib(log: Log) -> Iterator[Piece]:
    """Yield a piece for all that was sent or received at once."""
    appending = False
    for offset, line in log.lines():
        found = _LINE.match(line.rstrip(CRLF))
        if found is None:
            continue
        time = date_in(found[1])
        if found[4]:
            yield Piece(NOTE, found[4], offset + found.start(4), time)
        elif (octets := octets_of(found[3])) is None:
            continue
        elif found[2] == b"Sending":
            appending = announced(octets) is not None
            worth = ELIDED if appending else RENDERED if _LOGIN.match(octets) else EXACT  # the password shows as stars
            yield Piece(CLIENT, octets, offset + found.start(3), time, "", worth)
        else:
            yield Piece(SERVER, octets, offset + found.start(3), time)
            if appending and octets.startswith(b"+"):
                yield Piece(CLIENT, CRLF, offset, time)  # the octets behind the message
            appending = False
