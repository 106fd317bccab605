"""ESEARCH: a search in several mailboxes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from .player import Player

WHEN = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def several(player: Player) -> Player:
    """INBOX (UIDVALIDITY 101), Box (102), Box/a (103) and Box/a/b (104) have a message with `here` each; Box/a two."""
    account = player.store.accounts["u"]
    account.create("Box/a/b")
    account.subscribe("Box/a")
    for name in ("INBOX", "Box", "Box/a", "Box/a", "Box/a/b"):
        account.find(name).add(b"Subject: here\r\n\r\n", WHEN)
    player.play("C: 0 LOGIN u p\nS: 0 OK ...")
    return player


def test_the_mailboxes_that_are_named(several: Player) -> None:
    several.play("""
        C: a ESEARCH IN (mailboxes (Box INBOX none)) SUBJECT here
        S: * ESEARCH (TAG "a" MAILBOX INBOX UIDVALIDITY 101) UID ALL 4
        S: * ESEARCH (TAG "a" MAILBOX Box UIDVALIDITY 102) UID ALL 1
        S: a OK ...
        C: b ESEARCH IN (subtree Box) RETURN (COUNT MAX) SUBJECT here
        S: * ESEARCH (TAG "b" MAILBOX Box UIDVALIDITY 102) UID COUNT 1 MAX 1
        S: * ESEARCH (TAG "b" MAILBOX Box/a UIDVALIDITY 103) UID COUNT 2 MAX 2
        S: * ESEARCH (TAG "b" MAILBOX Box/a/b UIDVALIDITY 104) UID COUNT 1 MAX 1
        S: b OK ...
        C: c ESEARCH IN (subtree-one Box) SUBJECT here
        S: * ESEARCH (TAG "c" MAILBOX Box UIDVALIDITY 102) UID ALL 1
        S: * ESEARCH (TAG "c" MAILBOX Box/a UIDVALIDITY 103) UID ALL 1:2
        S: c OK ...
        C: d ESEARCH IN (inboxes subscribed) SUBJECT here
        S: * ESEARCH (TAG "d" MAILBOX INBOX UIDVALIDITY 101) UID ALL 4
        S: * ESEARCH (TAG "d" MAILBOX Box/a UIDVALIDITY 103) UID ALL 1:2
        S: d OK ...
        C: e ESEARCH IN (personal) RETURN (PARTIAL -1:-1) 2:100
        S: * ESEARCH (TAG "e" MAILBOX INBOX UIDVALIDITY 101) UID PARTIAL (-1:-1 4)
        S: * ESEARCH (TAG "e" MAILBOX Box/a UIDVALIDITY 103) UID PARTIAL (-1:-1 2)
        S: e OK ...
        C: f ESEARCH IN (personal) SUBJECT nowhere
        S: f OK ...
        C: g ESEARCH IN (personal) CHARSET KOI8-R ALL
        S: g NO [BADCHARSET ...
    """)


def test_the_selected_mailbox(several: Player) -> None:
    several.play("""
        C: a ESEARCH ALL
        S: a BAD ...
        C: b ESEARCH IN (selected) ALL
        S: b BAD ...
        C: c SELECT Box/a
        S: ....
        S: c OK ...
        C: d ESEARCH 1
        S: * ESEARCH (TAG "d" MAILBOX Box/a UIDVALIDITY 103) UID ALL 1
        S: d OK ...
        C: e ESEARCH IN (selected) RETURN (SAVE) 2
        S: e OK ...
        C: f ESEARCH IN (selected mailboxes Box/a) $
        S: * ESEARCH (TAG "f" MAILBOX Box/a UIDVALIDITY 103) UID ALL 2
        S: f OK ...
        C: g ESEARCH IN (selected inboxes) RETURN (SAVE) ALL
        S: g BAD ...
    """)


def test_it_changes_nothing(several: Player) -> None:
    inbox = several.store.accounts["u"].find("INBOX")
    several.play("C: a ESEARCH IN (personal) RETURN (COUNT) RECENT\nS: ....\nS: a OK ...")
    assert not inbox.watchers
    assert all(message.recent for message in inbox.messages)
