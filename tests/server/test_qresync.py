"""Quick resynchronization as the demo server does it (RFC 7162 section 3.2)."""

from __future__ import annotations

import pytest

from imapsh.server import store as stores
from imapsh.server.store import Store

from .player import Player

LOGIN = "C: 0 LOGIN u p\nS: 0 OK ...\nC: 0 ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: 0 OK ..."


@pytest.fixture
def enabled(player: Player) -> Player:
    """INBOX is selected by another connection, which has expunged UID 2 of three, with mod-sequence 6."""
    player.play("""
        C2: 0 LOGIN u p
        S2: 0 OK ...
        C2: 0 SELECT INBOX
        S2: ....
        S2: 0 OK ...
        C2: a STORE 2 +FLAGS.SILENT (\\Deleted)
        S2: a OK ...
        C2: b EXPUNGE
        S2: * 2 EXPUNGE
        S2: b OK ...
    """)
    player.play(LOGIN)
    return player


def _uidvalidity(store: Store) -> int:
    return store.accounts["u"].find("INBOX").uidvalidity


def test_select_tells_what_vanished_and_changed(enabled: Player, store: Store) -> None:
    enabled.play(f"""
        C: a SELECT INBOX (QRESYNC ({_uidvalidity(store)} 3))
        S: ....
        S: * OK [HIGHESTMODSEQ 6] ...
        S: ....
        S: * VANISHED (EARLIER) 2
        S: * 2 FETCH (UID 3 FLAGS (...) MODSEQ (4))
        S: a OK ...
        C: b SELECT INBOX (QRESYNC ({_uidvalidity(store)} 6))
        S: * OK [CLOSED] ...
        S: ....
        S: * OK [HIGHESTMODSEQ 6] ...
        S: ....
        S: b OK [READ-WRITE] ...
        C: c EXAMINE INBOX (QRESYNC ({_uidvalidity(store)} 3 1,3))
        S: ....
        S: * 2 FETCH (UID 3 FLAGS (...) MODSEQ (4))
        S: c OK ...
    """)
    said = enabled.said[""].decode()
    assert said.count("VANISHED") == 1


def test_another_uidvalidity_tells_nothing(enabled: Player, store: Store) -> None:
    enabled.play(f"C: a SELECT INBOX (QRESYNC ({_uidvalidity(store) + 1} 3))\nS: ....\nS: a OK ...")
    assert "VANISHED" not in enabled.said[""].decode()


def test_what_is_not_remembered_is_all_told_but_for_what_the_client_knows(
    enabled: Player, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "MAX_GONE", 0)
    mailbox = store.accounts["u"].find("INBOX")
    mailbox.expunge([message for message in mailbox.messages if message.uid == 1])
    assert (mailbox.gone, mailbox.forgotten) == ({}, 7)
    enabled.play(f"""
        C: a SELECT INBOX (QRESYNC ({_uidvalidity(store)} 3 1:9))
        S: ....
        S: * VANISHED (EARLIER) 1:2
        S: ....
        S: a OK ...
        C: b SELECT INBOX (QRESYNC ({_uidvalidity(store)} 3 1:9 (1 3)))
        S: ....
        S: b OK [READ-WRITE] ...
        C: c SELECT INBOX (QRESYNC ({_uidvalidity(store)} 7 1:9))
        S: ....
        S: c OK [READ-WRITE] ...
    """)
    assert enabled.said[""].decode().count("VANISHED") == 1


def test_uid_fetch_tells_what_vanished(enabled: Player) -> None:
    enabled.play("""
        C: a SELECT INBOX
        S: ....
        S: a OK ...
        C: b UID FETCH 1:* FLAGS (VANISHED CHANGEDSINCE 4)
        S: * VANISHED (EARLIER) 2
        S: b OK ...
        C: c UID FETCH 3:9 FLAGS (CHANGEDSINCE 3 VANISHED)
        S: * 2 FETCH (UID 3 FLAGS (...) MODSEQ (4))
        S: c OK ...
        C: d UID FETCH 1:* FLAGS (CHANGEDSINCE 6 VANISHED)
        S: d OK ...
    """)


def test_vanished_comes_in_place_of_expunge(enabled: Player) -> None:
    enabled.play("""
        C: a SELECT INBOX
        S: ....
        S: a OK ...
        C2: c STORE 2 +FLAGS.SILENT (\\Deleted)
        S2: c OK ...
        C: b NOOP
        S: * 2 FETCH (UID 3 FLAGS (\\Deleted...) MODSEQ (7))
        S: b OK ...
        C: c EXPUNGE
        S: * VANISHED 3
        S: ....
        S: c OK [HIGHESTMODSEQ 8] ...
        C: d EXPUNGE
        S: d OK expunged
        C: e UID MOVE 1 Box
        S: * OK [COPYUID ...
        S: * VANISHED 1
        S: ....
        S: e OK [HIGHESTMODSEQ 9] ...
        C2: d NOOP
        S2: * 1 EXPUNGE
        S2: * 1 EXPUNGE
        S2: d OK ...
    """)


@pytest.mark.parametrize("line", [
    "SELECT INBOX (QRESYNC (1 0))", "SELECT INBOX (QRESYNC (0 1))", "SELECT INBOX (QRESYNC (1 1 1:*))",
    "SELECT INBOX (QRESYNC (1 1 (1:2 5)))", "SELECT INBOX (QRESYNC (1 1 (2,1 5,4)))",
    "SELECT INBOX (QRESYNC (1 1 (1:999999 1:999999)))",
])  # fmt: skip
def test_what_is_refused(enabled: Player, line: str) -> None:
    enabled.play(f"C: a {line}\nS: a BAD ...")


def test_before_enable_it_is_refused(player: Player) -> None:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: a SELECT INBOX (QRESYNC (1 1))
        S: a BAD QRESYNC needs ENABLE QRESYNC before ...
        C: b ENABLE QRESYNC CONDSTORE
        S: * ENABLED CONDSTORE QRESYNC
        S: b OK ...
    """)


def test_an_annotation_raises_the_highest_mod_sequence(enabled: Player) -> None:
    enabled.play("""
        C: a SETMETADATA INBOX (/private/comment "x")
        S: a OK ...
        C: b STATUS INBOX (HIGHESTMODSEQ)
        S: * STATUS INBOX (HIGHESTMODSEQ 7)
        S: b OK ...
        C: c SETMETADATA INBOX (/private/comment "x")
        S: c OK ...
        C: d STATUS INBOX (HIGHESTMODSEQ)
        S: * STATUS INBOX (HIGHESTMODSEQ 7)
        S: d OK ...
    """)
