"""Decides which of the running commands an untagged response answers.

ESEARCH names the command by its tag, and STATUS by the mailbox.  Other responses (SEARCH, LIST, ...) name neither, but
only one command at a time asks for each of them (`imapsh.session.pipeline`), so they belong to that command.
"""

from __future__ import annotations

from collections.abc import Mapping

from imapsh.grammar.responses import Response
from imapsh.grammar.values import ESearch, MailboxStatus
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.session.conduct import LISTED_AS, may_return
from imapsh.session.exchange import Exchange

_RETURN = lazy(rb"(?i)\S+ (?:UID )?[A-Z]+ RETURN \(")
_TAGGED = "ESEARCH"  # the response that names the command which it answers
_NOTIFIES_STATUS = lazy(rb"(?i)\S+ NOTIFY SET STATUS ")
_LISTS_STATUS = lazy(rb"(?i)\S+ LIST .*\bRETURN \(.*\bSTATUS\b")


def answered(response: Response, running: Mapping[str, Exchange]) -> Exchange | None:
    """Return the command that asked for this response, or None if no command did."""
    value: Any = response.value
    if isinstance(value, MailboxStatus):
        return _asked_status(value.mailbox, running)
    if isinstance(value, ESearch) and value.tag is not None:
        return running.get(value.tag)
    return _first(LISTED_AS.get(response.name, response.name), running)


def _first(name: str, running: Mapping[str, Exchange]) -> Exchange | None:
    """Return the first command that asks for responses of this name, else the first that may bring them."""
    brings = None
    for exchange in running.values():
        row = exchange.row
        if row is None or (row.asks == name and not answered_by_tag(exchange)):
            return exchange
        if brings is None and (name in row.responses or may_return(row, name)):
            brings = exchange
    return brings


def says_whose(value: Any) -> bool:
    """Return whether it names the command that it answers.  If no running command fits, nobody asked for it."""
    return isinstance(value, MailboxStatus) or (isinstance(value, ESearch) and value.tag is not None)


def _asked_status(mailbox: str, running: Mapping[str, Exchange]) -> Exchange | None:
    """Return the command by the mailbox's name.

    A name that is spelled differently fits if only one STATUS has one like it.
    """
    asking = [exchange for exchange in running.values() if exchange.name == "STATUS"]
    if (exact := next((exchange for exchange in asking if exchange.mailbox == mailbox), None)) is not None:
        return exact
    alike = [exchange for exchange in asking if alike_names(exchange.mailbox, mailbox)]
    if len(alike) == 1:
        return alike[0]
    others = (one for one in running.values() if one.row is None or lists_status(one) or _asks_status(one))
    return next(others, None)


def _asks_status(exchange: Exchange) -> bool:
    """Return whether the numbers of many mailboxes are due before its OK (RFC 5465 section 3.1)."""
    return exchange.name == "NOTIFY" and _NOTIFIES_STATUS.match(exchange.shown.raw) is not None


def alike_names(one: str | None, other: str | None) -> bool:
    """Return whether two names may mean the same mailbox.

    They may differ in case, Unicode's forms, blanks and a delimiter at the end.
    """
    return one is not None and other is not None and (one == other or _folded(one) == _folded(other))


def _folded(name: str) -> str:
    if not name.isascii():
        from unicodedata import normalize

        name = normalize("NFKC", name)
    return name.casefold().strip().rstrip("/.")


def answered_by_tag(exchange: Exchange) -> bool:
    """Return whether an ESEARCH with its tag answers it: it is a SEARCH with RETURN, or has no other answer.

    RFC 9051 section 7.3.4; RFC 5267 section 3; RFC 7377 section 2.1.
    """
    row = exchange.row
    if row is None or _TAGGED not in row.responses:
        return False
    return row.asks == _TAGGED or _RETURN.match(exchange.shown.raw) is not None


def lists_status(exchange: Exchange) -> bool:
    """Return whether it is a LIST that asks for the STATUS of each mailbox (RFC 9051 section 6.3.9.2)."""
    return exchange.name == "LIST" and _LISTS_STATUS.match(exchange.shown.raw) is not None
