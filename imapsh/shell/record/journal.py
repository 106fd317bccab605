r"""The journal of a run: the changes that were made to mail and mailboxes, so that `\undo` can offer their reverse.

It is kept in memory and bounded: each entry is counted by the octets of its sets, and the oldest entries go first.
Messages that had the same flags share one set, so a hundred thousand of them take a few hundred octets if their UIDs
are neighbours, and four to eight octets each if they are not.

    journal.add(FLAGS, line, place, uids=..., flags=flagged("+", (r"\Seen",), listed))
    journal.add(COPIED, line, place, uids=sources, to=other, copies=copies)      the two sets correspond
    journal.add(APPENDED, line, place, uids=appended)
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from imapsh.grammar.sequence import Rising, SequenceSet
from imapsh.tuples import NamedTuple
from imapsh.wire.limits import DEFAULT

#: The kinds of changes.
FLAGS, COPIED, MOVED, APPENDED, REMOVED, EXPUNGED, CREATED, DELETED, RENAMED, SUBSCRIBED, UNSUBSCRIBED = (
    "flags", "copied", "moved", "appended", "removed", "expunged", "created", "deleted", "renamed", "subscribed",
    "unsubscribed",
)  # fmt: skip

DONE, PARTLY, UNKNOWN = "done", "partly", "unknown"  #: what is known of the outcome of a change

_NONE = SequenceSet()
_ENTRY = 500  # octets that an entry takes besides its sets and its line
_RANGE = 120  # octets of a range that is a tuple


class Place(NamedTuple):
    """A mailbox of one person on one server, as a connection of this name reached it.

    `uidvalidity` is 0 if it is not known.  With `mailbox` "" it is the account itself.
    """

    connection: str
    server: str
    user: str
    mailbox: str = ""
    uidvalidity: int = 0

    def is_same_account(self, other: Place) -> bool:
        """Return whether both are of the same person on the same server, whatever their connections are called."""
        return (self.server, self.user) == (other.server, other.user)

    def is_same_mailbox(self, other: Place) -> bool:
        """Return whether both are the same mailbox, in which UIDs mean the same messages."""
        return self.is_same_account(other) and (self.mailbox, self.uidvalidity) == (other.mailbox, other.uidvalidity)


class Flagged(NamedTuple):
    """The messages whose flags were alike before a change, and alike after it.

    `before` and `after` are the flags among those that the change touched; for a change that replaced all flags they
    are all flags but `\\Recent`, which nobody can store.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    uids: SequenceSet


class Entry(NamedTuple):
    r"""A change.

    `when` is the time in seconds since 1970.  `line` is the line that did it, without secrets.  `place` is the mailbox
    that it was done in, and `uids` its messages.  `flags` holds what was changed of them.  `modseq` is the highest
    mod-sequence of these messages after the change, None if the server did not say.  `to` is the mailbox that messages
    were copied or moved to, and `copies` their UIDs there, in the order of `uids`.  `name` is the new name of a mailbox
    that was renamed.  `outcome` is DONE, PARTLY (the server said NO, and may have done some of it) or UNKNOWN (the
    connection ended before the reply).  `why` says why there is no way back, "" if there may be one.  `undoes` is the
    number of the entry that this one took back, or 0.

    Copies that an undo removed are `uids` of `place`; `to` and `copies` are then the mailbox and the UIDs of what was
    copied, so that it can be copied again.
    """

    number: int
    when: float
    kind: str
    line: str
    place: Place
    uids: SequenceSet = _NONE
    flags: tuple[Flagged, ...] = ()
    modseq: int | None = None
    to: Place | None = None
    copies: SequenceSet = _NONE
    name: str = ""
    outcome: str = DONE
    why: str = ""
    undoes: int = 0

    @property
    def octets(self) -> int:
        """The octets of memory that it takes, roughly."""
        sets = (self.uids, self.copies, *(group.uids for group in self.flags))
        words = sum(len(flag) + 60 for group in self.flags for flag in (*group.before, *group.after))
        return _ENTRY + len(self.line) + words + sum(map(_octets, sets))


