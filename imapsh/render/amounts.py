"""Counts, octets and times in words."""

from __future__ import annotations

from imapsh.errors import plural

LAST = r"\last wire"  #: what shows all of a long reply at the prompt


class Lines(int):
    """A number of lines that are shown of something long; `way` is what shows all."""

    way: str

    def __new__(cls, lines: int, way: str) -> Lines:
        """Make it."""
        made = super().__new__(cls, lines)
        made.way = way
        return made


def all_shown(lines: int | None) -> str:
    """Return how to see all if only so many lines are shown."""
    return f"{lines.way if isinstance(lines, Lines) else LAST} shows all"


_UNITS = ("octets", "kB", "MB", "GB", "TB", "PB", "EB")


def count(number: int, one: str, many: str = "") -> str:
    """Return a count in words: `1 message`, `2,000 messages`."""
    return f"{number:,} {plural(number, one, many)}"


def size(octets: float) -> str:
    """Return a size in words: `840 octets`, `12.3 MB` (powers of 1000)."""
    unit = unit_of(octets)
    return f"{in_unit(octets, unit)} {_UNITS[unit]}"


def unit_of(octets: float) -> int:
    """Return the unit in which this many octets are a number from 1 to 999.9."""
    unit = 0
    while octets >= 999.95 and unit < len(_UNITS) - 1:
        octets /= 1000
        unit += 1
    return unit


def in_unit(octets: float, unit: int) -> str:
    """Return octets as a number of a unit."""
    return f"{octets / 1000**unit:.1f}" if unit else f"{octets:.0f}"


def duration(seconds: float) -> str:
    """Return in words how long something took: `0.07 ms`, `0.4 ms`, `12 ms`, `3.4 s`."""
    if seconds < 0.0001:
        return f"{seconds * 1000:.2f} ms"
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def span(seconds: float) -> str:
    """Return in words how long something will take: `6 s`, `2:05 min`, `3:10 h`."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"
