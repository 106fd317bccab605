"""Sequence sets: message numbers or UIDs, with ranges and `*` (RFC 9051 section 9, sequence-set)."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import accumulate, chain, compress, islice, pairwise, repeat
from operator import ne, sub

from imapsh.errors import UsageError, shown
from imapsh.hints import Final, overload
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

STAR = 0  #: stands for `*`, the largest number in use; no message has the number 0

LARGEST = 0xFFFFFFFF  #: the largest message number and UID (RFC 9051 section 9, nz-number)

LINE = 8000
"""Octets of a command line that any server has to take (RFC 7162 section 4); it may refuse a longer one."""

MOST = 1 << 22
"""The most numbers that a set yields one by one, and takes from an iterator.  Its ranges may hold more."""

#: sequence-set = (seq-number / seq-range) ["," sequence-set]; seq-number = nz-number / "*"
PATTERN = lazy(r"(?:[1-9]\d*|\*)(?::(?:[1-9]\d*|\*))?(?:,(?:[1-9]\d*|\*)(?::(?:[1-9]\d*|\*))?)*+")

_Ranges = Sequence[tuple[int, int]]


class Rising(Sequence[tuple[int, int]]):
    """Ranges that rise and neither overlap nor touch, and have no `*`: four or eight octets each, not a hundred."""

    __slots__ = ("highs", "lows")

    def __init__(self, numbers: Iterable[int]) -> None:
        """Take rising numbers, each once.  Raises UsageError for anything but those from 1 to 4294967295."""
        if isinstance(numbers, array) and (ends := _ends(numbers)) is not None:
            self.lows, self.highs = ends
            return
        self.lows = lows = array("I")
        self.highs = highs = array("I")
        last = -1
        for number in numbers:
            if number == last + 1:
                highs[-1] = last = _number(number)
            else:
                last = _number(number)
                lows.append(last)
                highs.append(last)
        if lows == highs:
            self.highs = lows

    def __len__(self) -> int:
        return len(self.lows)

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[int, int], ...]: ...

    def __getitem__(self, index: int | slice) -> tuple[int, int] | tuple[tuple[int, int], ...]:
        if isinstance(index, slice):
            return tuple(zip(self.lows[index], self.highs[index], strict=True))
        return self.lows[index], self.highs[index]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.lows, self.highs, strict=True)

    def parts(self) -> _Parts:
        """Return what look-ups need, which shares the octets."""
        lows, highs = self.lows, self.highs
        ends: Sequence[int] = range(1, len(lows) + 1)
        if lows is not highs:
            ends = array("Q", accumulate(high - low + 1 for low, high in self))
        return _Parts(self, ends, lows, highs, ())


class _Parts(NamedTuple):
    """The ranges without `*`, prepared for look-ups.

    `pairs` are disjoint and in the order written.  `ends` tells for each of them how many numbers there are up to its
    end.  `lows` and `highs` are the ends of the same numbers as merged ranges in rising order.  `open` holds the ranges
    with `*`, each once, with `*` as the second end.
    """

    pairs: _Ranges
    ends: Sequence[int]
    lows: Sequence[int]
    highs: Sequence[int]
    open: _Ranges


class SequenceSet:
    """A set of message numbers or of UIDs, kept as ranges.  It does not change.

    It has a length, `in`, iteration, and an order for `[3]` and `[:100]`.  It is false if it is empty.  The order is
    the one written, so that COPYUID's two sets correspond; each number counts once.  Sets of the same numbers are equal
    whatever their order.  `1:4294967295` is not expanded: iterating over more than MOST numbers raises UsageError, but
    slices take such a set in blocks.

    `ranges` are pairs as written, in which STAR stands for `*`.  `saved` is true for `$`, the saved search result (RFC
    5182).  Only the server knows what `*` and `$` stand for, so a set with one of them is true, and asking for its
    length or its numbers raises UsageError.  `bounds`, `numbers`, `count` and `contains` take the number that `*`
    stands for.
    """

    __slots__ = ("_known", "ranges", "saved")

    def __init__(self, ranges: _Ranges = (), saved: bool = False) -> None:
        self.ranges: Final = ranges
        self.saved: Final = saved
        self._known: _Parts | None = None

    @classmethod
    def parse(cls, text: str) -> SequenceSet:
        """Return the set that `text` describes.

        Raises ValueError if `text` is not a sequence set, or if a number is beyond 32 bits.
        """
        if text == "$":
            return cls((), True)
        if not PATTERN.fullmatch(text):
            raise ValueError(f"{shown(text)} is not a sequence set")
        ranges = tuple(_range(item) for item in text.split(","))
        if any(end > LARGEST for pair in ranges for end in pair):
            raise ValueError(f"{shown(text)} holds a number beyond 32 bits")
        return cls(ranges)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> SequenceSet:
        """Return the shortest set of these numbers, in rising order.  A range is not expanded.

        Raises UsageError for anything but whole numbers from 1 to 4294967295, and for an iterator that yields more than
        MOST of them.
        """
        if isinstance(numbers, SequenceSet):
            return numbers.sorted()
        if isinstance(numbers, range) and abs(numbers.step) == 1:
            rising = numbers if numbers.step == 1 else numbers[::-1]
            return cls(((_number(rising[0]), _number(rising[-1])),) if rising else ())
        return cls.rising(array("I", sorted(set(_listed(numbers)))))

    @classmethod
    def rising(cls, numbers: Iterable[int]) -> SequenceSet:
        """Return the shortest set of numbers that rise and come once each; it takes four to eight octets for each."""
        return cls(Rising(numbers))

    @classmethod
    def in_order(cls, numbers: Iterable[int]) -> SequenceSet:
        """Return the shortest set that names these numbers in this order.  Numbers that rise by one become a range.

        Raises UsageError for anything but whole numbers from 1 to 4294967295.
        """
        ranges: list[tuple[int, int]] = []
        for number in numbers:
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1] = (ranges[-1][0], _number(number))
            else:
                ranges.append((_number(number), number))
        return cls(tuple(ranges))

    # -- as text

    def __str__(self) -> str:
        if self.saved:
            return "$"
        if len(self.ranges) == 1:  # as most commands have it
            low, high = self.ranges[0]
            if low == high:
                return str(low) if low != STAR else "*"
            return f"{_name(low)}:{_name(high)}"
        return ",".join(_name(low) if low == high else f"{_name(low)}:{_name(high)}" for low, high in self.ranges)

    def __repr__(self) -> str:
        return f"SequenceSet.parse({str(self)!r})" if self else "SequenceSet()"

    # -- as a set

    def __bool__(self) -> bool:
        return bool(self.ranges) or self.saved

    def __len__(self) -> int:
        """Return how many numbers the set holds.  Raises UsageError for a set with `*` or `$`."""
        ends = self._definite("length").ends
        return ends[-1] if ends else 0

    def __iter__(self) -> Iterator[int]:
        """Return an iterator over the numbers, in the order written, each once.

        Raises UsageError for a set with `*` or `$`, and for one of more than MOST numbers.
        """
        pairs = self._definite("numbers").pairs
        if (count := len(self)) > MOST:
            raise UsageError(
                f"{count:,} numbers are too many to iterate over: slice the set into blocks, such as [:1000]"
            )
        return (number for low, high in pairs for number in range(low, high + 1))

    def __contains__(self, number: object) -> bool:
        """Return whether the number is in the set.

        Raises UsageError if only the server knows: the set has `*` or `$`, and no range without `*` holds the number.
        """
        if not isinstance(number, int):
            return False
        if len(self.ranges) == 1 and STAR not in self.ranges[0]:
            low, high = self.ranges[0]
            return low <= number <= high or high <= number <= low
        parts = self._parts()
        at = bisect_left(parts.highs, number)
        if at < len(parts.lows) and parts.lows[at] <= number:
            return True
        return not self._definite("numbers")

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> SequenceSet: ...

    def __getitem__(self, index: int | slice) -> int | SequenceSet:
        """Return the number at a place, or the set of those in a slice.

        Raises UsageError for a set with `*` or `$`, and for steps; IndexError for a place that is out of range.
        """
        parts, count = self._definite("order"), len(self)
        if not isinstance(index, slice):
            at = index + count if index < 0 else index
            if not 0 <= at < count:
                raise IndexError(f"index {index} is out of range: the set holds {count} numbers")
            return _cut(parts, at, at + 1)[0][0]
        start, stop, step = index.indices(count)
        if step != 1:
            raise UsageError("a set cannot be sliced with a step")
        return SequenceSet(_cut(parts, start, stop))

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, SequenceSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def sorted(self) -> SequenceSet:
        """Return the same numbers in rising order, in as few ranges as possible.  Ranges with `*` come last."""
        if isinstance(self.ranges, Rising):
            return self
        parts = self._parts()
        return SequenceSet((*zip(parts.lows, parts.highs, strict=True), *self._open()), self.saved)

    def pieces(self, octets: int) -> Iterator[SequenceSet]:
        """Yield the set in parts, in the order written, each of at most so many octets of text, or of one range."""
        part: list[tuple[int, int]] = []
        used = 0
        for pair in self.ranges:
            size = len(str(SequenceSet((pair,)))) + 1
            if part and used + size > octets + 1:
                yield SequenceSet(tuple(part))
                part, used = [], 0
            part.append(pair)
            used += size
        if part or self.saved:
            yield SequenceSet(tuple(part), self.saved)

    # -- with the number that `*` stands for

    def bounds(self, largest: int) -> Iterator[tuple[int, int]]:
        """Yield the ranges as (low, high), lower end first, in the order written.  `*` counts as `largest`."""
        for low, high in self.ranges:
            first, last = low or largest, high or largest
            yield (first, last) if first <= last else (last, first)

    def disjoint(self, largest: int = 0) -> list[tuple[int, int]]:
        """Return the same numbers as rising ranges that neither overlap nor touch.  `*` counts as `largest`."""
        return _merged(self.bounds(largest))

    def contains(self, number: int, largest: int) -> bool:
        """Return whether `number` is in the set if the largest number in use is `largest`."""
        return any(low <= number <= high for low, high in self.bounds(largest))

    def numbers(self, largest: int) -> Iterator[int]:
        """Yield every number of the set, in the order written, including repeats.  `*` counts as `largest`."""
        for low, high in self.bounds(largest):
            yield from range(low, high + 1)

    def count(self, largest: int = 0) -> int:
        """Return how many numbers the ranges hold.  Overlaps are counted twice, and `*` counts as `largest`."""
        return _count(self.bounds(largest))

    # -- how it is kept

    def _open(self) -> _Ranges:
        return self._parts().open

    def _parts(self) -> _Parts:
        if self._known is None:
            self._known = self.ranges.parts() if isinstance(self.ranges, Rising) else _looked_up(self.ranges)
        return self._known

    def _definite(self, what: str) -> _Parts:
        if self.saved or self._open():
            sign = "$" if self.saved else "*"
            raise UsageError(f"the {what} of the set {shown(self)}: only the server knows what {sign} means")
        return self._parts()

    def _key(self) -> object:
        parts = self._parts()
        return self.saved, tuple(parts.lows), tuple(parts.highs), self._open()


def is_count(number: object, least: int) -> bool:
    """Return whether it is a whole number from `least`, which IMAP can write (RFC 9051 section 9, number64)."""
    return isinstance(number, int) and not isinstance(number, bool) and least <= number < 1 << 63


def _merged(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same numbers as rising ranges that neither overlap nor touch."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _looked_up(ranges: _Ranges) -> _Parts:
    pairs = [(min(pair), max(pair)) for pair in ranges if STAR not in pair]
    opened = tuple(sorted({(max(pair), STAR) for pair in ranges if STAR in pair}))
    merged = _merged(pairs)
    once = _count(pairs) == _count(merged)
    parts = pairs if once else _firsts(pairs)
    ends = list(accumulate(high - low + 1 for low, high in parts))
    return _Parts(tuple(parts), ends, [low for low, _ in merged], [high for _, high in merged], opened)


def _count(pairs: Iterable[tuple[int, int]]) -> int:
    return sum(high - low + 1 for low, high in pairs)


def _firsts(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the part of each range that no earlier range holds, in the order written.

    All numbers between two such places where ranges begin or end belong to the first of the ranges open there.
    """
    owned: list[list[tuple[int, int]]] = [[] for _ in pairs]
    begins = sorted(range(len(pairs)), key=lambda place: pairs[place], reverse=True)
    marks = sorted({mark for low, high in pairs for mark in (low, high + 1)})
    opened: list[int] = []  # a heap of the places of the ranges that begin here or earlier
    for mark, following in pairwise(marks):
        while begins and pairs[begins[-1]][0] <= mark:
            heappush(opened, begins.pop())
        while opened and pairs[opened[0]][1] < mark:
            heappop(opened)
        if opened:
            mine = owned[opened[0]]
            start = mine.pop()[0] if mine and mine[-1][1] == mark - 1 else mark
            mine.append((start, following - 1))
    return [part for mine in owned for part in mine]


