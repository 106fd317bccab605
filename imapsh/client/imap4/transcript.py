"""The part of a conversation that may be shown: its last lines, and the messages of `debug`, without any secret."""

from __future__ import annotations

import sys
import time
from collections import deque

from imapsh.session.secrets import Secrets

_LAST = 10  # number of lines


class Transcript:
    """A record of the last ten lines.  If `level`, imaplib's `debug`, is 4 or more, each line becomes a message.

    Messages wait in `untold` until the connection writes them with its `_mesg`, which programs may replace.
    """

    def __init__(self) -> None:
        self.level = 0
        self.secrets = Secrets()
        self.lines: deque[tuple[str, object, float]] = deque(maxlen=_LAST)
        """Each line as a mark, `< ` or `> `, its octets, not masked yet, and the time."""
        self.untold: list[str] = []

    def went(self, line: bytes) -> None:
        """Take in a line that was sent."""
        if self.level >= 4:
            self.untold.append(f"> {self.masked(line)!r}")
        else:
            self.lines.append(("> ", line, time.time()))

    def note(self, message: str, level: int = 1) -> None:
        """Add a message, which is shown if `debug` is at least `level`."""
        if self.level >= level:
            self.untold.append(message)

    def keep(self, line: object) -> None:
        """Add a line of any kind to the last ones."""
        self.lines.append(("", line, time.time()))

    def last(self) -> list[tuple[str, float]]:
        """Return the last lines as text, the oldest first, each with its time."""
        return [
            (f"{mark}{self.masked(line)!r}" if isinstance(line, bytes) and mark else str(line), moment)
            for mark, line, moment in self.lines
        ]

    def masked(self, octets: bytes) -> bytes:
        """Return the octets with every known secret as asterisks."""
        return self.secrets.mask(octets)

    def write(self, message: object, moment: float | None = None) -> None:
        """Write a message to stderr, secrets masked, with the minute and second of `moment`, or of now."""
        if moment is None:
            moment = time.time()
        shown = printable(self.masked(str(message).encode("utf-8", "backslashreplace")).decode("utf-8"))
        stamp = time.strftime("%M:%S", time.localtime(moment))
        sys.stderr.write(f"  {stamp}.{int(moment * 100) % 100:02d} {shown}\n")
        sys.stderr.flush()


def printable(text: str) -> str:
    """Return text for a terminal, controls and what is invisible as escapes; line ends and tabs stay.

    `imapsh.render` is not imported by the classes, and its notation is not imaplib's.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text)
