"""GETQUOTA and GETQUOTAROOT, real numbers in them, and what is refused beyond the limits."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def limited(player: Player) -> Player:
    player.play("C: 0 LOGIN u p\nS: 0 OK ...")
    account = player.store.accounts["u"]
    used = account.usage()
    account.limits = {"STORAGE": used["STORAGE"] + 1, "MESSAGE": used["MESSAGE"] + 1}
    return player


def test_the_numbers_are_those_of_the_store(limited: Player) -> None:
    account = limited.store.accounts["u"]
    messages = sum(len(mailbox.messages) for mailbox in account.mailboxes.values())
    octets = sum(len(message.octets) for mailbox in account.mailboxes.values() for message in mailbox.messages)
    numbers = f"(STORAGE {-(-octets // 1024)} {account.limits['STORAGE']} MESSAGE {messages} {messages + 1})"
    limited.play(f"""
        C: a GETQUOTAROOT INBOX
        S: * QUOTAROOT INBOX ""
        S: * QUOTA "" {numbers}
        S: a OK ...
        C: b GETQUOTA ""
        S: * QUOTA "" {numbers}
        S: b OK ...
        C: c GETQUOTA other
        S: c NO [NONEXISTENT] ...
        C: d GETQUOTAROOT None
        S: d NO [NONEXISTENT] ...
    """)


def test_beyond_the_limit_nothing_is_stored(limited: Player) -> None:
    limited.play("""
        C: a APPEND INBOX {3+}
        C: x:y
        S: a OK [APPENDUID ...
        C: b SELECT INBOX
        S: ....
        S: b OK ...
        C: c COPY 1 INBOX
        S: c NO [OVERQUOTA] ...
        C: d APPEND INBOX {3+}
        C: x:y
        S: d NO [OVERQUOTA] ...
    """)


def test_status_tells_what_an_expunge_would_free(limited: Player) -> None:
    mailbox = limited.store.accounts["u"].find("INBOX")
    mailbox.messages[0].flags.add("\\Deleted")
    size = len(mailbox.messages[0].octets)
    limited.play(f"""
        C: a STATUS INBOX (DELETED DELETED-STORAGE)
        S: * STATUS INBOX (DELETED 1 DELETED-STORAGE {size})
        S: a OK ...
    """)


def test_an_account_without_limits_has_no_quota_root(player: Player) -> None:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: a GETQUOTAROOT INBOX
        S: * QUOTAROOT INBOX
        S: a OK ...
    """)


def test_limits_are_set_anew(limited: Player) -> None:
    used = limited.store.accounts["u"].usage()
    limited.play(f"""
        C: a SETQUOTA "" (message 7 STORAGE 500)
        S: * QUOTA "" (MESSAGE {used["MESSAGE"]} 7 STORAGE {used["STORAGE"]} 500)
        S: a OK ...
        C: b SETQUOTA "" (MAILBOX 3)
        S: b NO [CANNOT] ...
        C: c SETQUOTA other (STORAGE 1)
        S: c NO [NONEXISTENT] ...
        C: d SETQUOTA "" ()
        S: * QUOTA "" ()
        S: d OK ...
        C: e GETQUOTAROOT INBOX
        S: * QUOTAROOT INBOX
        S: e OK ...
    """)
