"""The result of `expunge`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, overload

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Expunged, Vanished
from imapsh.session.events import Received


class Removed(Sequence[int]):
    """The messages that are gone, in the order of the server: a sequence of numbers that is equal to their tuple.

    `uid` says what the numbers are.  False: message numbers, each counted after those before it are gone (RFC 9051
    section 7.5.1).  True: UIDs, because a server sends only UIDs once QRESYNC is enabled (RFC 7162 section 3.2.10).
    Ranges are not written out, however many numbers they hold; `set` is the whole as a SequenceSet.
    """

    __slots__ = ("_ranges", "uid")

    def __init__(self, ranges: Iterable[tuple[int, int]] = (), *, uid: bool = False) -> None:
        self._ranges = tuple(ranges)
        self.uid = uid

    @property
    def set(self) -> SequenceSet:
        """The same numbers, in the order of the server."""
        return SequenceSet(self._ranges)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges)

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(range(first, last + 1) for first, last in self._ranges)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and any(first <= number <= last for first, last in self._ranges)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        for first, last in self._ranges:
            if 0 <= place <= last - first:
                return first + place
            place -= last - first + 1
        raise IndexError(index)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Removed):
            return self.uid == other.uid and self._ranges == other._ranges
        if not isinstance(other, tuple | list):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__: Any = None  # equal to a list too

    def __repr__(self) -> str:
        return f"<Removed {'UID ' if self.uid else ''}{self.set}>"


def told_gone(event: Received) -> Expunged | Vanished | None:
    """Return the value of an EXPUNGE, or of a VANISHED without EARLIER; None for any other response."""
    value = event.response.value
    if isinstance(value, Expunged) or (isinstance(value, Vanished) and not value.earlier):
        return value
    return None


def removed(events: Iterable[Received]) -> Removed:
    """Return what these responses removed.  If one of them says UIDs, so do the others, as far as theirs are known."""
    told = [(value, event.uid) for event in events if (value := told_gone(event)) is not None]
    if not any(isinstance(value, Vanished) for value, _ in told):
        return Removed((value.seq, value.seq) for value, _ in told if isinstance(value, Expunged))
    ranges: list[tuple[int, int]] = []
    for value, uid in told:
        if isinstance(value, Vanished):
            ranges += value.uids.disjoint()
        elif uid is not None:
            ranges.append((uid, uid))
    return Removed(ranges, uid=True)
