"""The commands that say what the two sides are and can do, as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imapsh.client.arguments import ascii_only
from imapsh.errors import UsageError, shown
from imapsh.grammar.values import Id
from imapsh.grammar.writer import Writer

if TYPE_CHECKING:
    from imapsh.client.commands import Connection

_MOST_FIELDS, _LONGEST_NAME, _LONGEST_VALUE = 30, 30, 1024  # RFC 2971 section 3.3


async def capability(self: Connection) -> frozenset[str]:
    """Send CAPABILITY: ask for the capabilities again (RFC 9051 section 6.1.1)."""
    await self._runner.command("CAPABILITY")
    return self.session.capabilities


async def enable(self: Connection, *names: str) -> frozenset[str]:
    """Send ENABLE (RFC 5161 section 3.1): turn extensions on; return all that are on, in upper case.

    Raises UsageError if none is given.
    """
    if not names:
        raise UsageError("enable() needs the name of an extension, such as 'QRESYNC'")
    await self._runner.command("ENABLE", Writer().raw(" ".join(map(ascii_only, names))).fragments())
    return self.session.enabled


async def id_(self: Connection, fields: Mapping[str, str | None] | None = None) -> dict[str, str | None]:
    """Send ID (RFC 2971 section 3.1).  Return what the server says of itself, such as `name` and `version`.

    `fields` is what it is told of the program; none or an empty mapping is sent as NIL.  Raises UsageError for more
    than 30 fields, names of more than 30 octets, and values of more than 1,024 (section 3.3).
    """
    writer = Writer()
    if fields is not None and not isinstance(fields, Mapping):
        raise UsageError(f"{shown(fields)} is not a mapping of names to values")
    if fields:
        _check_fields(fields)
        writer.items(fields.items(), lambda field: writer.string(field[0]).raw(" ").nstring(field[1]))
    else:
        writer.raw("NIL")
    found = await self._runner.collect("ID", writer.fragments(), wants="ID")
    told = [value.fields for value in found if isinstance(value, Id)]
    return (told[-1] or {}) if told else {}


def _check_fields(fields: Mapping[str, str | None]) -> None:
    if len(fields) > _MOST_FIELDS:
        raise UsageError(f"id() was given {len(fields)} fields, and at most {_MOST_FIELDS} may be sent (RFC 2971)")
    for name, value in fields.items():
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):
            raise UsageError(f"id() takes names and values that are text or None, not {shown(name)}: {shown(value)}")
        if len(name.encode()) > _LONGEST_NAME or len((value or "").encode()) > _LONGEST_VALUE:
            raise UsageError(
                f"the field {shown(name)} is too long: a name has at most {_LONGEST_NAME} octets, a value "
                f"{_LONGEST_VALUE} (RFC 2971)"
            )


async def noop(self: Connection) -> None:
    """Send NOOP: let the server send its news (RFC 9051 section 6.1.2)."""
    await self._runner.command("NOOP")


async def check(self: Connection) -> None:
    """Send CHECK: ask for a checkpoint of the selected mailbox (RFC 3501 section 6.4.1)."""
    await self._runner.command("CHECK")


async def compress(self: Connection) -> None:
    """Send COMPRESS: deflate both directions from here on (RFC 4978 section 3)."""
    await self._runner.command("COMPRESS", [b"DEFLATE"])


async def unauthenticate(self: Connection) -> None:
    """Send UNAUTHENTICATE (RFC 8437 section 2): log out of the account, and stay connected for another login."""
    await self._runner.command("UNAUTHENTICATE")
