"""The color of a flag (RFC 9979 section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

_BITS = ("$MAILFLAGBIT0", "$MAILFLAGBIT1", "$MAILFLAGBIT2")
_COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "gray", "")  #: by the number that the bits make


def colored(flags: Sequence[str]) -> tuple[str, Sequence[str]]:
    r"""Return the word for a color, and the flags without the keywords that make it up.

    Without \Flagged the keywords mean nothing, and all three have no color: there is no word then.  Nor is there one
    for a flag without such keywords, which every client draws in its own color; RFC 9979 calls it red.
    """
    upper = {flag.upper() for flag in flags}
    color = _COLORS[sum(1 << bit for bit, name in enumerate(_BITS) if name in upper)]
    if "\\FLAGGED" not in upper or not color or upper.isdisjoint(_BITS):
        return "", flags
    return color, [flag for flag in flags if flag.upper() not in _BITS]
