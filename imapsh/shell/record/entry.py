"""A line of the history."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Entry(NamedTuple):
    """What was typed, and when, "" where that is not known."""

    text: str
    when: str = ""
