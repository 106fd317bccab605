"""Offers message numbers and UIDs, with what is known of the messages beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from imapsh.render.visible import visible
from imapsh.shell.prompt.completing.offer import Offer, Place
from imapsh.shell.record import fuzzy
from imapsh.shell.record.messages import Seen
from imapsh.typed.found import UID_SLOTS
from imapsh.typed.slots import SLOTS

_MOST = 100  # messages offered at once
_SEARCHED = 500  # messages whose subjects and senders are searched
#: The last number of a set that is being typed, or the words that stand for it.
_LAST = re.compile(r"(?:[\d*:,$]*[,:])?([^,:]*)\Z")
_SET = re.compile(r"[\d*$]")


def offers(place: Place) -> Iterator[Offer]:
    """Yield numbers for a set, also behind a comma or colon.

    If only a set can stand there, messages are also found by subject and sender.
    """
    if not place.alone and not _SET.match(place.typed):
        return
    found = _LAST.match(place.typed)
    if found is None:
        return
    typed, skip = found[1], found.start(1)
    if not typed.isdigit():
        yield from _fixed(place, typed, skip)
    if typed.isdigit() or not typed:
        yield from _by_number(place, typed, skip)
    elif len(typed) > 1:
        yield from _by_words(place, typed, skip)


def _fixed(place: Place, typed: str, skip: int) -> Iterator[Offer]:
    mailbox = place.known.mailbox
    exists = f"all {mailbox.exists} messages" if mailbox is not None and mailbox.exists else "every message"
    shapes = [("*", "the last message")] if skip else [("1:*", exists), ("*", "the last message")]
    if not skip and _saves(place):
        shapes.append(("$", "the saved search result"))
    fits = SLOTS[place.kind].match
    for text, note in shapes:
        if text.startswith(typed) and (skip or _whole(fits(text, 0), text)):
            yield place.offer(text, note, skip=skip)._replace(near=fuzzy.BEGINS)


def _whole(found: re.Match[str] | None, text: str) -> bool:
    """Return whether all of the text was taken: a place for one message takes no set."""
    return found is not None and found.end() == len(text)


def _saves(place: Place) -> bool:
    context = place.found.context
    return context.rev2 or bool({"SEARCHRES", "IMAP4REV2"} & {name.upper() for name in context.capabilities})


def _by_number(place: Place, typed: str, skip: int) -> Iterator[Offer]:
    wanted = (pair for pair in _numbered(place) if str(pair[0]).startswith(typed))
    for number, seen in islice(wanted, _MOST):
        yield place.offer(str(number), note(seen), skip=skip)._replace(near=fuzzy.BEGINS)


def _by_words(place: Place, typed: str, skip: int) -> Iterator[Offer]:
    folded = typed.casefold()
    for number, seen in islice(_numbered(place), _SEARCHED):
        if folded in seen.subject.casefold() or folded in seen.sender.casefold():
            yield place.offer(str(number), note(seen), skip=skip)._replace(near=fuzzy.HOLDS)


def _numbered(place: Place) -> Iterator[tuple[int, Seen]]:
    """Yield the number or UID, as the place wants it, and the message, the newest first."""
    uids = place.kind in UID_SLOTS
    for number, seen in place.known.messages.newest():
        shown = seen.uid if uids else number
        if shown and (seen.subject or seen.sender or seen.date):
            yield shown, seen


def note(seen: Seen) -> str:
    """Return subject, sender and day, as far as they are known."""
    return visible("  ".join(filter(None, (seen.subject, seen.sender, seen.day))))
