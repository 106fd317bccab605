"""METADATA (RFC 5464): annotations of mailboxes and of the server, as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from imapsh.client.arguments import several
from imapsh.errors import UsageError, shown
from imapsh.grammar.metadata import Metadata, Value
from imapsh.grammar.sequence import is_count
from imapsh.session.attribution import alike_names

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from imapsh.client.commands import Connection

_DEPTHS = ("", "0", "1", "infinity")


async def metadata(
    self: Connection, mailbox: str, entries: str | Iterable[str], *, depth: str = "", max_size: int | None = None
) -> dict[str, Value]:
    """Send GETMETADATA (RFC 5464 section 4.2).

    Return entry -> value for the entries that the server sends; the value is None if the entry is not set.

    `entries` is the name of one entry, or several.  `mailbox` "" is the server itself.  `depth` is "0", "1" or
    "infinity": how far below the entries to look.  With `max_size`, values of more octets are left out.  Raises
    UsageError if no entry is given.
    """
    names = several(entries)
    if not names:
        raise UsageError("metadata() needs entries, such as '/shared/comment'")
    if depth not in _DEPTHS:
        raise UsageError(f"{shown(depth)} is not a depth: give '0', '1' or 'infinity'")
    if max_size is not None and not is_count(max_size, 0):
        raise UsageError(f"{shown(max_size)} is not a number of octets")
    writer = self._writer()
    options = [f"MAXSIZE {max_size}"] * (max_size is not None) + [f"DEPTH {depth}"] * bool(depth)
    if options:
        writer.raw(f"({' '.join(options)}) ")
    writer.mailbox(mailbox).raw(" ").items(names, writer.astring)
    found = await self._runner.collect("GETMETADATA", writer.fragments(), wants="METADATA")
    return {
        name: held
        for value in found
        if isinstance(value, Metadata) and alike_names(value.mailbox, mailbox)
        for name, held in (value.entries or {}).items()
    }


async def set_metadata(self: Connection, mailbox: str, entries: Mapping[str, str | Buffer | None]) -> None:
    """Send SETMETADATA (RFC 5464 section 4.3): set each entry to its value; None removes it.

    `mailbox` "" is the server.
    """
    if not isinstance(entries, Mapping) or not entries:
        raise UsageError("set_metadata() needs entries and their values")
    writer = self._writer().mailbox(mailbox).raw(" ")
    writer.items(entries.items(), lambda entry: writer.astring(entry[0]).raw(" ").nstring(entry[1]))
    await self._runner.command("SETMETADATA", writer.fragments())
