"""To which command an untagged response belongs: by the tag it carries, the mailbox it is about, or its kind.

What NOTIFY pushes, or a command beside it brings, is never taken for the answer (RFC 9051 sections 7.3.3 and 7.3.4,
RFC 5465 section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.grammar.values import ESearch, MailboxStatus
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import named

T = TypeVar("T")


def addressee(response: Response, running: Collection[Exchange], *, utf8: bool) -> Exchange | None:
    """The one of the commands that run that brings this response; None where nobody can tell."""
    value = response.value
    if response.kind is not UNTAGGED:
        return None
    if isinstance(value, ESearch) and value.tag is not None:
        return next((one for one in running if one.tag == value.tag), None)
    bringing = [one for one in running if one.row is None or response.name in one.row.responses]
    if isinstance(value, MailboxStatus):
        about = [one for one in bringing if answers(one, value, utf8=utf8)]
        bringing = [one for one in about if one.name == "STATUS"] or about or bringing
    return next(iter(bringing), None)


def answers(exchange: Exchange, value: Any, *, utf8: bool) -> bool:
    """Whether a response of a kind that the command brings is about what the command asks for."""
    if isinstance(value, ESearch):
        return value.tag in (None, exchange.tag)
    if isinstance(value, MailboxStatus) and exchange.name == "STATUS":
        return same_mailbox(named(exchange.shown, utf8=utf8) or "", value.mailbox)
    return True


def chosen(
    exchange: Exchange, things: Iterable[T], *, utf8: bool, value: Callable[[T], Any] = lambda thing: thing
) -> list[T]:
    """The values, or the things that have them, that answer a command.

    A STATUS whose mailbox is spelled otherwise is the answer where it is the only one.
    """
    listed = list(things)
    mine = [one for one in listed if answers(exchange, value(one), utf8=utf8)]
    told = [one for one in listed if isinstance(value(one), MailboxStatus)]
    if len(told) == 1 and told[0] not in mine:
        mine.append(told[0])
    return mine


def same_mailbox(one: str, other: str) -> bool:
    """Whether two names, decoded, are of one mailbox: INBOX is in any case (RFC 9051 section 5.1)."""
    return one == other or one.upper() == other.upper() == "INBOX"
