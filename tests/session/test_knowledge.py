"""What a session knows: of the server, of the selected mailbox, and what it says has changed."""

from __future__ import annotations

import pytest

from imapsh.spec.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED

from .player import LOGGED_IN, OPEN, Player, play
from .player import SELECTED as OPENED


def change(player: Player) -> str:
    """What the last response changed, as a phrase."""
    return player.last.change


def test_before_the_greeting_nothing_is_known() -> None:
    session = Player().session
    context = session.context()
    assert (context.state, context.capabilities, context.rev2) == (NOT_AUTHENTICATED, frozenset(), False)
    assert (context.exists, context.writable, session.mailbox) == (None, False, None)


def test_capabilities_are_kept_in_upper_case_and_as_they_were_written() -> None:
    session = play("S: * OK [CAPABILITY imap4rev1 Idle] hi").session
    assert session.capabilities == {"IMAP4REV1", "IDLE"}
    assert session.capability_names == ("imap4rev1", "Idle")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("IMAP4rev1", "IMAP4rev1", ""),
        ("IMAP4rev1 IDLE", "IDLE imap4rev1", ""),
        ("IMAP4rev1", "IMAP4rev1 Idle", "capabilities +Idle"),
        ("IMAP4rev1 IDLE", "IMAP4rev1 QUOTA", "capabilities +QUOTA -IDLE"),
        ("IMAP4rev1", "IMAP4rev1 A B C D E F G", "capabilities: 7 new, 0 gone"),
    ],
)
def test_a_change_of_capabilities_is_told_and_a_long_one_in_numbers(before: str, after: str, said: str) -> None:
    player = play(f"S: * PREAUTH [CAPABILITY {before}] hi\n>>> NOOP\nC: A1 NOOP\nS: * CAPABILITY {after}")
    assert change(player) == said


def test_what_enable_brought_adds_up() -> None:
    player = play(
        """
        S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE CONDSTORE UTF8=ACCEPT] hi
        >>> ENABLE CONDSTORE
        C: A1 ENABLE CONDSTORE
        S: * ENABLED CondStore
        S: A1 OK done
        >>> ENABLE IMAP4rev2
        C: A2 ENABLE IMAP4rev2
        S: * ENABLED IMAP4rev2
        """
    )
    assert player.session.enabled == {"CONDSTORE", "IMAP4REV2"}
    assert change(player) == "enabled IMAP4rev2"
    assert player.session.rev2


@pytest.mark.parametrize(
    ("command", "code", "read_only"),
    [
        ("SELECT", "[READ-WRITE]", False),
        ("SELECT", "[READ-ONLY]", True),
        ("SELECT", "", False),
        ("EXAMINE", "[READ-ONLY]", True),
        ("EXAMINE", "", True),
    ],
)
def test_the_context_says_whether_the_mailbox_may_be_changed(command: str, code: str, read_only: bool) -> None:
    script = f"{LOGGED_IN}\n>>> {command} Box\nC: A1 {command} Box\nS: * 3 EXISTS\nS: A1 OK {code} done"
    session = play(script).session
    assert session.mailbox is not None
    assert session.mailbox.read_only is read_only
    assert (session.context().state, session.context().exists) == (SELECTED, 3)
    assert session.context().writable is not read_only


def test_what_comes_before_the_reply_is_about_the_mailbox_that_is_being_opened() -> None:
    player = play(OPENED + "\n>>> SELECT Other\nC: A2 SELECT Other\nS: * 2 EXISTS\nS: * OK [UIDNEXT 7] next")
    assert player.session.mailbox is not None
    assert (player.session.mailbox.name, player.session.mailbox.exists) == ("INBOX", 5)
    player.play("S: A2 OK done")
    box = player.session.mailbox
    assert (box.name, box.exists, box.uidnext) == ("Other", 2, 7)


def test_what_comes_before_closed_is_about_the_old_one() -> None:
    """RFC 9051 section 7.1."""
    player = play(OPENED + "\n>>> SELECT Other\nC: A2 SELECT Other\nS: * 9 EXISTS\nS: * OK [CLOSED] old one gone")
    assert (player.session.mailbox, player.session.state) == (None, AUTHENTICATED)
    box = player.play("S: * OK [UIDNEXT 7] next\nS: A2 OK done").session.mailbox
    assert box is not None
    assert (box.name, box.exists, box.uidnext) == ("Other", None, 7)


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_a_select_that_fails(status: str) -> None:
    """NO leaves no mailbox selected (RFC 9051 section 6.3.2); BAD was no SELECT."""
    session = play(f"{OPENED}\n>>> SELECT Other\nC: A2 SELECT Other\nS: A2 {status} such").session
    assert (session.mailbox is None) is (status == "NO")
    assert session.state == (AUTHENTICATED if status == "NO" else SELECTED)


def test_a_change_of_state_is_noted_with_its_command() -> None:
    player = play(
        f"{OPEN}\n>>> LOGIN ann x\nC: A1 LOGIN ann x\nS: A1 OK in\n>>> SELECT Box\nC: A2 SELECT Box\nS: A2 OK done"
    )
    assert [exchange.changes for exchange in player.exchanges] == [
        [f"{NOT_AUTHENTICATED} -> {AUTHENTICATED}"],
        [f"{AUTHENTICATED} -> {SELECTED}"],
    ]
