"""REPLACE and UID REPLACE: one message comes, another goes, and what fails changes nothing."""

from __future__ import annotations

from .player import Player


def test_in_the_same_mailbox(inbox: Player) -> None:
    inbox.play("""
        C: a REPLACE 2 INBOX (\\Draft) {4}
        S: + ...
        C: body
        S: * OK [APPENDUID 101 4] ...
        S: * 2 EXPUNGE
        S: * 3 EXISTS
        S: * 3 RECENT
        S: a OK ...
        C: b UID REPLACE 4 INBOX {5+}
        C: again
        S: * OK [APPENDUID 101 5] ...
        S: * 3 EXPUNGE
        S: * 3 EXISTS
        S: * 3 RECENT
        S: b OK ...
        C: c UID FETCH 1:* FLAGS
        S: * 1 FETCH (UID 1 FLAGS (\\Recent))
        S: * 2 FETCH (UID 3 FLAGS (\\Recent))
        S: * 3 FETCH (UID 5 FLAGS (\\Recent))
        S: c OK ...
    """)


def test_in_another_mailbox(inbox: Player) -> None:
    inbox.play("""
        C: a REPLACE * Box (\\Seen) "17-Jul-1996 02:44:25 -0700" {4+}
        C: body
        S: * OK [APPENDUID 102 1] ...
        S: * 3 EXPUNGE
        S: a OK ...
        C: b STATUS Box (MESSAGES)
        S: * STATUS Box (MESSAGES 1)
        S: b OK ...
    """)


def test_what_fails_changes_nothing(inbox: Player) -> None:
    inbox.play("""
        C: a REPLACE 2 nowhere {1+}
        C: x
        S: a NO [TRYCREATE] ...
        C: b UID REPLACE 99 INBOX {1+}
        C: x
        S: b NO [NONEXISTENT] ...
        C: c REPLACE 9 INBOX {1+}
        C: x
        S: c BAD ...
        C: d REPLACE 1:2 INBOX {1+}
        C: x
        S: d BAD ...
        C: e REPLACE 1 INBOX {0+}
        C:
        S: e NO ...
        C: f REPLACE 1 INBOX {1+}
        C: x {1+}
        C: y
        S: f BAD ...
        C: g EXAMINE INBOX
        S: ....
        S: g OK ...
        C: h REPLACE 1 INBOX {1+}
        C: x
        S: h NO ...
        C: i STATUS INBOX (MESSAGES UIDNEXT)
        S: * STATUS INBOX (MESSAGES 3 UIDNEXT 4)
        S: i OK ...
    """)


def test_only_what_is_more_counts_against_the_limits(inbox: Player) -> None:
    account = inbox.store.accounts["u"]
    account.limits = {"MESSAGE": account.usage()["MESSAGE"]}
    inbox.play("""
        C: a APPEND INBOX {1+}
        C: x
        S: a NO [OVERQUOTA] ...
        C: b REPLACE 1 INBOX {1+}
        C: x
        S: * OK [APPENDUID 101 4] ...
        S: ....
        S: b OK ...
    """)
