"""What NOTIFY has asked for, and what the server may do then (RFC 5465)."""

from __future__ import annotations

import pytest

from imapsh.session.notified import ANYTHING, Group, Notified

from .player import SELECTED as OPENED
from .player import Player, play

BOTH = ("MessageNew", "MessageExpunge")


def after(line: str, said: str = "") -> Player:
    """The session after a NOTIFY that was accepted, and then what the server says."""
    return play(f"{OPENED}\n>>> {line}\nC: A2 {line}\nS: A2 OK done\n{said}")


def asked(line: str) -> Notified | None:
    return after(line).session.known.notified


_SELECTED = Group("SELECTED", (), BOTH, ("uid", "body.peek[header.fields (from)]"))
_SUBTREE = Group("SUBTREE", ("Lists", "Ünder"), (*BOTH, "FlagChange", "X-Own"))
_LONG = (
    "NOTIFY SET STATUS (selected (messagenew (uid body.peek[header.fields (from)]) MESSAGEEXPUNGE)) "
    "(subtree (Lists &ANw-nder) (MessageNew MessageExpunge FlagChange X-Own))"
)
ASKED = [
    ("NOTIFY NONE", Notified()),
    ("NOTIFY SET (SELECTED NONE)", Notified((Group("SELECTED"),))),
    (_LONG, Notified((_SELECTED, _SUBTREE), True)),
    (
        "NOTIFY SET (mailboxes inbox (SubscriptionChange))",
        Notified((Group("MAILBOXES", ("INBOX",), ("SubscriptionChange",)),)),
    ),
    ("NOTIFY SET selected MessageNew", ANYTHING),
]


@pytest.mark.parametrize(("line", "found"), ASKED)
def test_what_was_asked_for_is_kept(line: str, found: Notified) -> None:
    assert asked(line) == found


def test_a_refused_notify_changes_nothing() -> None:
    line = "NOTIFY SET (SELECTED NONE)"
    known = play(f"{OPENED}\n>>> {line}\nC: A2 {line}\nS: A2 NO [BADEVENT (MessageNew)] no").session.known
    assert known.notified is None


def test_it_is_noted_in_words() -> None:
    player = after("NOTIFY SET (SELECTED (MessageNew MessageExpunge)) (SUBTREE Lists NONE)")
    assert player.exchanges[-1].changes == [
        "reported from here on: selected: MessageNew, MessageExpunge; subtree Lists: nothing"
    ]


def asked_for(player: Player) -> bool:
    """Whether the last response is taken for an answer."""
    return not player.last.unsolicited


GONE = "S: * 1 EXPUNGE"


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("NOTIFY SET (SELECTED (MessageNew MessageExpunge))", []),
        ("NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge))", ["expunge-time"]),
        ("NOTIFY SET (INBOXES (MessageNew MessageExpunge))", ["expunge-time"]),
        ("NOTIFY SET (SELECTED NONE)", ["expunge-time"]),
        ("NOTIFY NONE", ["expunge-time"]),
        ("NOTIFY SET selected MessageNew MessageExpunge", []),
    ],
)
def test_when_messages_may_go(line: str, rules: list[str]) -> None:
    assert after(line, GONE).findings == rules


def test_an_overflow_ends_it() -> None:
    player = after("NOTIFY SET (SELECTED (MessageNew MessageExpunge))", "S: * OK [NOTIFICATIONOVERFLOW] too many")
    assert player.session.known.notified == Notified()
    assert player.last.change == "reported from here on: nothing"
    player.play(GONE)
    assert player.findings == ["expunge-time"]


def test_numbers_of_other_mailboxes_are_nobodys_answer() -> None:
    line = "NOTIFY SET (INBOXES (MessageNew MessageExpunge))"
    player = after(line, "S: * STATUS Lists/a (UIDNEXT 10 MESSAGES 5)")
    assert not asked_for(player)
    player.play(">>> STATUS b (MESSAGES)\nC: A3 STATUS b (MESSAGES)\nS: * STATUS Lists/a (UIDNEXT 11 MESSAGES 6)")
    assert not asked_for(player)
    player.play("S: * STATUS b (MESSAGES 1)")
    assert asked_for(player)
    player.play('S: A3 OK done\n>>> NOOP\nC: A4 NOOP\nS: * LIST () "/" new ("OLDNAME" (old))')
    assert not asked_for(player)


def test_the_numbers_that_set_status_asks_for_are_its_answer() -> None:
    for status, unsolicited in (("STATUS ", False), ("", True)):
        line = f"NOTIFY SET {status}(INBOXES (MessageNew MessageExpunge))"
        player = play(f"{OPENED}\n>>> {line}\nC: A2 {line}\nS: * STATUS Lists/a (UIDNEXT 10 MESSAGES 5)")
        assert asked_for(player) is not unsolicited
