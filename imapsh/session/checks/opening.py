"""Checks what SELECT and EXAMINE must have brought when their OK comes (RFC 9051 sections 6.3.2 and 6.3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.errors import plural
from imapsh.findings import Finding
from imapsh.hints import TYPE_CHECKING
from imapsh.session.checks.commands import Run
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.facts import Facts
    from imapsh.session.mailbox import Mailbox

_DATA = ("FLAGS", "EXISTS")
_CODES = ("UIDVALIDITY", "UIDNEXT", "PERMANENTFLAGS")
_MODSEQS = ("HIGHESTMODSEQ", "NOMODSEQ")


class Before(NamedTuple):
    """The mailbox that was selected when a SELECT was sent.

    `name` is None if no mailbox was selected, and "" if nobody knows.
    """

    name: str | None


def opened(run: Run, before: Before, box: Mailbox, known: Facts) -> Iterator[Finding]:
    """Yield the findings about what is missing; `known` has not taken in the OK yet."""
    name, came, codes = run.exchange.name, run.came, run.codes
    if lacks := [one for one in _DATA if one not in came]:
        yield Finding("select-data", f"{name} was answered OK without {' and '.join(lacks)}")
    if lacks := [one for one in _CODES if one not in codes]:
        yield Finding("select-codes", f"{name} was answered OK without {', '.join(lacks)}")
    if known.rev2:
        if "LIST" not in came:
            yield Finding("select-list", f"{name} was answered OK without LIST")
    elif "RECENT" not in came and known.capabilities and "IMAP4REV2" not in known.capabilities:
        yield Finding("select-recent", f"{name} was answered OK without RECENT")
    if {"CONDSTORE", "QRESYNC"} & known.enabled and not any(one in codes for one in _MODSEQS):
        yield Finding("select-modseq", f"{name} was answered OK without HIGHESTMODSEQ or NOMODSEQ")
    another = before.name and before.name.casefold() != box.name.casefold()
    if another and "CLOSED" not in codes and _closes(known):
        yield Finding("select-closed", f"{name} closed {before.name} without [CLOSED]")
    if came.get("RECENT") == came.get("EXISTS") == 1 and (box.recent or 0) > (box.exists or 0):
        are = plural(box.recent or 0, "message is", "messages are")
        yield Finding("recent-count", f"{box.recent} {are} recent, but the mailbox holds {box.exists}")


def _closes(known: Facts) -> bool:
    return known.rev2 or bool({"CONDSTORE", "QRESYNC"} & known.capabilities)
