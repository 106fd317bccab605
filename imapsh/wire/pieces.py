"""A piece of a conversation as somebody wrote it down: octets, whose they are, and how much they are worth.

The readers of logs (`imapsh.logs`) make pieces, and so does a tap between a client and a server.
"""

from __future__ import annotations

from imapsh.tuples import NamedTuple

SERVER = "S"
CLIENT = "C"
NOTE = "#"

EXACT = "exact"  #: every octet is there
LINES = "lines"  #: the lines are there, and their CRLF was put back by the reader
ELIDED = "elided"  #: as LINES, but the octets of some literals are not in the log
RENDERED = "rendered"  #: the program wrote its own picture of the line, so that its grammar is nobody's fault


class Piece(NamedTuple):
    """Octets of one side, or a note of the log.

    `direction` is SERVER, CLIENT or NOTE (then `octets` is a text in UTF-8).  `connection` tells connections of one log
    apart; it is "" if the log does not.  `offset` is where the octets begin in the file.

    `time` is in seconds, or None.  It counts from 1970 (UTC) if the log has dates (`is_date`).  Otherwise it counts
    from a moment that the log chose: midnight, the full hour, or the beginning of the log.

    `exactness` says how much the octets are worth.  Octets of exactness ELIDED end in the announcement of a literal,
    CRLF included, and the literal's octets are not in the log.
    """

    direction: str
    octets: bytes
    offset: int
    time: float | None = None
    connection: str = ""
    exactness: str = EXACT


_FIRST_DATE = 10**8  # seconds: 1973; no log is three years long


def is_date(time: float) -> bool:
    """Return whether a piece's time counts from 1970."""
    return time >= _FIRST_DATE