class Renumbered(NamedTuple):
    """Messages that the change `number` moved out of a place, and that are there again: UIDs then -> UIDs now."""

    number: int
    place: Place
    uidvalidity: int
    new: Mapping[int, int]

    def of(self, entry: Entry) -> Entry:
        """Return an entry with the UIDs that its messages have now."""
        if not self.new or self.number <= entry.number:
            return entry
        if entry.place.is_same_mailbox(self.place):
            groups = tuple(group._replace(uids=self._numbers(group.uids)) for group in entry.flags)
            place = entry.place._replace(uidvalidity=self.uidvalidity)
            entry = entry._replace(place=place, uids=self._numbers(entry.uids), flags=groups)
        if entry.to is not None and entry.to.is_same_mailbox(self.place):
            entry = entry._replace(copies=self._numbers(entry.copies))
        return entry

    def _numbers(self, uids: SequenceSet) -> SequenceSet:
        listed = [self.new.get(uid, uid) for uid in uids]
        return set_of(listed) if listed == sorted(listed) else SequenceSet.in_order(listed)


def current(entry: Entry, moved_back: Iterable[Renumbered]) -> Entry:
    """Return an entry with the UIDs that its messages have now, after some were moved away and brought back."""
    for renumbered in moved_back:
        entry = renumbered.of(entry)
    return entry


class Journal:
    """The changes of a run, the oldest first.

    `most` is the limit on the octets of memory that the entries take, 0 for none.  `dropped` counts the entries that
    were dropped because of it.  `clock` tells the time in seconds since 1970.  A journal that is not `on` keeps
    nothing.
    """

    def __init__(self, most: int = DEFAULT.journal, clock: Callable[[], float] = time.time, *, on: bool = True) -> None:
        self.most = most
        self.on = on
        self.dropped = 0
        self._clock = clock
        self._entries: deque[Entry] = deque()
        self._octets = 0
        self._number = 0
        self._over: set[int] = set()

    def add(
        self,
        kind: str,
        line: str,
        place: Place,
        *,
        uids: SequenceSet = _NONE,
        flags: Sequence[Flagged] = (),
        modseq: int | None = None,
        to: Place | None = None,
        copies: SequenceSet = _NONE,
        name: str = "",
        outcome: str = DONE,
        why: str = "",
        undoes: int = 0,
    ) -> Entry:
        """Add a change (`Entry` says what the arguments mean), and return its entry."""
        given = uids, tuple(flags), modseq, to, copies, name, outcome, why, undoes
        return self.append(Entry(0, 0.0, kind, line, place, *given))

    def append(self, entry: Entry) -> Entry:
        """Add an entry, and return it with its number and time.

        An entry that is larger than the limit by itself is kept without its messages, and with no way back.
        """
        if not self.on:
            return entry
        self._number += 1
        return self._keep(entry._replace(number=self._number, when=self._clock()))

    def join(self, earlier: Entry, later: Entry) -> Entry:
        """Add an entry to an earlier one of the same kind: what a line did that was sent in parts.  Return the whole.

        If the earlier one is not the latest of all any more, the later one becomes an entry of its own.
        """
        latest = self._entries[-1] if self._entries else None
        if latest is None or latest.number != earlier.number:
            return self.append(later)
        self._octets -= self._entries.pop().octets
        modseqs = (latest.modseq, later.modseq)
        return self._keep(
            latest._replace(
                uids=_together(latest.uids, later.uids),
                flags=latest.flags + later.flags,
                modseq=None if None in modseqs else max(filter(None, modseqs)),
                copies=_together(latest.copies, later.copies),
                outcome=later.outcome,
                why=latest.why or later.why,
            )
        )

    def _keep(self, entry: Entry) -> Entry:
        if self.most and entry.octets > self.most:
            why = f"its messages were more than the journal holds (--limit journal={self.most})"
            entry = entry._replace(line=entry.line[:_ENTRY], uids=_NONE, flags=(), copies=_NONE, modseq=None, why=why)
        self._entries.append(entry)
        self._octets += entry.octets
        while self.most and self._octets > self.most and len(self._entries) > 1:
            self._octets -= self._entries.popleft().octets
            self.dropped += 1
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def octets(self) -> int:
        """The octets of memory that the entries take, roughly."""
        return self._octets

    def entry(self, number: int) -> Entry | None:
        """Return the entry of this number, or None if there is none any more."""
        place = number - self._entries[0].number if self._entries else -1
        return self._entries[place] if 0 <= place < len(self._entries) else None

    def take_back(self, entry: Entry, since: int) -> Entry:
        """Have the entries after the number `since` be what took an entry back.  Return the latest of all entries."""
        for place, later in enumerate(self._entries):
            if later.number > since:
                self._entries[place] = later._replace(undoes=entry.number)
        return self._entries[-1]

    def undone(self) -> dict[int, int]:
        """Return the number of each entry that is taken back now, with the number of the entry that took it back."""
        taken: dict[int, int] = {}
        for entry in reversed(self._entries):
            if entry.undoes and entry.number not in taken:
                taken.setdefault(entry.undoes, entry.number)
        return taken

    def moved_back(self) -> list[Renumbered]:
        """Return the messages that a change moved away and an undo brought back, which have new UIDs since."""
        found: list[Renumbered] = []
        for back in self._entries:
            moved = self.entry(back.undoes) if back.kind == MOVED and back.undoes else None
            if moved is None or moved.kind != MOVED or back.to is None:
                continue
            by_copy = dict(zip(moved.copies, moved.uids, strict=False))
            new = {by_copy[uid]: copy for uid, copy in zip(back.uids, back.copies, strict=False) if uid in by_copy}
            found.append(Renumbered(moved.number, moved.place, back.to.uidvalidity, new))
        return found

    def pass_over(self, entry: Entry) -> None:
        r"""Have `latest` pass over a change of which nothing is left to take back."""
        self._over.add(entry.number)

    def latest(self) -> Entry | None:
        r"""Return the entry that `\undo` is about if it is told none: the latest change that is not taken back.

        An entry that took another back is passed over, so that `\undo` again goes further back.  One that took such an
        entry back is a change again.  Entries without a way back count.
        """
        undone = self.undone()
        depth: dict[int, int] = {}
        for entry in self._entries:
            depth[entry.number] = depth.get(entry.undoes, 0) + 1 if entry.undoes else 0
        due = (entry for entry in reversed(self._entries) if entry.number not in undone)
        return next((one for one in due if depth[one.number] % 2 == 0 and one.number not in self._over), None)


