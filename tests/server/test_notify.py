"""NOTIFY: what others do is told at any time, of the selected mailbox and of others."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def two(player: Player) -> Player:
    """Two clients of one user: the first has INBOX selected, the second does things."""
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK [CAPABILITY ...NOTIFY...] ...
        C: 0 SELECT INBOX
        S: ....
        S: 0 OK ...
        C2: 0 LOGIN u p
        S2: 0 OK ...
    """)
    return player


def test_the_selected_mailbox_at_once(two: Player) -> None:
    two.play("""
        C: a NOTIFY SET (SELECTED (MessageNew (UID FLAGS) MessageExpunge FlagChange))
        S: a OK ...
        C2: a APPEND INBOX (\\Flagged) {3+}
        C2: x:y
        S: * 4 EXISTS
        S: * ... RECENT
        S: * 4 FETCH (UID 4 FLAGS (\\Flagged \\Recent))
        S2: a OK ...
        C2: b SELECT INBOX
        S2: ....
        S2: b OK ...
        C2: c STORE 1 +FLAGS.SILENT (\\Deleted)
        S: * 1 FETCH (UID 1 FLAGS (\\Deleted...))
        S2: c OK ...
        C2: d EXPUNGE
        S: * 1 EXPUNGE
        S2: * 1 EXPUNGE
        S2: d OK ...
    """)


def test_delayed_an_expunge_waits_for_a_command_that_allows_it(two: Player) -> None:
    two.play("""
        C: a NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge))
        S: a OK ...
        C2: b SELECT INBOX
        S2: ....
        S2: b OK ...
        C2: c STORE 1 +FLAGS.SILENT (\\Deleted)
        S2: c OK ...
        C2: d EXPUNGE
        S2: * 1 EXPUNGE
        S2: d OK ...
        C: b FETCH 1 UID
        S: * 1 FETCH (UID 1)
        S: b OK ...
        C: c NOOP
        S: * 1 EXPUNGE
        S: c OK ...
    """)


def test_other_mailboxes_by_status_and_what_one_does_oneself_not_at_all(two: Player) -> None:
    two.play("""
        C: a NOTIFY SET STATUS (SELECTED NONE) (MAILBOXES (Box None) (MessageNew MessageExpunge))
        S: * STATUS Box (MESSAGES 0 UIDNEXT 1 UIDVALIDITY ...)
        S: a OK ...
        C2: a APPEND Box {3+}
        C2: x:y
        S: * STATUS Box (MESSAGES 1 UIDNEXT 2 UIDVALIDITY ...)
        S2: a OK ...
        C2: b APPEND INBOX {3+}
        C2: x:y
        S2: b OK ...
        C: b NOOP
        S: b OK ...
        C: c APPEND Box {3+}
        C: x:y
        S: c OK ...
        C: d NOTIFY NONE
        S: d OK ...
        C2: c APPEND Box {3+}
        C2: x:y
        S2: c OK ...
        C: e NOOP
        S: e OK ...
    """)


def test_names_subscriptions_and_annotations(two: Player) -> None:
    two.play("""
        C: a NOTIFY SET (PERSONAL (MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange))
        S: a OK ...
        C2: a CREATE New
        S: * LIST (\\HasNoChildren) "/" New
        S2: a OK ...
        C2: b RENAME New Newer
        S: * LIST (\\HasNoChildren) "/" Newer ("OLDNAME" (New))
        S2: b OK ...
        C2: c SUBSCRIBE Newer
        S: * LIST (\\Subscribed \\HasNoChildren) "/" Newer
        S2: c OK ...
        C2: d UNSUBSCRIBE Newer
        S: * LIST (\\HasNoChildren) "/" Newer
        S2: d OK ...
        C2: e SETMETADATA Newer (/private/comment "x")
        S: * METADATA Newer /private/comment
        S2: e OK ...
        C2: f DELETE Newer
        S: * LIST (\\NonExistent \\HasNoChildren) "/" Newer
        S2: f OK ...
        C: b CREATE Mine
        S: b OK ...
    """)


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("NOTIFY SET (PERSONAL (X-Own))", "NO [BADEVENT (MessageNew MessageExpunge FlagChange ...)] ..."),
        ("NOTIFY SET (SELECTED (AnnotationChange MessageNew MessageExpunge))", "NO [BADEVENT ...] ..."),
        ("NOTIFY SET (SELECTED (MessageNew))", "BAD ..."),
        ("NOTIFY SET (SELECTED NONE) (SELECTED-DELAYED NONE)", "BAD ..."),
        ("NOTIFY SET (SELECTED (MailboxName))", "BAD ..."),
    ],
)
def test_what_is_refused(two: Player, line: str, reply: str) -> None:
    two.play(f"C: a {line}\nS: a {reply}")


def test_what_one_expunges_oneself_is_told_all_the_same(two: Player) -> None:
    two.play("""
        C: a NOTIFY SET (SELECTED NONE)
        S: a OK ...
        C: b STORE 2 +FLAGS.SILENT (\\Deleted)
        S: b OK ...
        C: c EXPUNGE
        S: * 2 EXPUNGE
        S: c OK ...
    """)


def test_who_is_gone_listens_no_more(two: Player) -> None:
    account = two.store.accounts["u"]
    two.play("C: a NOTIFY SET (INBOXES (MessageNew MessageExpunge))\nS: a OK ...")
    assert len(account.listeners) == 1
    two.play("C: b UNAUTHENTICATE\nS: b OK ...")
    assert account.listeners == []
