"""NOTIFY (RFC 5465), as a method of an asyncio connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.client.arguments import ascii_only
from imapsh.errors import UsageError
from imapsh.grammar.writer import Writer
from imapsh.table.model import AUTHENTICATED, Context

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


async def notify(self: Connection, *groups: str, status: bool = False) -> None:
    """Send NOTIFY (RFC 5465 section 3): ask to be told of these events from now on, or of none if none are given.

    Each group is a filter of mailboxes and its events, as in `(personal (MessageNew MessageExpunge))`.  `status` asks
    for a STATUS of each of these mailboxes at once.  The news come to `on_event`, and to an `idle` that runs.  Raises
    UsageError for text that is not a group.
    """
    from imapsh.typed.match import match

    told = "STATUS " if status else ""
    arguments = f"SET {told}{' '.join(map(ascii_only, groups))}" if groups else "NONE"
    found = match(f"NOTIFY {arguments}", Context(AUTHENTICATED, tagged=False))
    for problem in found.errors:
        if problem.severity == "error":
            raise UsageError(f"notify(): {problem.message}")
    if not found.complete:
        raise UsageError(f"notify(): {' '.join(groups)} is not whole; write (filter (event ...))")
    await self._runner.command("NOTIFY", Writer().raw(arguments).fragments())
