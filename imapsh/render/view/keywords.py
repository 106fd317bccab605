"""The color of a flag (RFC 9979 section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

_BITS = ("$MAILFLAGBIT0", "$MAILFLAGBIT1", "$MAILFLAGBIT2")
_COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "gray", "")  #: by the number that the bits give


def colored(flags: Sequence[str]) -> tuple[str, Sequence[str]]:
    r"""Return the word for a color, and the flags without the keywords that make it up.

    The word is "" without \Flagged, because the keywords mean nothing then, and with all three of them, which have no
    color.  It is also "" without such keywords: every client draws that flag in its own color, which RFC 9979 calls
    red.
    """
    upper = {flag.upper() for flag in flags}
    color = _COLORS[sum(1 << bit for bit, name in enumerate(_BITS) if name in upper)]
    if "\\FLAGGED" not in upper or not color or upper.isdisjoint(_BITS):
        return "", flags
    return color, [flag for flag in flags if flag.upper() not in _BITS]
