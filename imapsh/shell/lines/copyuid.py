r"""Says which messages became which by COPYUID and APPENDUID (RFC 9051 section 7.1), if what they say can be so.

A server that says something else than what was done could otherwise lead `\undo` to other messages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from imapsh.grammar.sequence import MOST, SequenceSet
from imapsh.grammar.values import AppendUid, CopyUid
from imapsh.render.amounts import count
from imapsh.shell.record.journal import UNKNOWN
from imapsh.tuples import NamedTuple

#: Why nobody knows what was done.
LOST = "the connection ended before the reply, so it is not known whether it was done"


class Asked(NamedTuple):
    """The messages that a command was to copy: `numbers` are UIDs with `uid`, and message numbers without it."""

    numbers: SequenceSet | None
    uid: bool = True

    def holds(self, uids: SequenceSet) -> bool:
        """Return whether these can be of them, as far as that can be told."""
        if self.numbers is None or not is_definite(self.numbers):
            return True
        ranges = self.numbers.disjoint()
        if not self.uid:
            return sum(high - low + 1 for low, high in uids.disjoint()) <= sum(high - low + 1 for low, high in ranges)
        lows = [low for low, _ in ranges]
        at = ((bisect_right(lows, low) - 1, high) for low, high in uids.disjoint())
        return all(place >= 0 and high <= ranges[place][1] for place, high in at)


def copied(
    told: list[CopyUid], outcome: str, asked: Asked, *, within: bool
) -> tuple[SequenceSet, SequenceSet, int, str]:
    """Return the messages that COPYUID names, their copies, UIDVALIDITY of these, and why it cannot be so, or "".

    It may come several times, once for each part of a command (RFC 6851 section 4.3).  It can only name messages that
    were `asked` for.  If they were copied `within` a mailbox, a copy has a higher UID than any message that was there
    before (RFC 9051 section 2.3.1.1).
    """
    why = ""
    if not told:
        why = LOST if outcome == UNKNOWN else "the server did not say which UIDs the messages have there (COPYUID)"
    elif not all(is_definite(one.source) and is_definite(one.destination) for one in told):
        why = "COPYUID does not name messages"
    elif len({one.uidvalidity for one in told}) > 1:
        why = "the server named more than one UIDVALIDITY for the messages there (COPYUID)"
    elif sum(one.source.count() for one in told) > MOST:
        why = "COPYUID names more messages than there can be"
    elif any(len(one.source) != len(one.destination) or _repeats(one.source) or _repeats(one.destination)
             for one in told):  # fmt: skip
        why = "COPYUID does not name one copy for each message"
    elif not all(asked.holds(one.source) for one in told):
        why = "COPYUID names other messages than those that were to be copied"
    elif within and min(_bounds(told, "destination")) <= max(_bounds(told, "source")):
        why = "COPYUID gives copies the UIDs of messages that were there before"
    uidvalidity = told[0].uidvalidity if told else 0
    if why:
        return SequenceSet(), SequenceSet(), uidvalidity, why
    return joined([one.source for one in told]), joined([one.destination for one in told]), uidvalidity, ""


def _bounds(told: list[CopyUid], name: str) -> Iterator[int]:
    return (number for one in told for pair in getattr(one, name).bounds(0) for number in pair)


def _repeats(numbers: SequenceSet) -> bool:
    return len(numbers) != numbers.count()


def is_definite(numbers: SequenceSet) -> bool:
    """Return whether a set names messages, without `*` or `$`."""
    return bool(numbers.ranges) and not any(0 in pair for pair in numbers.ranges)


def joined(sets: list[SequenceSet]) -> SequenceSet:
    """Return the numbers of sets in their order, in as few octets as can be."""
    ranges = [pair for one in sets for pair in one.bounds(0)]
    if all(high < low for (_, high), (low, _) in pairwise(ranges)):
        return SequenceSet.rising(number for low, high in ranges for number in range(low, high + 1))
    return SequenceSet(tuple(ranges))


def appended(told: AppendUid | None, number: int, least: int = 0) -> str:
    """Return why an APPENDUID cannot be that of so many messages, or "" if it can.

    `least` is the lowest UID that a new message could have, as far as it is known.
    """
    if told is None or not is_definite(told.uids):
        return "the server did not say which UID it has (APPENDUID)"
    if told.uids.count() != number or _repeats(told.uids):
        return f"APPENDUID does not name one UID for each of {count(number, 'message')}"
    if min(low for low, _ in told.uids.bounds(0)) < least:
        return "APPENDUID names messages that were there before"
    return ""
