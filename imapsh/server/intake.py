"""Reads what a client sends: the frame reader, with limits on lines and literals, and on the number of literals."""

from __future__ import annotations

from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.limits import Limits
from imapsh.wire.push import Pusher
from imapsh.wire.reader import COMMAND, FrameReader, Octets

LINE = 64 << 10  #: octets of one line
LITERAL = 64 << 20  #: octets of all literals of one command
LITERAL_BEFORE_LOGIN = 8 << 10
LITERALS = 500  #: literals in one command


class _Discard:
    """A sink for a literal that is too big but already on its way (RFC 7888 section 4)."""

    def __init__(self) -> None:
        self.octets = 0

    def write(self, data: bytes) -> None:
        """Count the octets, and forget them."""
        self.octets += len(data)

    def finish(self) -> Spilled:
        """Return only the count."""
        return Spilled(self.octets)


class Intake:
    """The input of a connection: octets go in, and commands and announced literals come out.

    `first_line` is the beginning of the command whose literals are announced: it has the tag.
    """

    def __init__(self) -> None:
        self.first_line = b""
        self.allowed = LITERAL_BEFORE_LOGIN
        self._literals = self._octets = 0
        self._reader = FrameReader(COMMAND, Limits(line=LINE, literal=0), self._sink_for)
        self._pusher = Pusher(self._reader)

    def feed(self, data: bytes) -> None:
        """Add octets."""
        self._pusher.feed(data)

    def take(self) -> Frame | Octets | None:
        """Return the next command, or the next literal's announcement; None if more octets are due.

        Raises LimitError.
        """
        found = self._pusher.take()
        if isinstance(found, Frame):
            self._literals = self._octets = 0
        return found

    def take_line(self) -> None:
        """Take what comes next as one line, whatever it holds (AUTHENTICATE, IDLE)."""
        self._reader.raw_line = True

    @property
    def too_many(self) -> bool:
        """Return whether the command has more literals than any command needs."""
        return self._literals > LITERALS

    @property
    def too_big(self) -> bool:
        """Return whether the command's literals, taken together, are bigger than allowed."""
        return self._octets > self.allowed

    def refuse(self) -> None:
        """Drop the command whose literal was announced."""
        self._pusher.refuse()
        self._literals = self._octets = 0

    def drop(self) -> None:
        """Forget the octets that were sent ahead."""
        self._pusher.rest()

    def _sink_for(self, octets: int, line: bytes) -> _Discard | None:
        if not self._literals:
            self.first_line = line
        self._literals += 1
        self._octets += octets
        return _Discard() if self.too_big else None
