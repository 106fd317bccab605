"""The results of an asyncio connection's commands, made from the responses that they brought."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from heapq import merge
from itertools import islice
from operator import lt
from typing import TypeVar

from imapsh.errors import UsageError, shown
from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.grammar.values import AppendUid, Code, CopyUid, ESearch, MailboxList, MailboxStatus, Search, StatusText
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.tuples import NamedTuple

T = TypeVar("T")

_MANY = 1 << 16  # numbers that may be repeated before they are looked at


class Reply(NamedTuple):
    """A command's OK: its code and text, and the untagged responses that came while it ran."""

    code: Code | None
    text: str
    responses: tuple[Response, ...]


def replied(exchange: Exchange, responses: Iterable[Response]) -> Reply:
    """Return the reply of a command that was typed."""
    status = _status(exchange)
    return Reply(status.code, status.text, tuple(responses))


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
        raise UsageError(f"{shown(number)} is not a message number or UID: these run from 1 to {LARGEST}")
    return number


class Numbers:
    """The numbers that SEARCH and ESEARCH find: four octets each while they come, however often one is repeated."""

    def __init__(self) -> None:
        self._distinct = array("I")  # rising
        self._more = array("I")
        self._least = LARGEST  # of these
        self._rising = True  # these are
        self._ranges: list[tuple[int, int]] = []

    def add(self, event: Received) -> None:
        """Take in a response."""
        value = event.response.value
        if isinstance(value, ESearch):
            every = value.items.get("ALL")
            self._ranges += every.ranges if isinstance(every, SequenceSet) else ()
        elif isinstance(value, Search):
            self._add(value.ids)
            if len(self._more) > (_MANY if self._follow else max(_MANY, len(self._distinct))):
                self._fold()

    def _add(self, ids: tuple[int, ...]) -> None:
        """Put these to the ones that came last."""
        if _rise(ids) and ids[0] > 0 and ids[-1] <= LARGEST:
            numbers, least = array("I", ids), ids[0]
            self._rising = self._rising and (not self._more or least > self._more[-1])
        else:
            numbers = array("I", (number for number in ids if 0 < number <= LARGEST))
            least = min(numbers, default=LARGEST)
            self._rising = False
        self._more.extend(numbers)
        self._least = min(self._least, least)

    @property
    def _follow(self) -> bool:
        """Return whether those that came last are higher than all others, as servers send them."""
        return not self._distinct or self._least > self._distinct[-1]

    def _fold(self) -> None:
        """Put those that came last among the distinct ones."""
        if self._rising and self._follow:
            self._distinct.extend(self._more)
        else:
            self._distinct = self._merged()
        self._more, self._least, self._rising = array("I"), LARGEST, True

    def _merged(self) -> array[int]:
        """Return all numbers, each once."""
        pieces = [self._more[start : start + _MANY] for start in range(0, len(self._more), _MANY)]
        rising = [array("I", sorted(set(piece))) for piece in pieces]  # numbers of Python's own take ten times as much
        kept, before = (self._distinct, ()) if self._follow else (array("I"), self._distinct)
        last = kept[-1] if kept else 0
        for number in merge(before, *rising):
            if number > last:
                kept.append(number)
                last = number
        return kept

    def found(self) -> SequenceSet:
        """Return all of them, rising."""
        self._fold()
        listed = SequenceSet.rising(self._distinct)
        return SequenceSet((*listed.ranges, *self._ranges)).sorted() if self._ranges else listed


def _rise(numbers: tuple[int, ...]) -> bool:
    """Return whether there are numbers and each is higher than the one before, as servers send them."""
    return bool(numbers) and all(map(lt, numbers, islice(numbers, 1, None)))


def told(mailbox: str, values: Iterable[object]) -> MailboxStatus:
    """Return what the STATUS responses together say of a mailbox."""
    items = {}
    for value in values:
        if isinstance(value, MailboxStatus):
            items.update(value.items)
    return MailboxStatus(mailbox, items)


class Listed:
    """The mailboxes that LIST responses name; what STATUS responses say of one is in `extended["STATUS"]` (RFC 5819).

    Attributes and delimiters, which are few and come again and again, are kept once.
    """

    def __init__(self) -> None:
        self._once: dict[object, object] = {}
        self._lists: list[MailboxList] = []
        self._told: dict[str, MailboxStatus] = {}

    def add(self, event: Received) -> None:
        """Take in a response."""
        value = event.response.value
        if isinstance(value, MailboxList):
            attrs, delimiter, mailbox, extended = value
            attrs = self._once.setdefault(attrs, attrs)  # type: ignore[assignment]
            delimiter = self._once.setdefault(delimiter, delimiter)  # type: ignore[assignment]
            self._lists.append(MailboxList(attrs, delimiter, mailbox, extended))
        elif isinstance(value, MailboxStatus):
            self._told[value.mailbox] = value

    def found(self) -> tuple[MailboxList, ...]:
        """Return the mailboxes in the server's order."""
        return tuple(map(self._with_status, self._lists)) if self._told else tuple(self._lists)

    def _with_status(self, one: MailboxList) -> MailboxList:
        told = self._told.get(one.mailbox)
        return one if told is None else one._replace(extended={**one.extended, "STATUS": told})


def _status(exchange: Exchange) -> StatusText:
    value = exchange.response.value if exchange.response is not None else None
    return value if isinstance(value, StatusText) else StatusText()
