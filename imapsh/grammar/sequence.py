"""Sequence sets: message numbers or UIDs, with ranges and `*` (RFC 9051 section 9, sequence-set)."""

# Annotations stand evaluated here: NamedTuple compiles each that is a string, and a start makes many classes.

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from imapsh.patterns import lazy

STAR = 0  #: `*`, the largest number in use; no message has the number 0

#: sequence-set = (seq-number / seq-range) ["," sequence-set]; seq-number = nz-number / "*"
PATTERN = lazy(r"(?:[1-9]\d*|\*)(?::(?:[1-9]\d*|\*))?(?:,(?:[1-9]\d*|\*)(?::(?:[1-9]\d*|\*))?)*")


class SequenceSet(NamedTuple):
    """`ranges` are pairs as written, an end of STAR meaning `*`; `saved` is `$`, the saved search result (RFC 5182)."""

    ranges: tuple[tuple[int, int], ...] = ()
    saved: bool = False

    @classmethod
    def parse(cls, text: str) -> "SequenceSet":
        """Raises ValueError where `text` is no sequence set or a number is beyond 32 bits."""
        if text == "$":
            return cls((), True)
        if not PATTERN.fullmatch(text):
            raise ValueError(f"{text!r} is not a sequence set")
        ranges = tuple(_range(item) for item in text.split(","))
        if any(end > 0xFFFFFFFF for pair in ranges for end in pair):
            raise ValueError(f"{text!r} holds a number beyond 32 bits")
        return cls(ranges)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> "SequenceSet":
        """The shortest set of these numbers, in rising order."""
        ranges: list[tuple[int, int]] = []
        for number in sorted(set(numbers)):
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1] = (ranges[-1][0], number)
            else:
                ranges.append((number, number))
        return cls(tuple(ranges))

    def __str__(self) -> str:
        if self.saved:
            return "$"
        return ",".join(_name(low) if low == high else f"{_name(low)}:{_name(high)}" for low, high in self.ranges)

    def bounds(self, largest: int) -> Iterator[tuple[int, int]]:
        """The ranges as (low, high) with `*` put as `largest`, each in rising order, in the order written."""
        for low, high in self.ranges:
            first, last = low or largest, high or largest
            yield (first, last) if first <= last else (last, first)

    def disjoint(self, largest: int = 0) -> list[tuple[int, int]]:
        """The same numbers as rising ranges that neither overlap nor touch, `*` put as `largest`."""
        merged: list[tuple[int, int]] = []
        for low, high in sorted(self.bounds(largest)):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return merged

    def contains(self, number: int, largest: int) -> bool:
        """Whether `number` is in the set when the largest number in use is `largest`."""
        return any(low <= number <= high for low, high in self.bounds(largest))

    def numbers(self, largest: int) -> Iterator[int]:
        """Every number of the set, in the order written, repeats included."""
        for low, high in self.bounds(largest):
            yield from range(low, high + 1)

    def count(self, largest: int = 0) -> int:
        """How many numbers the ranges span, overlaps counted twice."""
        return sum(high - low + 1 for low, high in self.bounds(largest))


def _range(item: str) -> tuple[int, int]:
    low, _, high = item.partition(":")
    first = STAR if low == "*" else int(low)
    return first, (first if not high else STAR if high == "*" else int(high))


def _name(number: int) -> str:
    return "*" if number == STAR else str(number)
