"""Limits on how much a peer may send, a script hold, and a program have under way.

They are checked before memory is taken.
"""

from __future__ import annotations

from imapsh.errors import LimitError, UsageError
from imapsh.tuples import NamedTuple

RATIO = 50
"""Octets that one deflated octet may become without being counted for the limit `inflated`.

Lists of mailboxes, flags and mail become 3 to 30 times as long; no data can become more than 1,032 times as long.
"""


MEMORY = 128 << 20
"""Octets of literals that are kept in memory, unless told otherwise: few providers take mail of more than 50 MiB."""


class Limits(NamedTuple):
    """Limits on octets in a line, octets in a literal, levels of parentheses, and responses while one command runs.

    `memory` limits the octets of one response's literals that are kept in memory: those that do not go to a file.  It
    also limits the octets of the lines behind them.  `literals` limits the literals of one response or command; an
    address or an entry of METADATA may have one each, and each takes a hundred times the memory of its announcement.
    `collected` limits the octets of the responses that a program's command keeps for its result.  `inflated` limits the
    octets that deflated data may become beyond RATIO times its own (COMPRESS).  `typed` limits the octets in the lines
    of one command that a script holds, and `command` those with its literals.  `challenge` limits the octets of a
    challenge in a login (SASL).  `kept` limits the octets of an exchange that the shell keeps to show it again.
    `recent` limits the octets of a session that the shell keeps in memory to write a page of it.  `pipelined` limits
    the commands that are sent and have no reply yet; more of them wait.  `journal` limits the octets of the changes
    that the shell remembers to take them back, and `undo` the messages whose flags it asks for before it changes them.
    0 is no limit.
    """

    line: int = 8 << 20
    literal: int = 4 << 30
    nesting: int = 100
    responses: int = 10_000_000
    inflated: int = 4 << 20
    memory: int = MEMORY
    collected: int = 64 << 20
    typed: int = 1 << 20
    command: int = 64 << 20
    challenge: int = 1 << 16
    kept: int = 256 << 20
    recent: int = 4 << 20
    pipelined: int = 100
    literals: int = 100_000
    journal: int = 4 << 20
    undo: int = 100_000

    def check(self, limit: str, seen: int) -> None:
        """Raise LimitError, which names the limit, if `seen` is beyond it."""
        allowed = getattr(self, limit)
        if allowed and seen > allowed:
            raise LimitError(limit, allowed, seen)

    def change(self, setting: str) -> Limits:
        """Return these limits with one `NAME=NUMBER` applied.  Raises UsageError."""
        name, _, number = setting.partition("=")
        if name not in self._fields or not (number.isdecimal() and len(number) < 20):
            raise UsageError(
                f"{setting!r} is not a limit: give NAME=NUMBER, where NAME is one of {', '.join(self._fields)}"
            )
        return self._replace(**{name: int(number)})


DEFAULT = Limits()  #: the limits, if none are given
