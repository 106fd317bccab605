"""Commands of the shell's own, which a person did not type."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.session.events import Received
from imapsh.tuples import NamedTuple


class Own(NamedTuple):
    """A command of ours: what it is for, "" if that need not be said, and who takes the responses it brings.

    `news`: what it brings is news, and is shown as what comes unasked is, but for what only keeps the connection alive.
    """

    why: str = ""
    take: Callable[[Received], None] | None = None
    news: bool = False
