"""The code BADEVENT (RFC 5465 section 8): the events that a server can report."""

from __future__ import annotations

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor

define(
    "RFC 5465 §8",
    {
        "unsupported-events-code": "BADEVENT, a space and names of events in parentheses",
        "event-name": "one of the eight events, in any case",
    },
)

#: event-name = message-event-name / mailbox-event / user-event
EVENTS = (
    "MessageNew", "MessageExpunge", "FlagChange", "AnnotationChange", "MailboxName", "SubscriptionChange",
    "MailboxMetadataChange", "ServerMetadataChange",
)  # fmt: skip
_KNOWN = frozenset(name.upper() for name in EVENTS)


def supported_events(c: Cursor) -> tuple[str, ...]:
    """unsupported-events-code = "BADEVENT" SP "(" event-name *(SP event-name) ")"."""
    rule = "unsupported-events-code"
    c.space(rule)
    return tuple(c.items(rule, _event, some=True))


def _event(c: Cursor) -> str:
    rule = "event-name"
    start = c.pos
    name = c.atom(rule)
    if name.upper() not in _KNOWN:
        c.fail(rule, "an unknown event", start)
    return name
