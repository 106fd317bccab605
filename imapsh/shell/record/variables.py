r"""The variables that `\set` keeps, and the names of the built-in ones."""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.errors import UsageError
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

NAME = lazy(r"[A-Za-z][\w.-]*")
SECRETIVE = lazy(r"(?i)pass|pwd?$|secret|token")

#: The values that the shell knows by itself, and what they are (`imapsh.shell.lines.values` knows how).
BUILT_IN = {
    "uids": "the UIDs that the last search, sorting or FETCH found, as a set in its order",
    "last.uid": "the UIDs that the last APPEND, COPY or MOVE gave (UIDPLUS), as a set",
    "last.uidnext": "the last known UIDNEXT",
    "last.uidvalidity": "the last known UIDVALIDITY",
    "last.exists": "the last known number of messages",
    "last.tag": "the tag of the last command",
    "last.status": "the reply to the last command: OK, NO or BAD",
    "mailbox": "the selected mailbox",
    "user": "the user of this connection",
    "host": "the host of this connection",
}

UIDS, NUMBERS = "UIDs", "message numbers"


class Origin(NamedTuple):
    """The place of one of the shell's values in a text: `kind` is UIDS or NUMBERS, `name` is the value's name.

    `mailbox` is the mailbox whose messages they are, or "" if it is not known.
    """

    start: int
    end: int
    kind: str
    name: str
    mailbox: str = ""

    def moved(self, by: int) -> Origin:
        """Return the origin moved by a number of characters."""
        return self._replace(start=self.start + by, end=self.end + by)


class Variables:
    r"""The person's own variables, by name.

    Those that are `secret` are not shown: they were asked for unseen, are called like a password, or stood where one
    does.  `origins` says where UIDs and message numbers of the shell's stand in them.
    """

    def __init__(self) -> None:
        self.own: dict[str, str] = {}
        self.origins: dict[str, Sequence[Origin]] = {}
        self.secret: set[str] = set()

    def check(self, name: str) -> None:
        """Raise UsageError for text that cannot be the name of a variable."""
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot be a name: use a letter, then letters, digits, - _ and .")
        if name in BUILT_IN:
            raise UsageError(f"${{{name}}} is built in and cannot be set: {BUILT_IN[name]}")

    def set(self, name: str, value: str, *, secret: bool = False, origins: Sequence[Origin] = ()) -> None:
        """Keep a value.  Raises UsageError for text that cannot be a name, or a value on one line."""
        self.check(name)
        if any(character in value for character in "\r\n\0"):
            raise UsageError(f"the value of {name} cannot contain a line break or NUL")
        self.own[name] = value
        self.origins[name] = origins
        self.secret.discard(name)
        if secret or SECRETIVE.search(name):
            self.secret.add(name)

    def unset(self, name: str) -> None:
        """Forget a variable."""
        del self.own[name], self.origins[name]
        self.secret.discard(name)
