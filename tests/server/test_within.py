"""OLDER and YOUNGER, by the server's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .conftest import NOW
from .player import Player


@pytest.mark.parametrize(
    ("key", "found"),
    [("OLDER 100", "1 2 3"), ("OLDER 99", "1 2 3"), ("OLDER 101", "2 3"), ("YOUNGER 100", "1"), ("YOUNGER 99", ""),
     ("YOUNGER 1000", "1 2"), ("OLDER 4294967295", ""), ("NOT OLDER 100", "")],
)  # fmt: skip
def test_how_long_ago(player: Player, key: str, found: str) -> None:
    messages = player.store.accounts["u"].find("INBOX").messages
    for message, seconds in zip(messages, (100, 1000, 10_000), strict=True):
        message.internaldate = NOW - timedelta(seconds=seconds)
    player.play(f"""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: 1 SELECT INBOX
        S: ....
        S: 1 OK ...
        C: a SEARCH {key}
        S: {f"* SEARCH {found}".rstrip()}
        S: a OK ...
        C: b SEARCH OLDER 0
        S: b BAD ...
    """)
