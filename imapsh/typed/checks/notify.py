"""The check of NOTIFY: events that may be asked for together, and for which mailboxes.

RFC 5465 sections 5, 6.1 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.typed.found import Piece, Problem, find

_OF_SELECTED = ("SELECTED", "SELECTED-DELAYED")
_TOGETHER = ("MessageNew", "MessageExpunge")
_OF_MESSAGES = (*_TOGETHER, "FlagChange", "AnnotationChange")


def groups(pieces: tuple[Piece, ...]) -> Iterator[Problem]:
    """Yield a problem for everything that a server must refuse with BAD."""
    chosen = ""
    for group in find(pieces, "syntax"):
        [mailboxes] = group.all("mailbox-filter")
        is_selected = mailboxes.name in _OF_SELECTED
        if is_selected and chosen:
            message = f"{chosen} is given already; only one of {' and '.join(_OF_SELECTED)} may be"
            yield Problem("filter-mailboxes-selected", mailboxes.start, message, rfc="RFC 5465 §6.1")
        chosen = mailboxes.name if is_selected else chosen
        yield from _events(group.all("event"), mailboxes.name, is_selected=is_selected)


def _events(events: list[Piece], mailboxes: str, *, is_selected: bool) -> Iterator[Problem]:
    asked = {event.name for event in events}
    missing = [name for name in _TOGETHER if name not in asked]
    for event in events:
        if event.name in _OF_MESSAGES and missing:
            message = f"{event.name} must be asked for together with {' and '.join(missing)}"
            yield Problem("message-event", event.start, message, rfc="RFC 5465 §5")
        elif is_selected and event.name not in (*_OF_MESSAGES, "<atom>"):
            message = f"{mailboxes} takes only events of messages, not {event.name}"
            yield Problem("event-group", event.start, message, rfc="RFC 5465 §8")
        elif event.name in _OF_MESSAGES and event.children and not is_selected:
            message = f"items may be given only with {' and '.join(_OF_SELECTED)}, not with {mailboxes}"
            yield Problem("message-event", event.children[0].start, message, rfc="RFC 5465 §5.2")
