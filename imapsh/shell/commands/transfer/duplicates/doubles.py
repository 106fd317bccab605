"""Finds messages of one mailbox that are the same to the octet, and says which of them to keep."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from imapsh.grammar.atoms import FLAG
from imapsh.shell.commands.transfer.messages.identity import ALIKE, Content, Likeness, Mark, is_deleted, likeness
from imapsh.tuples import NamedTuple

_FLAG = re.compile(FLAG)
_NEVER = ("\\deleted", "\\recent")


class Double(NamedTuple):
    r"""Messages of the same octets: `kept` stays, and `others` may go.

    `flags` are those that only others have, so that `kept` needs them if these go.  \Deleted is not among them.
    """

    kept: Mark
    others: list[Mark]
    flags: tuple[str, ...]


class Namesakes(NamedTuple):
    """Messages of the same Message-ID and other octets: the first of each kind, and how much each is like the first."""

    marks: list[Mark]
    likeness: list[Likeness]

    @property
    def harmless(self) -> bool:
        """Return whether they differ only by what happens to mail on its way."""
        return all(one.kind == ALIKE for one in self.likeness)


class Found:
    """What was found in a mailbox.  `left` counts the messages that were not looked at, because of Ctrl-C."""

    def __init__(self) -> None:
        self.messages = 0
        self.doubles: list[Double] = []
        self.namesakes: list[Namesakes] = []
        self.unread: dict[int, str] = {}
        self.left = 0

    @property
    def others(self) -> list[Mark]:
        """The messages that may go."""
        return sorted(mark for one in self.doubles for mark in one.others)


def suspects(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Return groups of messages that may be the same to the octet, or have the same Message-ID.

    Messages without a Message-ID are together only if they have the same size, too.
    """
    found: dict[tuple[bytes, int], list[Mark]] = defaultdict(list)
    for mark in marks:
        found[mark.key, -1 if mark.key.startswith(b"i") else mark.size].append(mark)
    return [group for group in found.values() if len(group) > 1]


def judged(group: Iterable[Mark], contents: dict[int, Content]) -> tuple[list[Double], Namesakes | None]:
    """Return which messages of a group are the same, and those that only share the Message-ID.

    Messages without a content could not be read; they count as neither.
    """
    same: dict[tuple[int, bytes], list[Mark]] = defaultdict(list)
    for mark in sorted(group):
        if (octets := contents.get(mark.uid)) is not None:
            same[octets.octets, octets.whole].append(mark)
    doubles = [double(marks) for marks in same.values() if len(marks) > 1]
    firsts = [marks[0] for marks in same.values()]
    if len(firsts) < 2 or not firsts[0].key.startswith(b"i"):
        return doubles, None
    first = contents[firsts[0].uid]
    return doubles, Namesakes(firsts, [likeness(first, contents[mark.uid]) for mark in firsts[1:]])


def double(marks: Sequence[Mark]) -> Double:
    r"""Return which of messages of the same octets stays: the one of the lowest UID, but one without \Deleted first."""
    ordered = sorted(marks, key=lambda mark: (is_deleted(mark.flags), mark.uid))
    kept, others = ordered[0], sorted(ordered[1:])
    there = {flag.lower() for flag in kept.flags}
    wanted = {
        flag.lower(): flag
        for mark in others
        if not is_deleted(mark.flags)
        for flag in mark.flags
        if flag.isascii() and _FLAG.fullmatch(flag) and flag.lower() not in there and flag.lower() not in _NEVER
    }
    return Double(kept, others, tuple(wanted[name] for name in sorted(wanted)))
