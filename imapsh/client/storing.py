"""Several messages in one APPEND, and REPLACE, as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imapsh.client import results
from imapsh.errors import UsageError
from imapsh.grammar.values import AppendUid
from imapsh.grammar.writer import Writer
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


class NewMessage(NamedTuple):
    """A message to be stored: its octets, its flags, and its date as in `05-Feb-2024 09:00:05 +0100`."""

    octets: bytes
    flags: tuple[str, ...] = ()
    date: str = ""

    def write(self, w: Writer) -> None:
        """Write what follows the mailbox of an APPEND, including the space in front."""
        w.raw(" ")
        if self.flags:
            w.flags(self.flags).raw(" ")
        if self.date:
            w.string(self.date).raw(" ")
        w.literal(self.octets)


async def append_all(self: Connection, mailbox: str, messages: Iterable[NewMessage]) -> AppendUid | None:
    """Send APPEND with several messages: all of them are stored, or none (RFC 3502 section 6.3.11).

    Returns the value of UIDPLUS's code, with the UIDs in order.  Raises UsageError if there is no message.
    """
    writer = self._writer().mailbox(mailbox)
    several = tuple(messages)
    if not several:
        raise UsageError("append_all() needs at least one message")
    for one in several:
        one.write(writer)
    exchange, _ = await self._runner.collect("APPEND", writer.fragments())
    return results.argument(exchange, AppendUid)


async def replace(
    self: Connection, number: int, mailbox: str, message: NewMessage, *, uid: bool = False
) -> AppendUid | None:
    """Send REPLACE (RFC 8508 section 3.3): put a message in the place of another, which is expunged, in one step.

    `number` is the message number, or the UID, of the one that goes; `mailbox` is the mailbox of the new one.  Returns
    the value of UIDPLUS's code for the new one, wherever the server sends it.
    """
    writer = self._writer().raw(f"{results.one_number(number)} ").mailbox(mailbox)
    message.write(writer)
    exchange = self.session.command("UID REPLACE" if uid else "REPLACE", writer.fragments())
    exchange, found = await self._runner.gather(exchange, lambda event: results.appended(event.response) is not None)
    told = [appended for event in found if (appended := results.appended(event.response)) is not None]
    return told[0] if told else results.argument(exchange, AppendUid)
