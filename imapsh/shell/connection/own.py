"""The shell's own commands, which a person did not type."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.session.events import Received
from imapsh.tuples import NamedTuple


class Own(NamedTuple):
    """A command of ours: what it is for, and who takes the responses that it brings.

    `why` is "" if its purpose need not be said.  If `news` is true, its responses are news.  They are shown like
    unsolicited ones, except those that only keep the connection alive.
    """

    why: str = ""
    take: Callable[[Received], None] | None = None
    news: bool = False
