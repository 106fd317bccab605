"""Lines of which a log lost something: their CRLF, or the octets of a literal."""

from __future__ import annotations

from imapsh.logs.literals import announced
from imapsh.wire.pieces import ELIDED, LINES

CRLF = b"\r\n"


def restored(line: bytes) -> bytes:
    """Return a line that ends in CRLF, whatever end it had."""
    return line.rstrip(CRLF) + CRLF


def exactness(line: bytes) -> str:
    """Return the exactness of a whole line of a log that leaves literals out."""
    return LINES if announced(line) is None else ELIDED
