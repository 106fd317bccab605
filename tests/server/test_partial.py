"""PARTIAL of SEARCH, SORT and UID FETCH, and what SAVE keeps beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from .player import Player


@pytest.fixture
def selected(player: Player) -> Player:
    inbox = player.store.accounts["u"].find("INBOX")
    for day in range(4, 11):
        inbox.add(b"Subject: more\r\n\r\n", datetime(2026, 6, day, tzinfo=UTC))
    inbox.expunge([message for message in inbox.messages if message.uid == 5])
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: 1 SELECT INBOX
        S: ....
        S: 1 OK ...
    """)
    return player


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ("1:3", "1:3"),
        ("3:1", "1:3"),
        ("8:20", "9:10"),
        ("20:30", "NIL"),
        ("-1:-2", "9:10"),
        ("-2:-1", "9:10"),
        ("-9:-9", "1"),
        ("-8:-30", "1:2"),
        ("-10:-30", "NIL"),
        ("5:5", "6"),
        ("1:4294967295", "1:4,6:10"),
    ],
)
def test_a_range_of_the_uids(selected: Player, span: str, found: str) -> None:
    selected.play(f"""
        C: a UID SEARCH RETURN (PARTIAL {span}) ALL
        S: * ESEARCH (TAG "a") UID PARTIAL ({span} {found})
        S: a OK ...
    """)


def test_it_stands_beside_others_and_keeps_the_order_of_sort(selected: Player) -> None:
    selected.play("""
        C: a SEARCH RETURN (PARTIAL 2:3 COUNT MAX) ALL
        S: * ESEARCH (TAG "a") PARTIAL (2:3 2:3) COUNT 9 MAX 9
        S: a OK ...
        C: b UID SORT RETURN (PARTIAL 1:3) (REVERSE ARRIVAL) UTF-8 ALL
        S: * ESEARCH (TAG "b") UID PARTIAL (1:3 10,9,8)
        S: b OK ...
        C: c SEARCH RETURN (PARTIAL 1:3 ALL) ALL
        S: c BAD ...
        C: d SEARCH RETURN (PARTIAL 1:3) SUBJECT nothing
        S: * ESEARCH (TAG "d") PARTIAL (1:3 NIL)
        S: d OK ...
    """)


@pytest.mark.parametrize(
    ("options", "kept"),
    [("PARTIAL 2:3", "2 3"), ("PARTIAL 2:3 MIN", "1 2 3"), ("PARTIAL 2:3 MIN MAX", "1 2 3 9"),
     ("PARTIAL 2:3 COUNT", "1 2 3 4 5 6 7 8 9"), ("PARTIAL 50:60", "")],
)  # fmt: skip
def test_what_save_keeps(selected: Player, options: str, kept: str) -> None:
    selected.play(f"""
        C: a SEARCH RETURN (SAVE {options}) ALL
        S: * ESEARCH ...
        S: a OK ...
        C: b SEARCH $
        S: {f"* SEARCH {kept}".rstrip()}
        S: b OK ...
    """)


def test_a_range_of_what_is_fetched(selected: Player) -> None:
    selected.play("""
        C: a UID FETCH 2:10 (RFC822.SIZE) (PARTIAL -1:-2)
        S: * 8 FETCH (UID 9 RFC822.SIZE 17)
        S: * 9 FETCH (UID 10 RFC822.SIZE 17)
        S: a OK ...
        C: b UID FETCH 2:10 (UID) (PARTIAL 4:4)
        S: * 5 FETCH (UID 6)
        S: b OK ...
        C: c UID FETCH 2:10 (UID) (PARTIAL 40:50)
        S: c OK ...
    """)
