"""The UID and mod-sequence of each message number, as far as they are known, and how numbers shift when messages go."""

from __future__ import annotations

from array import array

from imapsh.grammar.sequence import SequenceSet
from imapsh.tuples import NamedTuple

_MOST = 1 << 24  # messages whose UIDs are kept: 4 octets each
_LAST_UID = (1 << 32) - 1
_LAST_MODSEQ = (1 << 63) - 1
_FEW = 8  # ranges cut out one by one


class Shift(NamedTuple):
    """The message numbers that a VANISHED takes away: rising ranges, as they were before it.

    `sure` is False if a message of unknown number went: the ranges have the right count, but it may have been a
    neighbour with an unknown UID.  `told` is False if the UIDs that went were not all known before, so that only the
    server vouches for their count.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    sure: bool = True
    told: bool = True

    @property
    def total(self) -> int:
        """The number of messages that were removed."""
        return sum(last - first + 1 for first, last in self.ranges)


NOTHING = Shift()


class Numbering:
    """UIDs by message number.  UIDs rise with the numbers (RFC 9051 section 2.3.1.1), so the places are searched.

    `modseqs` are the mod-sequences by message number (RFC 7162), as far as they are known.
    """

    __slots__ = ("modseqs", "uids")

    def __init__(self) -> None:
        self.uids = array("I")  # 0 if unknown
        self.modseqs = array("Q")  # the same

    def uid_of(self, number: int) -> int | None:
        """Return the UID of a message number, or None if it is unknown."""
        return self.uids[number - 1] or None if 0 < number <= len(self.uids) else None

    def learn(self, number: int, uid: int, exists: int) -> None:
        """Keep the UID of a message; a number that cannot be a UID is left out."""
        uids = self.uids
        known = len(uids)
        if number == known + 1 and number <= exists and known < _MOST and 0 < uid <= _LAST_UID:
            uids.append(uid)  # the most frequent case: one after another
            return
        if not 0 < number <= min(max(exists, known), _MOST) or not 0 < uid <= _LAST_UID:
            return
        if known < number:
            uids.frombytes(bytes((number - known) * uids.itemsize))
        uids[number - 1] = uid

    def modseq_of(self, number: int) -> int | None:
        """Return the mod-sequence of a message number, or None if it is unknown."""
        return self.modseqs[number - 1] or None if 0 < number <= len(self.modseqs) else None

    def learn_modseq(self, number: int, modseq: int, exists: int) -> None:
        """Keep the mod-sequence of a message; a number that cannot be a mod-sequence is left out."""
        known = len(self.modseqs)
        if not 0 < number <= min(max(exists, known), _MOST) or not 0 < modseq <= _LAST_MODSEQ:
            return
        if known < number:
            self.modseqs.frombytes(bytes((number - known) * self.modseqs.itemsize))
        self.modseqs[number - 1] = modseq

    def expunge(self, number: int) -> None:
        """Take away one message."""
        for kept in (self.uids, self.modseqs):
            if 0 < number <= len(kept):
                del kept[number - 1]

    def vanish(self, vanished: SequenceSet, exists: int) -> Shift:
        """Take away the messages with these UIDs; `exists` is the number of messages.

        Each UID stands for a message that exists (RFC 7162 section 3.2.10.2).  One whose number is not known is looked
        for between the nearest known UIDs, and not counted if there is no room for it, so that no set, however large,
        takes away more than there is.  Works with ranges; no set is written out.
        """
        total = max(exists, len(self.uids))
        ranges: list[tuple[int, int]] = []
        at = 0  # numbers up to this one are done with
        sure = told = True
        for low, high in vanished.disjoint(_LAST_UID):
            first, last, exact, known = self._places(low, high, at, total)
            sure, told = sure and exact, told and known
            if first < last:
                ranges.append((first + 1, last))
                at = last
        self.uids = _cut(self.uids, ranges)
        self.modseqs = _cut(self.modseqs, ranges)
        return Shift(tuple(ranges), sure, told)

    def _places(self, low: int, high: int, at: int, total: int) -> tuple[int, int, bool, bool]:
        """Return the places, counted from 0, that belong to a range of UIDs.

        The booleans say whether the places are exact, and whether all of the UIDs were known.
        """
        before, begin = self._gap(low, total)
        end, after = self._gap(high + 1, total)
        before = max(before, at)
        if end <= begin or begin < at:  # no UID of the range is known: all of it is between two that stay
            room = max(0, begin - before)
            take = min(high - low + 1, room)
            return before, before + take, take in (0, room), take == 0
        ahead = min(self.uids[begin] - low, begin - before)
        behind = min(high - self.uids[end - 1], after - end)
        exact = ahead in (0, begin - before) and behind in (0, after - end)
        known = ahead == behind == 0 and 0 not in self.uids[begin:end]
        return begin - ahead, end + behind, exact, known

    def _gap(self, uid: int, total: int) -> tuple[int, int]:
        """Return the places up to the last known lower UID, and the place of the first known UID that is not lower.

        The latter is `total` if there is no such UID.
        """
        before, first = 0, total
        low, high = 0, len(self.uids)
        while low < high:
            middle = (low + high) // 2
            place = self._known(low, middle + 1)
            if place < 0:
                low = middle + 1
            elif self.uids[place] < uid:
                before, low = place + 1, middle + 1
            else:
                first = high = place
        return before, first

    def _known(self, start: int, stop: int) -> int:
        """Return the last place before `stop` whose UID is known, or -1 if there is none from `start` on."""
        if self.uids[stop - 1]:
            return stop - 1
        octets = self.uids[start:stop].tobytes().rstrip(b"\0")
        return start + (len(octets) - 1) // self.uids.itemsize if octets else -1


def _cut(numbers: array[int], ranges: list[tuple[int, int]]) -> array[int]:
    """Return what is left without these ranges of places, which count from 1; this takes one pass if they are many."""
    if len(ranges) <= _FEW:
        for first, last in reversed(ranges):
            del numbers[first - 1 : last]
        return numbers
    kept, at = array(numbers.typecode), 0
    for first, last in ranges:
        kept.extend(numbers[at : first - 1])
        at = last
    kept.extend(numbers[at:])
    return kept
