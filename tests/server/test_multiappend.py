"""APPEND of several messages: all of them are stored, or none."""

from __future__ import annotations

from .player import Player


def test_each_message_has_its_own_flags_and_date(inbox: Player) -> None:
    inbox.play("""
        C: a APPEND Box (\\Seen) {3}
        S: + ...
        C: one (\\Flagged) "17-Jul-1996 02:44:25 -0700" {3}
        S: + ...
        C: two {5+}
        C: three
        S: a OK [APPENDUID 102 1:3] ...
        C: b EXAMINE Box
        S: ....
        S: b OK ...
        C: c UID FETCH 1:3 (FLAGS RFC822.SIZE)
        S: * 1 FETCH (UID 1 FLAGS (\\Seen...) RFC822.SIZE 3)
        S: * 2 FETCH (UID 2 FLAGS (\\Flagged...) RFC822.SIZE 3)
        S: * 3 FETCH (UID 3 FLAGS (...) RFC822.SIZE 5)
        S: c OK ...
        C: d FETCH 2 INTERNALDATE
        S: * 2 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 -0700")
        S: d OK ...
    """)


def test_an_empty_message_cancels_all(inbox: Player) -> None:
    inbox.play("""
        C: a APPEND Box {3+}
        C: one {0+}
        C:
        S: a NO ...
        C: b APPEND Box {3+}
        C: one "31-Feb-1996 02:44:25 -0700" {3+}
        C: two
        S: b BAD ...
        C: c STATUS Box (MESSAGES UIDNEXT)
        S: * STATUS Box (MESSAGES 0 UIDNEXT 1)
        S: c OK ...
    """)


def test_the_limits_are_those_of_all_together(inbox: Player) -> None:
    account = inbox.store.accounts["u"]
    account.limits = {"MESSAGE": account.usage()["MESSAGE"] + 1}
    inbox.play("""
        C: a APPEND Box {3+}
        C: one {3+}
        C: two
        S: a NO [OVERQUOTA] ...
        C: b STATUS Box (MESSAGES)
        S: * STATUS Box (MESSAGES 0)
        S: b OK ...
    """)
