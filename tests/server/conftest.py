"""Fixtures of the server's tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imapsh.server.demo import demo_store
from imapsh.server.store import Store

from .player import Player

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)

SMALL = [
    (
        b"From: Ann <ann@x.example>\r\nTo: bob@x.example\r\nSubject: One\r\n"
        b"Date: Mon, 1 Jun 2026 10:00:00 +0000\r\n\r\nfirst body\r\n"
    ),
    b"From: bob@x.example\r\nCc: carl@x.example\r\nSubject: =?utf-8?q?Zw=C3=B6lf?=\r\n\r\nsecond\r\n",
    b"From: carl@x.example\r\nBcc: dora@x.example\r\nSubject: Three\r\nX-Note: here\r\n\r\n"
    + b"third " * 100
    + b"\r\n",
]


@pytest.fixture
def store() -> Store:
    """User `u`, password `p`: INBOX with three messages, an empty mailbox `Box`."""
    store = Store(lambda: NOW)
    account = store.add_account("u", "p", 100)
    inbox = account.find("INBOX")
    for index, octets in enumerate(SMALL):
        inbox.add(octets, datetime(2026, 6, 1 + index, 23, 30, tzinfo=UTC), ["\\Seen", "kw"] if index == 1 else [])
    account.create("Box")
    return store


@pytest.fixture
def player(store: Store) -> Player:
    """Nobody is logged in."""
    return Player(store)


@pytest.fixture
def inbox(player: Player) -> Player:
    """INBOX is selected."""
    player.play("C: 0 LOGIN u p\nS: 0 OK ...\nC: 0 SELECT INBOX\nS: ....\nS: 0 OK [READ-WRITE] ...")
    return player


@pytest.fixture
def demo() -> Player:
    """The demo's mail, INBOX selected."""
    player = Player(demo_store())
    player.play("C: 0 LOGIN demo demo\nS: 0 OK ...\nC: 0 SELECT INBOX\nS: ....\nS: 0 OK [READ-WRITE] ...")
    return player
