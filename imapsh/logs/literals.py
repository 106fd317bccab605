"""Finds the announcements of literals, for the readers that must know which lines are mail."""

from __future__ import annotations

import re

from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

_ANNOUNCES = lazy(rb"~?\{(\d{1,18})(\+?)\}\r?\n\Z")
_STATUS = lazy(rb"[^ \r\n]+ (?:OK|NO|BAD|BYE|PREAUTH)(?![!-~])", re.IGNORECASE)
_LONGEST = len(b"~{}+\r\n") + 18


class Announced(NamedTuple):
    """A literal that a line announces: its size, and true in `waits` if its sender waits for `+`."""

    octets: int
    waits: bool


def announced(line: bytes) -> Announced | None:
    """Return the literal that a line announces at its end, CRLF or LF included; None if it announces none."""
    if b"}" not in line[-3:]:
        return None
    found = _ANNOUNCES.search(line, max(len(line) - _LONGEST, 0))
    return None if found is None else Announced(int(found[1]), not found[2])


class Literals:
    """Follows what one side sent, line by line, and knows what of it is in literals.

    `left` counts the octets of a literal that are still to come.  `midway` is true if the next octets belong to a line
    that has begun, in a literal or behind one.  The text of a status response announces nothing (RFC 9051 section 9).
    """

    def __init__(self) -> None:
        self.left = 0
        self.midway = False

    def take(self, octets: bytes) -> None:
        """Take the next octets, which end where a line of the log ends."""
        inside = min(self.left, len(octets))
        self.left -= inside
        rest = octets[inside:]
        if self.left or not rest:
            return
        found = announced(rest) if self.midway or not _STATUS.match(rest) else None
        self.left = found.octets if found is not None else 0
        self.midway = found is not None or not rest.endswith(b"\n")
