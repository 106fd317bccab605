"""Measures how near what is typed comes to a name."""

from __future__ import annotations

from collections.abc import Iterable

BEGINS, HOLDS, SCATTERED = range(3)
"""The name begins with what is typed; holds it; holds its characters in order, from its own first on."""

_HOLDS_FROM = 2  # characters below which only a beginning counts: one letter stands in nearly every name
_SCATTERED_FROM = 3


def closeness(name: str, typed: str) -> int | None:
    """Return BEGINS, HOLDS, SCATTERED, or None.  Both texts must be folded to one case."""
    if name.startswith(typed):
        return BEGINS
    if len(typed) < _HOLDS_FROM:
        return None
    if typed in name:
        return HOLDS
    if len(typed) < _SCATTERED_FROM or not name or name[0] != typed[0]:
        return None
    at = 0
    for character in typed:
        at = name.find(character, at) + 1
        if not at:
            return None
    return SCATTERED


def nearest(names: Iterable[str], typed: str) -> int | None:
    """Return the best closeness among several names of one thing, in any case."""
    folded = typed.casefold()
    found = [near for name in names if (near := closeness(name.casefold(), folded)) is not None]
    return min(found, default=None)


def fits(name: str, typed: str) -> bool:
    """Return whether `typed`, in any case, may mean a name that is in upper case."""
    return closeness(name, typed.upper() if typed.isascii() else typed) is not None
