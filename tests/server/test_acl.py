"""ACL: what is kept, what the owner cannot lose, and what is refused."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def shared(player: Player) -> Player:
    player.store.add_account("ann", "p")
    player.play("C: 0 LOGIN u p\nS: 0 OK ...")
    return player


def test_rights_are_given_and_taken(shared: Player) -> None:
    shared.play("""
        C: a GETACL Box
        S: * ACL Box u lrswipkxteacd
        S: a OK ...
        C: b SETACL Box ann lrswida
        S: b OK ...
        C: c SETACL Box anyone +l
        S: c OK ...
        C: d SETACL Box -ann "w"
        S: d OK ...
        C: e GETACL Box
        S: * ACL Box u lrswipkxteacd ann lrswitead anyone l -ann w
        S: e OK ...
        C: f SETACL Box ann -te
        S: f OK ...
        C: g SETACL Box ann +c
        S: g OK ...
        C: h DELETEACL Box -ann
        S: h OK ...
        C: i GETACL Box
        S: * ACL Box u lrswipkxteacd ann lrswikxac anyone l
        S: i OK ...
    """)


def test_what_is_refused(shared: Player) -> None:
    shared.play("""
        C: a SETACL Box ann lrQs
        S: a BAD ...
        C: b SETACL Box ann lrqs
        S: b BAD the right q is not supported
        C: c SETACL Box ann 1
        S: c BAD ...
        C: d SETACL Box nobody lr
        S: d NO [CANNOT] ...
        C: e SETACL Box "" lr
        S: e BAD ...
        C: f SETACL Box - lr
        S: f BAD ...
        C: g SETACL None ann lr
        S: g NO [NONEXISTENT] ...
        C: h SETACL Box u lr
        S: h NO [CANNOT] ...
        C: i SETACL Box -u l
        S: i NO [CANNOT] ...
        C: j DELETEACL Box u
        S: j NO [CANNOT] ...
        C: k SETACL Box u +l
        S: k OK ...
        C: l GETACL None
        S: l NO [NONEXISTENT] ...
    """)


def test_what_can_be_given(shared: Player) -> None:
    shared.play("""
        C: a LISTRIGHTS INBOX ann
        S: * LISTRIGHTS INBOX ann "" l r s w i p k x t e a c d
        S: a OK ...
        C: b LISTRIGHTS INBOX u
        S: * LISTRIGHTS INBOX u lrswipkxteacd
        S: b OK ...
        C: c LISTRIGHTS INBOX -u
        S: * LISTRIGHTS INBOX -u ""
        S: c OK ...
        C: d MYRIGHTS INBOX
        S: * MYRIGHTS INBOX lrswipkxteacd
        S: d OK ...
    """)


def test_list_tells_them(shared: Player) -> None:
    shared.play("""
        C: a SUBSCRIBE gone
        S: a OK ...
        C: b LIST (SUBSCRIBED) "" * RETURN (MYRIGHTS)
        S: * LIST (\\NonExistent \\Subscribed \\HasNoChildren) "/" gone
        S: b OK ...
        C: c LIST "" B% RETURN (MYRIGHTS STATUS (MESSAGES))
        S: * LIST (\\HasNoChildren) "/" Box
        S: * MYRIGHTS Box lrswipkxteacd
        S: * STATUS Box (MESSAGES 0)
        S: c OK ...
    """)


def test_a_list_follows_its_mailbox(shared: Player) -> None:
    shared.play("""
        C: a SETACL Box ann lr
        S: a OK ...
        C: b CREATE Box/Below
        S: b OK ...
        C: c GETACL Box/Below
        S: * ACL Box/Below u lrswipkxteacd ann lr
        S: c OK ...
        C: d RENAME Box Other
        S: d OK ...
        C: e GETACL Other
        S: * ACL Other u lrswipkxteacd ann lr
        S: e OK ...
        C: f DELETE Other
        S: f OK ...
        C: g GETACL Other
        S: * ACL Other u lrswipkxteacd
        S: g OK ...
    """)
