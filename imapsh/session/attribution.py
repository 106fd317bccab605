"""Which of the commands that run an untagged response answers.

ESEARCH names the command by its tag, and STATUS by the mailbox.  Of what names neither (SEARCH, LIST, ...) only one
command at a time asks (`imapsh.session.pipeline`), so that it is that one's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imapsh.grammar.responses import Response
from imapsh.grammar.values import ESearch, MailboxStatus
from imapsh.patterns import lazy
from imapsh.session.conduct import as_brought, may_bring
from imapsh.session.exchange import Exchange

_RETURN = lazy(rb"(?i)\S+ (?:UID )?[A-Z]+ RETURN \(")
_TAGGED = "ESEARCH"  # the response that names the command which it answers
_NOTIFIES_STATUS = lazy(rb"(?i)\S+ NOTIFY SET STATUS ")
_LISTS_STATUS = lazy(rb"(?i)\S+ LIST .*\bRETURN \(.*\bSTATUS\b")


def answered(response: Response, running: Mapping[str, Exchange]) -> Exchange | None:
    """The command that asked for this response, None if none did."""
    value: Any = response.value
    if isinstance(value, MailboxStatus):
        return _asked_status(value.mailbox, running)
    if isinstance(value, ESearch) and value.tag is not None:
        return running.get(value.tag)
    return _first(as_brought(response.name), running)


def _first(name: str, running: Mapping[str, Exchange]) -> Exchange | None:
    """The first that asks for what bears this name, else the first that may bring it."""
    brings = None
    for exchange in running.values():
        row = exchange.row
        if row is None or (row.asks == name and not answered_by_tag(exchange)):
            return exchange
        if brings is None and may_bring(row, name):
            brings = exchange
    return brings


def says_whose(value: Any) -> bool:
    """Return whether it names the command that it answers: where none that runs fits, nobody asked."""
    return isinstance(value, MailboxStatus) or (isinstance(value, ESearch) and value.tag is not None)


def _asked_status(mailbox: str, running: Mapping[str, Exchange]) -> Exchange | None:
    """By the mailbox's name; one that is spelled differently is that of the only STATUS which it fits."""
    asking = [exchange for exchange in running.values() if exchange.name == "STATUS"]
    exact = [exchange for exchange in asking if exchange.mailbox == mailbox]
    alike = [exchange for exchange in asking if alike_names(exchange.mailbox, mailbox)]
    if exact or len(alike) == 1:
        return (exact or alike)[0]
    others = (one for one in running.values() if one.row is None or lists_status(one) or _asks_status(one))
    return next(others, None)


def _asks_status(exchange: Exchange) -> bool:
    """Return whether the numbers of many mailboxes are to be told before its OK (RFC 5465 section 3.1)."""
    return exchange.name == "NOTIFY" and _NOTIFIES_STATUS.match(exchange.shown.raw) is not None


def alike_names(one: str | None, other: str | None) -> bool:
    """Whether two names may be one mailbox's: but for case, Unicode's forms, blanks and a delimiter at the end."""
    return one is not None and other is not None and (one == other or _folded(one) == _folded(other))


def _folded(name: str) -> str:
    if not name.isascii():
        from unicodedata import normalize

        name = normalize("NFKC", name)
    return name.casefold().strip().rstrip("/.")


def answered_by_tag(exchange: Exchange) -> bool:
    """Return whether an ESEARCH answers it, which has the tag: it is a SEARCH with RETURN, or has no other answer.

    RFC 9051 section 7.3.4; RFC 5267 section 3; RFC 7377 section 2.1.
    """
    row = exchange.row
    if row is None or _TAGGED not in row.responses:
        return False
    return row.asks == _TAGGED or _RETURN.match(exchange.shown.raw) is not None


def lists_status(exchange: Exchange) -> bool:
    """Return whether it is a LIST that has STATUS told of each mailbox (RFC 9051 section 6.3.9.2)."""
    return exchange.name == "LIST" and _LISTS_STATUS.match(exchange.shown.raw) is not None
