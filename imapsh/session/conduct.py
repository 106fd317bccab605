"""Faults of conduct: octets that are legal at a time when they are not (RFC 9051 sections 2.2.2, 5.5, 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import Finding
from imapsh.grammar.values import Count, Expunged, Fetch
from imapsh.spec.model import NOT_AUTHENTICATED

if TYPE_CHECKING:
    from collections.abc import Collection

    from imapsh.grammar.responses import Response
    from imapsh.session.exchange import Exchange
    from imapsh.session.mailbox import Mailbox

_MAIL = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "SEARCH", "ESEARCH", "LIST", "LSUB", "STATUS", "FLAGS"})


def untagged(
    response: Response, state: str, mailbox: Mailbox | None, running: Collection[Exchange]
) -> tuple[Finding, ...]:
    """What an untagged response does at the wrong time, given what is known before it is taken in."""
    found: list[Finding] = []
    if state == NOT_AUTHENTICATED and response.name in _MAIL:
        found.append(Finding("data-state", f"{response.name} before login"))
    value = response.value
    if isinstance(value, Expunged):
        found.extend(_expunge(value, mailbox, running))
    elif mailbox is not None and mailbox.exists is not None:
        if isinstance(value, Fetch) and value.seq > mailbox.exists:
            found.append(Finding("message-number", f"message {value.seq} where {mailbox.exists} exist"))
        if isinstance(value, Count) and response.name == "EXISTS" and value.number < mailbox.exists:
            found.append(Finding("exists-shrinks", f"EXISTS falls from {mailbox.exists} to {value.number}"))
    return tuple(found)


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
