"""UNAUTHENTICATE: what was enabled, selected and chosen is gone, and another may log in."""

from __future__ import annotations

import pytest

from .player import Player


def test_the_next_user_finds_nothing_of_the_last(player: Player) -> None:
    player.store.add_account("v", "q", 500)
    player.play("""
        C: a LOGIN u p
        S: a OK [CAPABILITY ...UNAUTHENTICATE...] ...
        C: b ENABLE UTF8=ACCEPT CONDSTORE
        S: * ENABLED CONDSTORE UTF8=ACCEPT
        S: b OK ...
        C: c SELECT INBOX
        S: ....
        S: c OK [READ-WRITE] ...
        C: d STORE 1 +FLAGS.SILENT (\\Deleted)
        S: ....
        S: d OK ...
        C: e UNAUTHENTICATE
        S: e OK [CAPABILITY IMAP4rev1 ...AUTH=PLAIN] ...
        C: f NOOP
        S: f OK ...
        C: g STATUS INBOX (MESSAGES)
        S: g BAD ...
        C: h LOGIN v q
        S: h OK ...
        C: i SELECT INBOX
        S: ....
        S: * 0 EXISTS
        S: ....
        S: i OK [READ-WRITE] ...
    """)
    assert len(player.store.accounts["u"].find("INBOX").messages) == 3
    assert player.session().client.enabled == set()


@pytest.mark.parametrize("line", ["UNAUTHENTICATE now", "UNAUTHENTICATE"])
def test_before_the_login_and_with_arguments_it_is_bad(player: Player, line: str) -> None:
    player.play(f"C: a {line}\nS: a BAD ...")
