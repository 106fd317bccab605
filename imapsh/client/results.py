"""The results of an asyncio connection's commands, made from the responses that they brought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from imapsh.errors import UsageError
from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.grammar.values import AppendUid, Code, CopyUid, ESearch, MailboxList, MailboxStatus, Search, StatusText
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.tuples import NamedTuple

T = TypeVar("T")


class Reply(NamedTuple):
    """A command's OK: its code and text, and the untagged responses that came while it ran."""

    code: Code | None
    text: str
    responses: tuple[Response, ...]


def replied(exchange: Exchange, found: Iterable[Received]) -> Reply:
    """Return the reply of a command that was typed."""
    status = _status(exchange)
    return Reply(status.code, status.text, tuple(event.response for event in found))


def answers(event: Received, exchange: Exchange) -> bool:
    """Return whether a response that names its command by tag or mailbox names this one."""
    return event.exchange is exchange and not event.unsolicited


def argument(exchange: Exchange, kind: type[T]) -> T | None:
    """Return what the code of the tagged OK holds, or None if it holds nothing of this kind."""
    code = _status(exchange).code
    return code.arg if code is not None and isinstance(code.arg, kind) else None


def copied(response: Response) -> CopyUid | None:
    """Return the value of COPYUID in an untagged OK, or None if there is none (RFC 9051 section 6.4.8)."""
    code = response.value.code if isinstance(response.value, StatusText) else None
    return code.arg if code is not None and isinstance(code.arg, CopyUid) else None


def appended(response: Response) -> AppendUid | None:
    """Return the value of APPENDUID in an untagged OK, or None if there is none (RFC 8508 section 3.3)."""
    code = response.value.code if isinstance(response.value, StatusText) else None
    return code.arg if code is not None and isinstance(code.arg, AppendUid) else None


def joined(copies: Iterable[CopyUid | None]) -> CopyUid | None:
    """Return what the codes of several commands say together; None if one of them said nothing."""
    told = list(copies)
    if not told or None in told:
        return None
    known = [one for one in told if one is not None]
    source = tuple(pair for one in known for pair in one.source.ranges)
    destination = tuple(pair for one in known for pair in one.destination.ranges)
    return CopyUid(known[0].uidvalidity, SequenceSet(source), SequenceSet(destination))


def one_number(number: int) -> int:
    """Return the number of one message.  Raises UsageError for anything else."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= LARGEST:
        raise UsageError(f"{number!r} is not a message number or UID: these run from 1 to {LARGEST}")
    return number


def numbers(found: Iterable[Received]) -> SequenceSet:
    """Return the numbers of SEARCH and ESEARCH, rising."""
    ranges: list[tuple[int, int]] = []
    for value in (event.response.value for event in found):
        every = value.items.get("ALL") if isinstance(value, ESearch) else None
        if isinstance(value, Search):
            every = value.found
        ranges += every.ranges if isinstance(every, SequenceSet) else ()
    return SequenceSet(tuple(ranges)).sorted()


def told(mailbox: str, found: Iterable[Received]) -> MailboxStatus:
    """Return what the STATUS responses together say of a mailbox."""
    items = {}
    for event in found:
        if isinstance(event.response.value, MailboxStatus):
            items.update(event.response.value.items)
    return MailboxStatus(mailbox, items)


def listed(found: Iterable[Received]) -> tuple[MailboxList, ...]:
    """Return the mailboxes that were listed; what STATUS responses say of one is in `extended["STATUS"]` (RFC 5819)."""
    values = [event.response.value for event in found]
    told = {value.mailbox: value for value in values if isinstance(value, MailboxStatus)}
    return tuple(
        value._replace(extended={**value.extended, "STATUS": told[value.mailbox]}) if value.mailbox in told else value
        for value in values
        if isinstance(value, MailboxList)
    )


def _status(exchange: Exchange) -> StatusText:
    value = exchange.response.value if exchange.response is not None else None
    return value if isinstance(value, StatusText) else StatusText()
