"""A line of the history."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Entry(NamedTuple):
    """A line that was typed, and when, "" if that is not known."""

    text: str
    when: str = ""