# -- flags


def flagged(sign: str, flags: Sequence[str], listed: Iterable[tuple[int, Iterable[str]]]) -> tuple[Flagged, ...]:
    r"""Return what a STORE changes of messages, which are listed as UIDs with the flags before it.

    `sign` is "+" to add the flags, "-" to take them off, and "" to put them in place of all others.  Messages that the
    STORE leaves as they are, are left out.  Flags are compared without regard to case, and `\Recent` is passed over.
    """
    stored = _plain(flags)
    after = () if sign == "-" else tuple(stored.values())
    groups: dict[tuple[str, ...], tuple[tuple[str, ...], array[int]]] = {}
    for uid, had in listed:
        has = _plain(had)
        touched = has if not sign else {flag: stored[flag] for flag in stored if flag in has}
        key = tuple(sorted(touched))
        if key not in groups:
            groups[key] = tuple(touched.values()), array("I")
        groups[key][1].append(uid)
    unchanged = tuple(sorted(_plain(after)))
    return tuple(Flagged(before, after, set_of(uids)) for key, (before, uids) in groups.items() if key != unchanged)


def reversed_flags(flags: Iterable[Flagged]) -> tuple[Flagged, ...]:
    """Return what is changed by taking a change back."""
    return tuple(Flagged(group.after, group.before, group.uids) for group in flags)


def set_of(uids: Iterable[int]) -> SequenceSet:
    """Return the shortest set of these UIDs, which may come in any order; there is no limit on their number."""
    return SequenceSet.rising(array("I", sorted(set(uids))))


def _together(one: SequenceSet, other: SequenceSet) -> SequenceSet:
    return SequenceSet((*one.ranges, *other.ranges)) if other else one


def _plain(flags: Iterable[str]) -> dict[str, str]:
    r"""Return the flags by their names in lower case, without `\Recent`."""
    return {low: flag for flag in flags if (low := flag.lower()) != "\\recent"}


def _octets(numbers: SequenceSet) -> int:
    ranges = numbers.ranges
    if isinstance(ranges, Rising):
        return len(ranges) * (4 if ranges.lows is ranges.highs else 8)
    return len(ranges) * _RANGE
