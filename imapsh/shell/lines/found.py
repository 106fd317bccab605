"""Gives the messages that commands have found as UIDs, and asks the server for those that nobody knows yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import ESearch, Search
from imapsh.shell.connection.asking import asked
from imapsh.shell.record.results import ASKED, MARKED, Found, numbers

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.steps import Steps

_TOGETHER = 1000  # message numbers asked for in one command, so that its line is taken anywhere (RFC 7162 section 4)


def uids(app: App, found: Found | None, name: str) -> Steps[str]:
    """Return the messages as a set of UIDs.  Asks the server if nobody knows them yet.

    Raises UsageError if nothing was found in the mailbox that is selected, or the server does not say.
    """
    text = (yield from set_of(app, found)) if found is not None else ""
    if not text:
        raise UsageError(
            f"{name} is empty: in this mailbox the last search or FETCH found nothing, or none ran; nothing was sent"
        )
    return text


def set_of(app: App, found: Found) -> Steps[str]:
    """Return the messages as a set of UIDs, "" for none and for those of another mailbox."""
    box = app.session.mailbox
    if box is None or not found.holds_in(box):
        return ""
    if found.lost:
        raise UsageError(
            "the server named messages that are gone by UID alone, so imapsh no longer knows the numbers of those "
            "found: search again, with UID SEARCH; nothing was sent"
        )
    for number, mark in enumerate(found.marks, 1):
        if mark and (uid := box.uid_of(number)) is not None:
            found.add((uid,), True)
            found.marks[number - 1] = 0
    while any(found.marks):
        yield from _ask(app, found)
    return str(found.as_set())


def _ask(app: App, found: Found) -> Steps[None]:
    """Ask for the UIDs of some of the messages.

    If messages are expunged meanwhile, their marks shift.
    """
    if not app.connection.plan.ask:
        raise UsageError("the UIDs of the messages found are unknown, and --no-ask is on: UID SEARCH gets them")
    wanted = [number for number, mark in enumerate(found.marks, 1) if mark][:_TOGETHER]
    for number in wanted:
        found.marks[number - 1] = ASKED[0]
    line = str(SequenceSet.of(wanted)).encode("ascii")
    exchange, values = yield from asked(app.connection, "the UIDs of the messages found", "UID SEARCH", [line])
    if exchange.status != "OK":
        found.marks[:] = found.marks.replace(ASKED, MARKED)
        raise UsageError("the server does not give the UIDs of the messages found; nothing was sent")
    found.marks[:] = found.marks.replace(ASKED, b"\0")
    for value in values:
        if isinstance(value, Search):
            found.add(value.ids, True)
        elif isinstance(value, ESearch):
            found.add(numbers(value) or (), True)
