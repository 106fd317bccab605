"""Conditional STORE as the demo server does it (RFC 7162 section 3.1)."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def opened(player: Player) -> Player:
    """INBOX is selected; its three messages have the mod-sequences 2, 3 and 4."""
    player.play("C: 0 LOGIN u p\nS: 0 OK ...\nC: 0 SELECT INBOX (CONDSTORE)\nS: ....\nS: 0 OK [READ-WRITE] ...")
    return player


def test_select_and_status_tell_the_highest(player: Player) -> None:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: a SELECT INBOX
        S: ....
        S: * OK [HIGHESTMODSEQ 4] ...
        S: ....
        S: a OK ...
        C: b STATUS INBOX (HIGHESTMODSEQ)
        S: * OK [HIGHESTMODSEQ 4] ...
        S: * STATUS INBOX (HIGHESTMODSEQ 4)
        S: b OK ...
    """)


def test_the_first_that_enables_it_tells_the_highest_and_no_other(player: Player) -> None:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: 0 SELECT INBOX
        S: ....
        S: 0 OK ...
        C: a STORE 1 +FLAGS.SILENT (\\Seen)
        S: a OK ...
        C: b FETCH 1:2 MODSEQ
        S: * OK [HIGHESTMODSEQ 5] ...
        S: * 1 FETCH (MODSEQ (5))
        S: * 2 FETCH (MODSEQ (3))
        S: b OK ...
        C: c FETCH 3 MODSEQ
        S: * 3 FETCH (MODSEQ (4))
        S: c OK ...
    """)


def test_changedsince_fetches_what_changed_and_tells_the_mod_sequence(opened: Player) -> None:
    opened.play("""
        C: a UID FETCH 1:* FLAGS (CHANGEDSINCE 2)
        S: * 2 FETCH (UID 2 FLAGS (...) MODSEQ (3))
        S: * 3 FETCH (UID 3 FLAGS (...) MODSEQ (4))
        S: a OK ...
        C: b FETCH 1:* FLAGS (CHANGEDSINCE 4)
        S: b OK ...
    """)


def test_a_change_brings_uid_and_mod_sequence(opened: Player) -> None:
    opened.play("""
        C: a STORE 1 +FLAGS (\\Seen)
        S: * 1 FETCH (UID 1 FLAGS (...) MODSEQ (5))
        S: a OK ...
        C: b STORE 1 +FLAGS (\\Seen)
        S: * 1 FETCH (UID 1 FLAGS (...) MODSEQ (5))
        S: b OK ...
        C: c STORE 1:2 +FLAGS.SILENT (\\Answered)
        S: * 1 FETCH (UID 1 MODSEQ (6))
        S: * 2 FETCH (UID 2 MODSEQ (7))
        S: c OK ...
        C: d FETCH 3 BODY[1]
        S: ....
        S: * 3 FETCH (UID 3 BODY[1] {602}
        S: ....
        S: d OK ...
    """)


def test_unchangedsince_leaves_what_has_changed_and_names_it(opened: Player) -> None:
    opened.play("""
        C: a STORE 1:3 (UNCHANGEDSINCE 3) +FLAGS.SILENT (\\Deleted)
        S: * 1 FETCH (UID 1 MODSEQ (5))
        S: * 2 FETCH (UID 2 MODSEQ (6))
        S: a OK [MODIFIED 3] ...
        C: b UID STORE 1:3 (UNCHANGEDSINCE 4) -FLAGS (\\Deleted)
        S: * 3 FETCH (UID 3 FLAGS (...) MODSEQ (4))
        S: b OK [MODIFIED 1:2] ...
        C: c STORE 3 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)
        S: c OK [MODIFIED 3] ...
        C: d STORE 3 (UNCHANGEDSINCE 0) +FLAGS ($Mine)
        S: ....
        S: * 3 FETCH (UID 3 FLAGS (...$Mine...) MODSEQ (7))
        S: d OK ...
        C: e STORE 3 (UNCHANGEDSINCE 0) +FLAGS ($Mine)
        S: e OK [MODIFIED 3] ...
    """)


def test_search_by_mod_sequence_tells_the_highest_found(opened: Player) -> None:
    opened.play(r"""
        C: a SEARCH MODSEQ 3
        S: * SEARCH 2 3 (MODSEQ 4)
        S: a OK ...
        C: b UID SEARCH RETURN (COUNT) NOT MODSEQ "/flags/\\seen" all 3
        S: * ESEARCH (TAG "b") UID COUNT 1 MODSEQ 2
        S: b OK ...
        C: c SEARCH MODSEQ 9
        S: * SEARCH
        S: c OK ...
        C: d SORT (SIZE) UTF-8 MODSEQ 3
        S: * SORT 2 3 (MODSEQ 4)
        S: d OK ...
    """)


def test_another_session_hears_of_it(opened: Player) -> None:
    opened.play("""
        C2: 0 LOGIN u p
        S2: 0 OK ...
        C2: 0 SELECT INBOX
        S2: ....
        S2: 0 OK ...
        C2: a STORE 1 +FLAGS (\\Seen)
        S2: * 1 FETCH (FLAGS (...))
        S2: a OK ...
        C: b NOOP
        S: * 1 FETCH (UID 1 FLAGS (...) MODSEQ (5))
        S: b OK ...
    """)


def test_what_still_is_to_be_told_keeps_the_highest_down(opened: Player) -> None:
    """RFC 7162 section 3.2: a client that is cut off now must not have missed the EXPUNGE."""
    opened.play("""
        C2: 0 LOGIN u p
        S2: 0 OK ...
        C2: 0 SELECT INBOX
        S2: ....
        S2: 0 OK ...
        C2: a STORE 3 +FLAGS.SILENT (\\Deleted)
        S2: a OK ...
        C2: b EXPUNGE
        S2: * 3 EXPUNGE
        S2: b OK ...
        C: a STORE 1 +FLAGS.SILENT (\\Seen)
        S: * 1 FETCH (UID 1 MODSEQ (7))
        S: * OK [HIGHESTMODSEQ 5] ...
        S: ....
        S: a OK ...
        C: b NOOP
        S: * 3 EXPUNGE
        S: * OK [HIGHESTMODSEQ 7] ...
        S: ....
        S: b OK ...
    """)


@pytest.mark.parametrize("line", [
    "FETCH 1 FLAGS (CHANGEDSINCE 0)", "STORE 1 (UNCHANGEDSINCE -1) +FLAGS (a)", "SEARCH MODSEQ x",
    "FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)",
])  # fmt: skip
def test_what_is_refused(opened: Player, line: str) -> None:
    opened.play(f"C: a {line}\nS: a BAD ...")