def _cut(parts: _Parts, start: int, stop: int) -> _Ranges:
    """Return the ranges of the numbers from the place `start` to before the place `stop`."""
    kept: list[tuple[int, int]] = []
    at = bisect_right(parts.ends, start)
    while start < stop:
        end = parts.ends[at]
        begin = parts.pairs[at][1] + 1 - (end - start)
        kept.append((begin, begin + min(stop, end) - start - 1))
        start, at = end, at + 1
    return tuple(kept)


def _listed(numbers: Iterable[int]) -> list[int]:
    if isinstance(numbers, str | bytes | bytearray | memoryview):
        raise UsageError(f"{shown(numbers)} is text: give numbers, or a set made by SequenceSet.parse")
    held = isinstance(numbers, list | tuple | set | frozenset)  # these are in memory already
    listed = list(numbers if held else islice(numbers, MOST + 1))
    if len(listed) > MOST and not held:
        raise UsageError(f"more than {MOST:,} numbers: give a range instead, such as range(1, 5000001) or '1:5000000'")
    if set(map(type, listed)) <= {int} and listed and min(listed) > 0 and max(listed) <= LARGEST:
        return listed
    return [_number(number) for number in listed]


def _ends(numbers: array[int]) -> tuple[array[int], array[int]] | None:
    """Return the first and the last number of each range of rising numbers, all at once; None if they do not rise."""
    if numbers.typecode != "I" or not numbers or not numbers[0]:
        return None
    try:
        steps = array("I", map(sub, islice(numbers, 1, None), numbers))
    except OverflowError:  # a negative step
        return None
    least = min(steps, default=2)
    if least > 1:
        return (alone := numbers[:]), alone
    if not least:
        return None
    gaps = bytes(map(ne, steps, repeat(1)))
    lows = array("I", compress(numbers, chain((1,), gaps)))
    return lows, array("I", compress(numbers, chain(gaps, (1,))))


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST:
        raise UsageError(f"{shown(value)} is not a message number or UID: these run from 1 to {LARGEST}")
    return int(value)


def _range(item: str) -> tuple[int, int]:
    low, _, high = item.partition(":")
    first = STAR if low == "*" else int(low)
    return first, (first if not high else STAR if high == "*" else int(high))


def _name(number: int) -> str:
    return "*" if number == STAR else str(number)
