"""Pairs the messages of two mailboxes that are the same, as far as their listings tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from imapsh.grammar.values import DateTime
from imapsh.hints import Any
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.tuples import NamedTuple

_Marks = list[Mark]
_Form = tuple[int, bytes]


class Doubt(NamedTuple):
    """Messages of two mailboxes that may be the same; only their octets can tell which.

    `named` is true if both sides have the same Message-ID, or the same fields.  Two of them that do not have the same
    octets are then one message that was changed.
    """

    ours: list[Mark]
    theirs: list[Mark]
    named: bool


class Pairing(NamedTuple):
    """The messages of two mailboxes: those that are the same, those in doubt, and those that only one of them has."""

    pairs: list[tuple[Mark, Mark]]
    doubts: list[Doubt]
    ours: list[Mark]
    theirs: list[Mark]


def paired(ours: Sequence[Mark], theirs: Sequence[Mark]) -> Pairing:
    """Pair messages of the same key, fields and size, those of the same date first.

    In doubt are messages of the same key whose fields or sizes differ, those that only their octets identify, and those
    that have a Message-ID on one side alone and agree in the other fields.  If the two sides are exchanged, they are
    exchanged in the result, and nothing else changes.
    """
    found = Pairing([], [], [], [])
    here, there = _grouped(ours, _key), _grouped(theirs, _key)
    lone = Doubt([], [], False)
    for key in sorted(here.keys() | there.keys()):
        left, right = _matched(here.get(key, []), there.get(key, []), found.pairs)
        if left and right:
            found.doubts.append(Doubt(left, right, key != b"?"))
        else:
            lone.ours.extend(left)
            lone.theirs.extend(right)
    _without_id(lone, found)
    for marks in (found.pairs, found.ours, found.theirs):
        marks.sort()
    return found


def _form(mark: Mark) -> _Form:
    """Return what two messages of the same key must share if they are to be the same without a look at their octets."""
    return mark.size, mark.fields


def _key(mark: Mark) -> bytes:
    return mark.key


def _moment(mark: Mark) -> Any:
    return _form(mark), DateTime(mark.date).datetime


def _grouped(marks: Iterable[Mark], by: Callable[[Mark], Any]) -> dict[Any, _Marks]:
    found: dict[Any, _Marks] = defaultdict(list)
    for mark in marks:
        found[by(mark)].append(mark)
    return found


def _matched(left: _Marks, right: _Marks, pairs: list[tuple[Mark, Mark]]) -> tuple[_Marks, _Marks]:
    """Pair the messages of one key that are surely the same, and return those that are left."""
    if len(left) == len(right) == 1 and _form(left[0]) == _form(right[0]) and not left[0].weak:
        pairs.append((left[0], right[0]))
        return [], []
    for same in (_moment, _form):
        if not left or not right or left[0].key == b"?":
            break
        here, there = _grouped(left, same), _grouped(right, same)
        for value in here.keys() & there.keys():
            if here[value][0].weak:
                continue
            few = min(len(here[value]), len(there[value]))
            pairs.extend(zip(here[value], there[value], strict=False))
            here[value], there[value] = here[value][few:], there[value][few:]
        left, right = ([mark for marks in each.values() for mark in marks] for each in (here, there))
    return left, right


def _without_id(lone: Doubt, found: Pairing) -> None:
    """Put messages in doubt that agree in their fields while only one of them has a Message-ID."""
    left, right = (_grouped(marks, lambda mark: (mark.fields, mark.key != mark.fields)) for marks in lone[:2])
    for (fields, named), ours in left.items():
        theirs = right.pop((fields, not named), None) if fields != b"?" else None
        if theirs:
            found.doubts.append(Doubt(ours, theirs, False))
        else:
            found.ours.extend(ours)
    found.theirs.extend(mark for marks in right.values() for mark in marks)
