"""Finds out how much mail a command is about: asks the server, quietly, before the person is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from imapsh import table
from imapsh.grammar.dates import read_date
from imapsh.grammar.sequence import STAR, SequenceSet
from imapsh.grammar.values import ESearch, Fetch, MailboxStatus, Search, UidFetch
from imapsh.grammar.writer import Writer
from imapsh.render.amounts import count, size
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps
from imapsh.tuples import NamedTuple
from imapsh.typed.advice import unfit

if TYPE_CHECKING:
    from imapsh.grammar.fragments import Fragment

LARGE = 50_000  #: messages beyond which they are only counted

_LINE = 4000  # octets of a set in one command; a server may refuse a line of more than 8,192 (RFC 7162 section 4)


class Mail(NamedTuple):
    """A number of messages, with their octets and the day of the oldest.

    These are None and "" if they are not known.
    """

    messages: int
    octets: int | None = None
    oldest: str = ""

    def __str__(self) -> str:
        parts = [count(self.messages, "message")]
        parts += [size(self.octets)] if self.octets is not None else []
        parts += [f"oldest {self.oldest}"] if self.oldest and self.messages > 1 else []
        parts += [f"of {self.oldest}"] if self.oldest and self.messages == 1 else []
        return ", ".join(parts)


def ask(connection: Connection, why: str, name: str, fragments: Iterable[Fragment]) -> Steps[list[Any] | None]:
    """Return the values that a command of ours brings; None if it was refused, or if we are to ask nothing."""
    if not connection.plan.ask:
        return None
    exchange, values = yield from asked(connection, why, name, fragments)
    return values if exchange.status == "OK" else None


def mailbox(connection: Connection, why: str, name: str | bytes) -> Steps[Mail | None]:
    """Return what a mailbox holds; None if the server does not say.  The name is as it stands on the wire."""
    row = table.find("status-item", "SIZE")
    sized = row is not None and unfit(row, connection.session.context()) is None and connection.session.capabilities
    items = " (MESSAGES SIZE)" if sized else " (MESSAGES)"
    writer = Writer(utf8=connection.session.parser.utf8).astring(name).raw(items)
    values = yield from ask(connection, why, "STATUS", writer.fragments())
    told = next((value.items for value in values or () if isinstance(value, MailboxStatus)), {})
    return Mail(told["MESSAGES"], told.get("SIZE")) if isinstance(told.get("MESSAGES"), int) else None


def found(connection: Connection, why: str, key: str) -> Steps[SequenceSet | None]:
    """Return the UIDs of the messages that a search key finds; None if the server does not say."""
    session = connection.session
    esearch = session.rev2 or "ESEARCH" in session.capabilities  # in ranges, so that many are few octets
    values = yield from ask(connection, why, "UID SEARCH", Writer().raw(("RETURN (ALL) " * esearch) + key).fragments())
    for value in values or ():
        if isinstance(value, Search):
            return value.found
        if isinstance(value, ESearch):
            every = value.items.get("ALL")
            return every if isinstance(every, SequenceSet) else SequenceSet()
    return None


def messages(connection: Connection, why: str, numbers: SequenceSet, *, uid: bool) -> Steps[Mail | None]:
    """Return the messages of a set; None if the server does not say.  Beyond LARGE they are only counted."""
    if (count := most(connection, numbers, uid=uid)) > LARGE:
        if uid:
            every = yield from found(connection, why, f"UID {numbers}")
            count = every.count() if every is not None else 0
        if not uid or count > LARGE:
            return Mail(count)
    told: dict[int | None, tuple[int, date | None]] = {}
    for part in numbers.pieces(_LINE):
        fragments = Writer().raw(f"{part} (RFC822.SIZE INTERNALDATE)").fragments()
        values = yield from ask(connection, why, "UID FETCH" if uid else "FETCH", fragments)
        if values is None:
            return None
        for value in values:
            if isinstance(value, Fetch | UidFetch) and isinstance(octets := value.items.get("RFC822.SIZE"), int):
                told[value.seq or value.uid] = octets, _day(value.items.get("INTERNALDATE"))
    days = [day for _, day in told.values() if day is not None]
    oldest = min(days).isoformat() if days else ""
    return Mail(len(told), sum(octets for octets, _ in told.values()), oldest)


def _day(value: Any) -> date | None:
    """Return the day of an INTERNALDATE, ` 1-Feb-2019 02:44:25 +0000`, as the server writes it."""
    words = value.split() if isinstance(value, str) else []
    try:
        return read_date(words[0]) if words else None
    except ValueError:
        return None


def most(connection: Connection, numbers: SequenceSet, *, uid: bool) -> int:
    """Return the most messages of the selected mailbox that a set can be.

    It is the very number, if the set's parts do not overlap.
    """
    box = connection.session.mailbox
    exists = (box.exists or 0) if box is not None else 0
    if numbers.saved or (uid and any(STAR in pair for pair in numbers.ranges)):
        return exists
    return min(numbers.count(exists), exists)
