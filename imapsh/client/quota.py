"""QUOTA (RFC 9208), as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.grammar.quota import Quota

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


async def quota(self: Connection, mailbox: str = "INBOX") -> tuple[Quota, ...]:
    """Send GETQUOTAROOT (RFC 9208 section 4.1.2).  Return the quota roots of a mailbox, with their usage and limits.

    There are none if it is unlimited.  `resources` of each has usage and limit by name.  STORAGE is in units of 1024
    octets.
    """
    rest = self._writer().mailbox(mailbox).fragments()
    _, found = await self._runner.collect("GETQUOTAROOT", rest, wants="QUOTA")
    return tuple(event.response.value for event in found if isinstance(event.response.value, Quota))


async def set_quota(self: Connection, root: str, limits: Mapping[str, int]) -> tuple[Quota, ...]:
    """Send SETQUOTA (RFC 9208 section 4.1.3): set the limits of a quota root, and return them.

    Resources that are not named have no limit then.
    """
    for name, limit in limits.items():
        if not isinstance(limit, int) or limit < 0:
            raise UsageError(f"{limit!r} is not a limit of {name}: it is a number from 0")
    writer = self._writer().astring(root).raw(" ")
    rest = writer.items((f"{name} {limit}" for name, limit in limits.items()), writer.raw).fragments()
    _, found = await self._runner.collect("SETQUOTA", rest, wants="QUOTA")
    return tuple(event.response.value for event in found if isinstance(event.response.value, Quota))
