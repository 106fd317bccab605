"""Finds out if two connections are of one account, where a copy by APPEND would be in vain, and a move dangerous."""

from __future__ import annotations

from imapsh.grammar.values import MailboxStatus
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps
from imapsh.transport.address import PORTS

_ITEMS = ("UIDVALIDITY", "UIDNEXT", "MESSAGES")


def same(one: Connection, other: Connection) -> bool:
    """Return whether two connections surely are of the same person on the same server."""
    if one is other:
        return True
    if not one.user or (one.user, one.acting) != (other.user, other.acting):
        return False
    ours, theirs = one.plan.address, other.plan.address
    if ours.proxy != theirs.proxy:  # from there, the same name may be another server
        return False
    usual = PORTS.values()
    if ours.host and ours.host == theirs.host:
        return ours.port == theirs.port or (ours.port in usual and theirs.port in usual)
    return (ours.host, ours.path, ours.command) == (theirs.host, theirs.path, theirs.command)


def seem_same(one: Connection, other: Connection) -> Steps[bool]:
    """Return whether two accounts of different names look like one: INBOX has the same numbers in both.

    INBOX must have messages, because the numbers of new accounts may be alike by chance.
    """
    ours = yield from _inbox(one)
    theirs = yield from _inbox(other)
    return bool(ours.get("MESSAGES")) and all(ours.get(item) == theirs.get(item) for item in _ITEMS)


def _inbox(connection: Connection) -> Steps[dict[str, object]]:
    _, values = yield from asked(connection, "", "STATUS", [f"INBOX ({' '.join(_ITEMS)})".encode()])
    return next((value.items for value in values if isinstance(value, MailboxStatus)), {})
