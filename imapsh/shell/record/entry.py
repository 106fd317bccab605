"""A line of the history."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """What was typed, and when, "" where that is not known."""

    text: str
    when: str = ""
