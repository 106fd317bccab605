"""QUOTA (RFC 9208), as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imapsh.errors import UsageError, shown
from imapsh.grammar.quota import Quota, QuotaRoot
from imapsh.grammar.sequence import is_count

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


async def quota(self: Connection, mailbox: str = "INBOX") -> tuple[Quota, ...]:
    """Send GETQUOTAROOT (RFC 9208 section 4.1.2).  Return the quota roots of a mailbox, with their usage and limits.

    There are none if it is unlimited.  `resources` of each has usage and limit by name.  STORAGE is in units of 1024
    octets.
    """
    rest = self._writer().mailbox(mailbox).fragments()
    found = await self._runner.collect("GETQUOTAROOT", rest, wants="QUOTA")
    return tuple(value for value in found if isinstance(value, Quota))


async def quota_root(self: Connection, root: str) -> Quota | None:
    """Send GETQUOTA (RFC 9208 section 4.1.1).  Return the usage and limits of one quota root.

    None is returned if the server says nothing.
    """
    found = await self._runner.collect("GETQUOTA", self._writer().astring(root).fragments(), wants="QUOTA")
    return next((value for value in found if isinstance(value, Quota)), None)


async def quota_roots(self: Connection, mailbox: str = "INBOX") -> tuple[str, ...]:
    """Send GETQUOTAROOT (RFC 9208 section 4.1.2).  Return the names of a mailbox's quota roots.

    `quota` returns their usage and limits.
    """
    rest = self._writer().mailbox(mailbox).fragments()
    found = await self._runner.collect("GETQUOTAROOT", rest, wants="QUOTAROOT")
    return tuple(root for value in found if isinstance(value, QuotaRoot) for root in value.roots)


async def set_quota(self: Connection, root: str, limits: Mapping[str, int]) -> tuple[Quota, ...]:
    """Send SETQUOTA (RFC 9208 section 4.1.3): set the limits of a quota root, and return them.

    Resources that are not named have no limit then.
    """
    if not isinstance(limits, Mapping):
        raise UsageError(f"{shown(limits)} is not a mapping of resources to limits")
    for name, limit in limits.items():
        if not isinstance(name, str):
            raise UsageError(f"{shown(name)} is not the name of a resource")
        if not is_count(limit, 0):
            raise UsageError(f"{shown(limit)} is not a limit of {name}: it is a number from 0")
    writer = self._writer().astring(root).raw(" ")
    rest = writer.items((f"{name} {limit}" for name, limit in limits.items()), writer.raw).fragments()
    found = await self._runner.collect("SETQUOTA", rest, wants="QUOTA")
    return tuple(value for value in found if isinstance(value, Quota))
