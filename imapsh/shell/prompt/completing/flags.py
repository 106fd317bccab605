"""Offers flags and keywords: the table's, those of the selected mailbox, those seen on its messages."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh import table
from imapsh.render.visible import visible
from imapsh.shell.prompt.completing.offer import Offer, Place

#: The flags that a client cannot set: one stands in PERMANENTFLAGS, or is the server's to set (RFC 3501 section 2.3.2).
_NOT_SET = frozenset({"\\*", "\\recent"})


def offers(place: Place) -> Iterator[Offer]:
    """Yield flags for STORE and APPEND, keywords for SEARCH."""
    keywords = place.kind == "keyword"
    for flag, of_mailbox in _known(place).items():
        if flag.lower() in _NOT_SET or (keywords and flag.startswith("\\")):
            continue
        if reason := _not_kept(place, flag):
            yield place.offer(flag, reason)._replace(dimmed=True)
            continue
        row = table.find("flag", flag)
        yield place.offer(flag, row.summary if row is not None else "a keyword of this mailbox" if of_mailbox else "")


def _known(place: Place) -> dict[str, bool]:
    """Return the flags, each once whatever its case, and whether this mailbox is known to have it.

    Those with a backslash and those of the mailbox stand first.
    """
    known = {flag.lower(): (flag, False) for flag in (row.name for row in table.names("flag").values())}
    mailbox = place.known.mailbox
    of_mailbox = (*mailbox.flags, *(mailbox.permanent_flags or ())) if mailbox is not None else ()
    for flag in (*of_mailbox, *place.known.messages.keywords):
        known[flag.lower()] = (known.get(flag.lower(), (flag,))[0], True)
    found = sorted(known.values(), key=lambda pair: not (pair[1] or pair[0].startswith("\\")))
    return {visible(flag): is_known for flag, is_known in found}


def _not_kept(place: Place, flag: str) -> str:
    """Return why a STORE of this flag would not last, or "" if it would (RFC 9051 section 7.1, PERMANENTFLAGS)."""
    command, mailbox = place.found.command, place.known.mailbox
    if command is None or not command.name.endswith("STORE") or mailbox is None or mailbox.permanent_flags is None:
        return ""
    kept = {kept.lower() for kept in mailbox.permanent_flags}
    if flag.lower() in kept or ("\\*" in kept and not flag.startswith("\\")):
        return ""
    return "not among the mailbox's PERMANENTFLAGS"
