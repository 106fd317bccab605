"""QUOTA (RFC 9208), as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.grammar.quota import Quota

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


async def quota(self: Connection, mailbox: str = "INBOX") -> tuple[Quota, ...]:
    """GETQUOTAROOT (RFC 9208 section 4.1.2): the usage and limits of each quota root of a mailbox; none if unlimited.

    `resources` of each has usage and limit by name.  STORAGE is in units of 1024 octets.
    """
    rest = self._writer().mailbox(mailbox).fragments()
    _, found = await self._runner.collect("GETQUOTAROOT", rest, wants="QUOTA")
    return tuple(event.response.value for event in found if isinstance(event.response.value, Quota))


async def set_quota(self: Connection, root: str, limits: Mapping[str, int]) -> tuple[Quota, ...]:
    """SETQUOTA (RFC 9208 section 4.1.3): the limits of a quota root; resources that are not named have none then.

    Raises UsageError for a limit that is not a number from 0.
    """
    for name, limit in limits.items():
        if not isinstance(limit, int) or limit < 0:
            raise UsageError(f"{limit!r} is not a limit of {name}: it is a number from 0")
    writer = self._writer().astring(root).raw(" ")
    rest = writer.items((f"{name} {limit}" for name, limit in limits.items()), writer.raw).fragments()
    _, found = await self._runner.collect("SETQUOTA", rest, wants="QUOTA")
    return tuple(event.response.value for event in found if isinstance(event.response.value, Quota))
