"""The shell's own commands, which a person did not type."""

# Annotations stand evaluated here: NamedTuple compiles each that is a string, and a start makes many classes.

from collections.abc import Callable
from typing import NamedTuple

from imapsh.session.events import Received


class Own(NamedTuple):
    """A command of ours: what it is for, and who takes the responses that it brings.

    `why` is "" if its purpose need not be said.  If `news` is true, its responses are news.  They are shown like
    unsolicited ones, except those that only keep the connection alive.
    """

    why: str = ""
    take: Callable[[Received], None] | None = None
    news: bool = False
