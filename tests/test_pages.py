"""How the examples of a page are read, and held against what was seen."""

from __future__ import annotations

import pytest

from tests.pages import missing


@pytest.mark.parametrize(
    ("due", "seen", "lacks"),
    [
        (("a  b", "...", "d"), "x\na b\nc\nd", ""),
        (("d", "a"), "a\nd", "a"),
        (("INBOX ... 3 kB",), "INBOX   12   3 kB", ""),
        (("INBOX ... 3 kB",), "INBOX   12   4 kB", "INBOX ... 3 kB"),
        (("(total)",), "total", "(total)"),
    ],
)
def test_what_is_due_is_looked_for_in_its_order(due: tuple[str, ...], seen: str, lacks: str) -> None:
    assert missing(due, seen) == lacks
