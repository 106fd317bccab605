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


class Body:
    """A literal of `octets` whose lines stand in a log.

    Its line ends are those of the log if `kept` is true, and otherwise the log has lost their CR.
    """

    def __init__(self, octets: int, *, kept: bool) -> None:
        self.left = octets
        self._kept = kept

    def take(self, line: bytes) -> tuple[bytes, bytes]:
        """Return what of a line of the log is the literal's, and the rest of the line."""
        octets = line
        if not self._kept and len(line) != self.left and line.endswith(b"\n"):
            octets = restored(line)
        if len(octets) > self.left:
            octets = line[: self.left]
            rest = line[self.left :]
        else:
            rest = b""
        self.left -= len(octets)
        return octets, rest
