"""SORT and UID SORT, with and without RETURN."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def selected(player: Player) -> Player:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: 1 SELECT INBOX
        S: ....
        S: 1 OK ...
    """)
    mailbox = player.store.accounts["u"].find("INBOX")
    mailbox.expunge(mailbox.messages[:1])  # so that UIDs are not the message numbers
    player.play("C: 2 NOOP\nS: * 1 EXPUNGE\nS: 2 OK ...")
    return player


def test_messages_come_in_the_order_asked_for(selected: Player) -> None:
    selected.play("""
        C: a SORT (SUBJECT) UTF-8 ALL
        S: * SORT 2 1
        S: a OK ...
        C: b UID SORT (REVERSE ARRIVAL) US-ASCII ALL
        S: * SORT 3 2
        S: b OK ...
        C: c SORT (SUBJECT) UTF-8 TEXT "not in mailbox"
        S: * SORT
        S: c OK ...
        C: d SORT (SUBJECT) KOI8-R ALL
        S: d NO [BADCHARSET (US-ASCII UTF-8)] ...
        C: e SORT () UTF-8 ALL
        S: e BAD ...
        C: f SORT (UID) UTF-8 ALL
        S: f BAD ...
    """)


def test_return_brings_an_esearch(selected: Player) -> None:
    selected.play("""
        C: a UID SORT RETURN () (SUBJECT) UTF-8 ALL
        S: * ESEARCH (TAG "a") UID ALL 3,2
        S: a OK ...
        C: b SORT RETURN (MIN MAX COUNT) (SUBJECT) UTF-8 ALL
        S: * ESEARCH (TAG "b") MIN 2 MAX 1 COUNT 2
        S: b OK ...
        C: c SORT RETURN (ALL) (SUBJECT) UTF-8 DELETED
        S: * ESEARCH (TAG "c")
        S: c OK ...
        C: d SORT RETURN (SAVE) (SUBJECT) UTF-8 2
        S: d OK ...
        C: e SEARCH $
        S: * SEARCH 2
        S: e OK ...
    """)


def test_no_expunge_comes_during_sort_but_it_does_during_uid_sort(selected: Player) -> None:
    mailbox = selected.store.accounts["u"].find("INBOX")
    mailbox.expunge(mailbox.messages[:1])
    selected.play("""
        C: a SORT (DATE) UTF-8 ALL
        S: * SORT 2
        S: a OK ...
        C: b UID SORT (DATE) UTF-8 ALL
        S: * SORT 3
        S: * 1 EXPUNGE
        S: b OK ...
    """)
