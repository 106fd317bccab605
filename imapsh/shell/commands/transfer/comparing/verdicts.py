"""Says which messages of two mailboxes are the same, which were changed, and which only one of them has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.commands.transfer.messages.identity import (
    OTHER,
    SAME,
    Content,
    Likeness,
    Mark,
    core,
    dates,
    flags,
    likeness,
)
from imapsh.shell.commands.transfer.messages.listing import Read
from imapsh.shell.commands.transfer.messages.pairing import Doubt
from imapsh.tuples import NamedTuple

_SIZE = "RFC822.SIZE stated wrongly"


class Pair(NamedTuple):
    """A message of either mailbox that are one message, and in what they differ, in words.

    `changes` are differences that count, and `harmless` those that any mail may get on its way.
    """

    ours: Mark
    theirs: Mark
    changes: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


class Unread(NamedTuple):
    """A message whose octets could not be read, on which side, and why, in words."""

    mark: Mark
    theirs: bool
    why: str


class Verdicts:
    """What became of the comparison of two mailboxes.

    `same` counts the messages that differ in nothing, `alike` holds those that differ in harmless ways alone, and
    `changed` the others that both mailboxes have.  `missing` are in ours alone, `extra` in theirs alone.  `untold` are
    the UIDs of ours and of theirs that their server did not describe.  `read` counts the pairs whose octets were
    compared, and `undecided` the messages in doubt that were not looked at, because of Ctrl-C.
    """

    def __init__(self) -> None:
        self.same = 0
        self.alike: list[Pair] = []
        self.changed: list[Pair] = []
        self.missing: list[Mark] = []
        self.extra: list[Mark] = []
        self.unread: list[Unread] = []
        self.untold: tuple[SequenceSet, SequenceSet] = SequenceSet(), SequenceSet()
        self.read = 0
        self.undecided = 0

    @property
    def differs(self) -> bool:
        """Return whether the mailboxes differ, or something could not be compared."""
        left = self.unread or self.undecided or any(self.untold)
        return bool(self.missing or self.extra or self.changed or left)

    @property
    def reasons(self) -> Counter[str]:
        """The harmless differences, with the number of messages that have each."""
        return Counter(reason for pair in (*self.alike, *self.changed) for reason in pair.harmless)

    def add(self, ours: Mark, theirs: Mark, octets: Likeness | None = None) -> None:
        """Add a message that both have; `octets` says how much its octets are alike if they were compared."""
        changes, harmless = _told(ours, theirs)
        if octets is not None:
            self.read += 1
            if octets.kind == OTHER:
                changes = (*changes, *octets.reasons)
            else:
                stated = (_SIZE,) if octets.kind == SAME and ours.size != theirs.size else ()
                harmless = (*harmless, *octets.reasons, *stated)
        if changes:
            self.changed.append(Pair(ours, theirs, changes, harmless))
        elif harmless:
            self.alike.append(Pair(ours, theirs, (), harmless))
        else:
            self.same += 1

    def decide(self, doubt: Doubt, ours: Read, theirs: Read) -> None:
        """Add messages in doubt, whose octets were read."""
        left, right = _held(doubt.ours, ours), _held(doubt.theirs, theirs)
        for key in (_whole, core):
            left, right = self._matched(left, right, key)
        gone, lost = _gone(doubt.ours, ours, False), _gone(doubt.theirs, theirs, True)
        self.unread += gone + lost
        if doubt.named:
            both = min(len(left), len(right))
            for (mark, one), (other, two) in zip(left[:both], right[:both], strict=True):
                self.add(mark, other, likeness(one, two))
            left, right = left[both + len(lost) :], right[both + len(gone) :]  # one that was not read may be the same
        self.missing += [mark for mark, _ in left]
        self.extra += [mark for mark, _ in right]

    def _matched(self, left: _Held, right: _Held, key: Callable[[Content], bytes]) -> tuple[_Held, _Held]:
        """Add the messages that are alike among those of the same key, and return the others."""
        there: dict[bytes, _Held] = defaultdict(list)
        for mark, octets in right:
            there[key(octets)].append((mark, octets))
        rest: _Held = []
        for mark, octets in left:
            found = there.get(key(octets), [])
            for place, (other, its) in enumerate(found[:_TRIED]):
                if (told := likeness(octets, its)).kind != OTHER:
                    self.add(mark, other, told)
                    del found[place]
                    break
            else:
                rest.append((mark, octets))
        return rest, sorted(one for held in there.values() for one in held)

    def sort(self) -> None:
        """Put everything in the order of the UIDs."""
        for rows in (self.alike, self.changed, self.missing, self.extra, self.unread):
            rows.sort()


_Held = list[tuple[Mark, Content]]
_TRIED = 50  # messages of the same body that one is held against


def _held(marks: Iterable[Mark], read: Read) -> _Held:
    return [(mark, read.contents[mark.uid]) for mark in marks if mark.uid in read.contents]


def _gone(marks: Iterable[Mark], read: Read, theirs: bool) -> list[Unread]:
    return [Unread(mark, theirs, read.unread[mark.uid]) for mark in marks if mark.uid in read.unread]


def _whole(content: Content) -> bytes:
    return content.whole


def _told(ours: Mark, theirs: Mark) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the differences in flags and date that count, and those that are harmless."""
    here, there = flags(ours, theirs)
    parts = ([f"{' '.join(here)} only here"] if here else []) + ([f"{' '.join(there)} only there"] if there else [])
    changes = (f"flags: {', '.join(parts)}",) if parts else ()
    date = dates(ours, theirs)
    if date.kind == OTHER:
        changes = (*changes, f"date: {ours.date.strip() or 'none'} here, {theirs.date.strip() or 'none'} there")
    return changes, date.reasons if date.kind != OTHER else ()
