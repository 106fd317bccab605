"""THREAD and UID THREAD of the demo's server."""

from __future__ import annotations

from datetime import UTC, datetime

from .player import Player


def test_threads(player: Player) -> None:
    inbox = player.store.accounts["u"].find("INBOX")
    reply = b"Subject: Re: one\r\nDate: Mon, 8 Jun 2026 10:00:00 +0000\r\n\r\nyes\r\n"
    inbox.add(reply, datetime(2026, 6, 8, tzinfo=UTC))
    inbox.expunge([message for message in inbox.messages if message.uid == 2])
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: 1 SELECT INBOX
        S: ....
        S: 1 OK ...
        C: a THREAD ORDEREDSUBJECT UTF-8 ALL
        S: * THREAD (1 3)(2)
        S: a OK ...
        C: b UID THREAD REFERENCES US-ASCII ALL
        S: * THREAD (1 4)(3)
        S: b OK ...
        C: c UID THREAD REFERENCES UTF-8 TEXT gewp
        S: * THREAD
        S: c OK ...
        C: d THREAD REFERENCES KOI8-R ALL
        S: d NO [BADCHARSET (US-ASCII UTF-8)] ...
        C: e THREAD REFS UTF-8 ALL
        S: e BAD ...
    """)
