"""The response that comes most, read by one regular expression: a FETCH of FLAGS, with the UID or without.

A cursor costs more than such a line holds.  What is read here is what the rules of `fetch` read from the same octets,
which the tests compare; any other line is left to them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from imapsh.grammar.cursor import FLAG
from imapsh.grammar.values import Fetch
from imapsh.patterns import lazy

_FLAGS_LINE = lazy(
    rb"\* ([1-9]\d{0,8}) FETCH \((?:UID ([1-9]\d{0,8}) )?FLAGS \(([^()\r\n]{0,100})\)(?: UID ([1-9]\d{0,8}))?\)\r\n\Z"
)
_FLAGS = lazy(rf"(?:{FLAG}(?: {FLAG})*+)?\Z")


def flags_line(octets: bytes) -> Fetch | None:
    """The value of such a line; None for every other."""
    found = _FLAGS_LINE.match(octets)
    if found is None:
        return None
    number, before, listed, behind = found.groups()
    flags = _flags(listed)
    if flags is None:
        return None
    items: dict[str, Any] = {"UID": int(before), "FLAGS": flags} if before else {"FLAGS": flags}
    if behind:
        items["UID"] = int(behind)
    return tuple.__new__(Fetch, (int(number), items))  # in half the time of Fetch's own


@lru_cache(maxsize=1024)
def _flags(listed: bytes) -> tuple[str, ...] | None:
    """The flags between the parentheses; None where one is none.  Cached: a mailbox has few sets of them."""
    text = listed.decode("latin-1")
    return tuple(text.split()) if _FLAGS.match(text) else None
