"""SAVEDATE: a copy was saved when it was made, whenever the message arrived."""

from __future__ import annotations

from .player import Player


def test_copies_and_what_is_appended_are_saved_now(inbox: Player) -> None:
    inbox.play("""
        C: a FETCH 1 (INTERNALDATE SAVEDATE)
        S: * 1 FETCH (INTERNALDATE " 1-Jun-2026 23:30:00 +0000" SAVEDATE " 1-Jun-2026 23:30:00 +0000")
        S: a OK ...
        C: b COPY 1 Box
        S: b OK ...
        C: c APPEND Box " 1-Jan-2001 00:00:00 +0000" {3+}
        C: x:y
        S: c OK ...
        C: d RENAME INBOX Old
        S: * 1 EXPUNGE
        S: * 1 EXPUNGE
        S: * 1 EXPUNGE
        S: d OK ...
        C: e SELECT Box
        S: ....
        S: e OK ...
        C: f FETCH 1:* (INTERNALDATE SAVEDATE)
        S: * 1 FETCH (INTERNALDATE " 1-Jun-2026 23:30:00 +0000" SAVEDATE "15-Jun-2026 09:00:00 +0000")
        S: * 2 FETCH (INTERNALDATE " 1-Jan-2001 00:00:00 +0000" SAVEDATE "15-Jun-2026 09:00:00 +0000")
        S: f OK ...
        C: g SELECT Old
        S: ....
        S: g OK ...
        C: h FETCH 1 SAVEDATE
        S: * 1 FETCH (SAVEDATE "15-Jun-2026 09:00:00 +0000")
        S: h OK ...
    """)


def test_the_keys(inbox: Player) -> None:
    inbox.play("""
        C: a SEARCH SAVEDBEFORE 2-Jun-2026
        S: * SEARCH 1
        S: a OK ...
        C: b SEARCH SAVEDON 2-Jun-2026
        S: * SEARCH 2
        S: b OK ...
        C: c UID SEARCH SAVEDSINCE 2-Jun-2026 SAVEDATESUPPORTED
        S: * SEARCH 2 3
        S: c OK ...
        C: d SEARCH NOT SAVEDATESUPPORTED
        S: * SEARCH
        S: d OK ...
        C: e SEARCH SAVEDON 31-Feb-2026
        S: e BAD ...
    """)
