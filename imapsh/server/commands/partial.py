"""PARTIAL (RFC 9394): a range of what SEARCH, SORT or UID FETCH finds."""

from __future__ import annotations

from typing import Any, TypeVar

from imapsh.grammar.partial import Partial
from imapsh.server.commands.fetch import Fetching
from imapsh.server.search import AsSet
from imapsh.typed.found import Piece

Found = TypeVar("Found")


def _part(found: list[Found], option: Piece) -> list[Found]:
    """Return the range of the option.

    1 is the first, -1 the last, and the order of the ends does not matter (section 4).
    """
    first, last = _ends(option)
    low, high = sorted((abs(first), abs(last)))
    if first < 0:
        return found[max(0, len(found) - high) : max(0, len(found) - low + 1)]
    return found[low - 1 : high]


def _ends(option: Piece) -> tuple[int, int]:
    value: Any = option.children[0].value
    first, last = value
    return first, last


def _told(ids: list[int], option: Piece, as_set: AsSet) -> Partial:
    part = _part(ids, option)
    return Partial("{}:{}".format(*_ends(option)), as_set(part) if part else None)


def _fetched(fetching: Fetching, option: Piece) -> None:
    fetching.messages = _part(fetching.messages, option)


CAPABILITIES = ("PARTIAL",)
PICKS = {"PARTIAL": _part}
RETURNS = {"PARTIAL": _told}
MODIFIERS = {"PARTIAL": _fetched}
