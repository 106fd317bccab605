"""The known state of a mailbox, which SELECT is given, and the changes since then (RFC 7162 section 3.2)."""

from __future__ import annotations

from collections.abc import Iterable

from imapsh.client.arguments import MessageSet, message_set
from imapsh.client.messages import Message, message
from imapsh.errors import UsageError, shown
from imapsh.grammar.sequence import SequenceSet, is_count
from imapsh.grammar.values import Fetch, Vanished
from imapsh.session.events import Received
from imapsh.tuples import NamedTuple


class QResync(NamedTuple):
    """The state of a mailbox as known: UIDVALIDITY, highest mod-sequence, and UIDs, or None for all of them."""

    uidvalidity: int
    modseq: int
    uids: MessageSet | None = None

    def parameter(self) -> str:
        """Return the parameter of SELECT.  Raises UsageError for invalid numbers."""
        for number in (self.uidvalidity, self.modseq):
            if not is_count(number, 1):
                raise UsageError(f"{shown(number)} is no UIDVALIDITY and no mod-sequence: these are numbers from 1")
        uids = f" {message_set(self.uids)}" if self.uids is not None else ""
        return f"QRESYNC ({self.uidvalidity} {self.modseq}{uids})"


class Resynced(NamedTuple):
    """The changes since then: the UIDs of messages that are gone, and the messages whose flags have changed.

    Both are empty if UIDVALIDITY is not the one that was known: then nothing that was known counts any more.
    """

    vanished: SequenceSet
    messages: tuple[Message, ...]


def tells(event: Received) -> bool:
    """Return whether a response reports what has changed: VANISHED (EARLIER), or FETCH."""
    value = event.response.value
    return isinstance(value, Fetch) or (isinstance(value, Vanished) and value.earlier)


def resynced(found: Iterable[Received]) -> Resynced:
    """Return the changes that the responses to SELECT or UID FETCH report."""
    ranges: list[tuple[int, int]] = []
    messages = []
    for event in found:
        value = event.response.value
        if isinstance(value, Vanished):
            ranges += value.uids.ranges
        else:
            messages.append(message(event))
    return Resynced(SequenceSet(tuple(ranges)).sorted(), tuple(messages))
