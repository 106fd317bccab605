"""UIDONLY as the demo server does it (RFC 9586)."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def enabled(player: Player) -> Player:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: a ENABLE UIDONLY
        S: * ENABLED UIDONLY
        S: a OK ...
        C: b SELECT INBOX
        S: ....
        S: b OK ...
    """)
    return player


def test_uidfetch_comes_in_place_of_fetch(enabled: Player) -> None:
    enabled.play("""
        C: a UID FETCH 2:3 (FLAGS)
        S: * 2 UIDFETCH (FLAGS (...))
        S: * 3 UIDFETCH (FLAGS (...))
        S: a OK ...
        C: b UID FETCH 2 (UID RFC822.SIZE)
        S: * 2 UIDFETCH (UID 2 RFC822.SIZE ...)
        S: b OK ...
        C: c UID STORE 2 +FLAGS (\\Deleted)
        S: * 2 UIDFETCH (FLAGS (\\Deleted ...))
        S: c OK ...
        C: d UID FETCH 3 (MODSEQ)
        S: * OK [HIGHESTMODSEQ 5] ...
        S: * 3 UIDFETCH (MODSEQ (4))
        S: d OK ...
        C: e UID STORE 3 +FLAGS.SILENT (\\Seen)
        S: * 3 UIDFETCH (MODSEQ (6))
        S: e OK ...
    """)


def test_vanished_comes_in_place_of_expunge(enabled: Player) -> None:
    enabled.play("""
        C: a UID STORE 1:2 +FLAGS.SILENT (\\Deleted)
        S: a OK ...
        C: b EXPUNGE
        S: * VANISHED 1:2
        S: b OK expunged
        C: c UID MOVE 3 Box
        S: * OK [COPYUID ...
        S: * VANISHED 3
        S: c OK ...
    """)


@pytest.mark.parametrize("line", [
    "FETCH 1 FLAGS", "STORE 1 +FLAGS (a)", "SEARCH ALL", "COPY 1 Box", "MOVE 1 Box", "UID SEARCH 1:2", "UID SEARCH *",
    "SORT (DATE) UTF-8 ALL",
])  # fmt: skip
def test_message_numbers_are_refused_with_the_code(enabled: Player, line: str) -> None:
    enabled.play(f"C: a {line}\nS: a BAD [UIDREQUIRED] ...")


def test_what_names_no_message_by_number_is_done(enabled: Player) -> None:
    enabled.play("""
        C: a UID SEARCH UID 1:2
        S: * SEARCH 1 2
        S: a OK ...
        C: b UID SEARCH RETURN (SAVE) ALL
        S: b OK ...
        C: c UID FETCH $ UID
        S: * 1 UIDFETCH (UID 1)
        S: * 2 UIDFETCH (UID 2)
        S: * 3 UIDFETCH (UID 3)
        S: c OK ...
    """)
