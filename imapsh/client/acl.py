"""ACL (RFC 4314): the rights of users to a mailbox, as methods of an asyncio connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.acl import Acl, ListRights, MyRights

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


async def acl(self: Connection, mailbox: str) -> dict[str, str]:
    """Send GETACL (RFC 4314 section 3.3).  Return identifier -> rights, a letter for each right."""
    rest = self._writer().mailbox(mailbox).fragments()
    found = await self._runner.collect("GETACL", rest, wants="ACL")
    return {name: rights for value in found if isinstance(value, Acl) for name, rights in value.rights.items()}


async def set_acl(self: Connection, mailbox: str, identifier: str, rights: str) -> None:
    """Send SETACL (RFC 4314 section 3.1): `rights` are letters; `+` in front adds them, and `-` takes them away."""
    await self._runner.command(
        "SETACL", self._writer().mailbox(mailbox).raw(" ").astring(identifier).raw(" ").astring(rights).fragments()
    )


async def delete_acl(self: Connection, mailbox: str, identifier: str) -> None:
    """Send DELETEACL (RFC 4314 section 3.2): the identifier has no rights of its own any more."""
    await self._runner.command("DELETEACL", self._writer().mailbox(mailbox).raw(" ").astring(identifier).fragments())


async def list_rights(self: Connection, mailbox: str, identifier: str) -> ListRights | None:
    """Send LISTRIGHTS (RFC 4314 section 3.4).

    Return the rights that the identifier can have; None if the server says nothing.
    """
    rest = self._writer().mailbox(mailbox).raw(" ").astring(identifier).fragments()
    found = await self._runner.collect("LISTRIGHTS", rest, wants="LISTRIGHTS")
    return next((value for value in found if isinstance(value, ListRights)), None)


async def my_rights(self: Connection, mailbox: str) -> str:
    """Send MYRIGHTS (RFC 4314 section 3.5).  Return the rights that the user has, a letter for each."""
    rest = self._writer().mailbox(mailbox).fragments()
    found = await self._runner.collect("MYRIGHTS", rest, wants="MYRIGHTS")
    return next((value.rights for value in found if isinstance(value, MyRights)), "")
