"""The commands that put messages into a mailbox, as methods of an asyncio connection: APPEND and REPLACE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from imapsh.client import results
from imapsh.client.arguments import date_time, mail_octets
from imapsh.errors import UsageError
from imapsh.grammar.values import AppendUid
from imapsh.grammar.writer import Writer, listed_of
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from imapsh.client.commands import Connection


class NewMessage(NamedTuple):
    r"""A message to be stored: its octets, its flags, and its date.

    `octets` may be any buffer.  If all its lines end in LF, they are sent with CRLF, as mail has them (RFC 5322 section
    2.1); if it has a CRLF anywhere, or `exact` is true, it is sent as it is.  `flags` are such as `\Seen`.  `date` is
    the time of its arrival: a datetime with a zone, or text as in `05-Feb-2024 09:00:05 +0100`; the server takes the
    present time if there is none.
    """

    octets: Buffer
    flags: Iterable[str] = ()
    date: datetime | str | None = None
    exact: bool = False

    def write(self, w: Writer) -> None:
        """Write what follows the mailbox of an APPEND, including the space in front."""
        w.raw(" ")
        if flags := (self.flags,) if isinstance(self.flags, str) else listed_of(self.flags, "flags"):
            w.flags(flags).raw(" ")
        if date := date_time(self.date):
            w.string(date).raw(" ")
        w.literal(mail_octets(self.octets, self.exact))


async def append(
    self: Connection,
    mailbox: str,
    message: Buffer,
    *,
    flags: Iterable[str] = (),
    date: datetime | str | None = None,
    exact: bool = False,
) -> AppendUid | None:
    """Send APPEND, and return the value of UIDPLUS's code (RFC 9051 section 6.3.12).

    The message may be any buffer: bytes, bytearray, memoryview, mmap.  Its line ends, its flags and its date are those
    of `NewMessage`; `append_all` stores several messages at once.  Raises UsageError for text, for a date without a
    zone, and for what is not a flag.
    """
    writer = self._writer().mailbox(mailbox)
    NewMessage(message, flags, date, exact).write(writer)
    exchange = await self._runner.command("APPEND", writer.fragments())
    return results.argument(exchange, AppendUid)


async def append_all(self: Connection, mailbox: str, messages: Iterable[NewMessage | Buffer]) -> AppendUid | None:
    """Send APPEND with several messages: all of them are stored, or none (RFC 3502 section 6.3.11).

    Returns the value of UIDPLUS's code, with the UIDs in order.  Raises UsageError if there is no message.
    """
    writer = self._writer().mailbox(mailbox)
    several = listed_of(messages, "messages")
    if not several:
        raise UsageError("append_all() needs at least one message")
    for one in several:
        (one if isinstance(one, NewMessage) else NewMessage(one)).write(writer)
    exchange = await self._runner.command("APPEND", writer.fragments())
    return results.argument(exchange, AppendUid)


async def replace(
    self: Connection, number: int, mailbox: str, message: NewMessage | Buffer, *, uid: bool = False
) -> AppendUid | None:
    """Send REPLACE (RFC 8508 section 3.3): put a message in the place of another, which is expunged, in one step.

    `number` is the message number, or the UID, of the one that goes; `mailbox` is the mailbox of the new one.  Returns
    the value of UIDPLUS's code for the new one, wherever the server sends it.
    """
    writer = self._writer().raw(f"{results.one_number(number)} ").mailbox(mailbox)
    (message if isinstance(message, NewMessage) else NewMessage(message)).write(writer)
    exchange = self.session.command("UID REPLACE" if uid else "REPLACE", writer.fragments())
    told = await self._runner.gather(
        exchange,
        lambda event: results.appended(event.response) is not None,
        lambda event: results.appended(event.response),
    )
    return told[0] if told else results.argument(exchange, AppendUid)
