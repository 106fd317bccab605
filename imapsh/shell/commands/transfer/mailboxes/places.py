"""Reads the names of mailboxes that a line gives: MAILBOX, NAME:MAILBOX, or NAME: for all of an account."""

from __future__ import annotations

import re

from imapsh.errors import StateError, UsageError
from imapsh.shell.app import App
from imapsh.shell.connection.connection import Connection
from imapsh.table.model import AUTHENTICATED, SELECTED
from imapsh.tuples import NamedTuple

#: NAME:MAILBOX; either has its group.
NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,19}):(.*)", re.DOTALL)


class Place(NamedTuple):
    """A mailbox of a connection, or all of its mailboxes if `mailbox` is ""."""

    connection: Connection
    mailbox: str

    def __str__(self) -> str:
        return f"{self.connection.name}:{self.mailbox}"


def place(app: App, word: str) -> Place:
    """Return the place that a word names; a name without a connection is of the current one.

    Raises UsageError if there is no such connection, and StateError if it is closed, or nobody is logged in.
    """
    found = NAMED.fullmatch(word)
    connection = app.named(found[1]) if found else app.connection
    check(connection)
    if not word:
        raise UsageError("a mailbox has no name")
    return Place(connection, found[2] if found else word)


def check(connection: Connection) -> None:
    """Raise StateError if a connection is closed, or nobody is logged in on it."""
    if not connection.live:
        raise StateError(f"{connection.name} is not connected: \\connect -n {connection.name} opens it again")
    if connection.session.state not in (AUTHENTICATED, SELECTED):
        raise StateError(f"nobody is logged in on {connection.name}: LOGIN or AUTHENTICATE first")
