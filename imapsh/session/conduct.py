"""Faults of conduct: octets that are legal at a time when they are not (RFC 9051 sections 2.2.2, 5.5, 7)."""

from __future__ import annotations

from collections.abc import Collection

from imapsh.findings import Finding
from imapsh.grammar.responses import STATUS, Response
from imapsh.grammar.values import Count, Expunged, Fetch
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox
from imapsh.spec.model import AUTHENTICATED, NOT_AUTHENTICATED

_SELECTED_ONLY = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "SEARCH", "ESEARCH", "FLAGS"})
_MAIL = _SELECTED_ONLY | {"LIST", "LSUB", "STATUS"}


def untagged(
    response: Response, state: str, mailbox: Mailbox | None, running: Collection[Exchange]
) -> tuple[Finding, ...]:
    """What an untagged response does at the wrong time, given what is known before it is taken in."""
    value = response.value
    if isinstance(value, Fetch) and mailbox is not None:  # the common one
        if mailbox.exists is not None and value.seq > mailbox.exists:
            return (Finding("message-number", f"message {value.seq} where {mailbox.exists} exist"),)
        return ()
    if mailbox is None:
        finding = _state(response.name, state, running)
        if not isinstance(value, Expunged):
            return (finding,) if finding is not None else ()
        return tuple(filter(None, (finding, *_expunge(value, mailbox, running))))
    exists = mailbox.exists
    if isinstance(value, Expunged):
        return tuple(_expunge(value, mailbox, running))
    if isinstance(value, Count) and response.name == "EXISTS" and exists is not None and value.number < exists:
        return (Finding("exists-shrinks", f"EXISTS falls from {exists} to {value.number}"),)
    return ()


def _state(name: str, state: str, running: Collection[Exchange]) -> Finding | None:
    if state == NOT_AUTHENTICATED and name in _MAIL:
        return Finding("data-state", f"{name} before login")
    known = all(exchange.row is not None for exchange in running)  # what others bring nobody knows
    if state == AUTHENTICATED and name in _SELECTED_ONLY and known:
        return Finding("data-state", f"{name} though no mailbox is selected")
    return None


def _expunge(value: Expunged, mailbox: Mailbox | None, running: Collection[Exchange]) -> list[Finding]:
    found = []
    if not running:
        found.append(Finding("expunge-time", "EXPUNGE while no command runs"))
    elif all(exchange.row is not None and not exchange.row.expunges for exchange in running):
        names = ", ".join(exchange.name for exchange in running)
        found.append(Finding("expunge-time", f"EXPUNGE while {names} runs"))
    if mailbox is not None and mailbox.exists is not None and value.seq > mailbox.exists:
        found.append(Finding("message-number", f"message {value.seq} expunged where {mailbox.exists} exist"))
    return found


def asked_for(response: Response, running: Collection[Exchange]) -> bool:
    """Whether a command that runs brings this response; of one that the table does not hold, nobody knows."""
    for exchange in running:
        row = exchange.row
        if row is None:
            return True
        if row.name != "IDLE":
            if response.name in row.responses:
                return True
            if response.kind is STATUS and response.name != "BYE":
                return True
    return False
