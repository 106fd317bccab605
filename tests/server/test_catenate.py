"""CATENATE: a message is put together from texts and from what the server has."""

from __future__ import annotations

import pytest

from .player import Player


def test_texts_and_parts(inbox: Player) -> None:
    inbox.play("""
        C: a APPEND Box CATENATE (URL "/INBOX;UIDVALIDITY=101/;UID=1/;SECTION=HEADER.FIELDS%20(SUBJECT)" TEXT {7}
        S: + ...
        C: hello,  URL ;UID=1/;section=TEXT/;partial=0.5 TEXT ~{1+}
        C: !)
        S: a OK [APPENDUID 102 1] ...
        C: b REPLACE 1 Box CATENATE (URL /Box/;UID=1)
        S: * OK [APPENDUID 102 2] ...
        S: * 1 EXPUNGE
        S: b OK ...
        C: c EXAMINE Box
        S: ....
        S: c OK ...
        C: d FETCH 2 BODY.PEEK[]
        S: * 2 FETCH (BODY[] {...}
        S: Subject: One
        S:
        S: hello, first!)
        S: d OK ...
    """)


@pytest.mark.parametrize(
    "url",
    [
        "/INBOX/;UID=99",
        "/INBOX;UIDVALIDITY=1/;UID=1",
        "/None/;UID=1",
        "/INBOX/;UID=1/;SECTION=7",
        "/INBOX/;UID=1/;SECTION=MIME",
        "/INBOX/;UID=1/;SECTION=HEADER.FIELDS",
        "imap://example.org/INBOX/;UID=1",
        "/INBOX",
    ],
)
def test_a_url_that_leads_nowhere(inbox: Player, url: str) -> None:
    inbox.play(f"""
        C: a APPEND Box CATENATE (TEXT {{1+}}
        C: x URL "{url}")
        S: a NO [BADURL {url}] ...
        C: b STATUS Box (MESSAGES)
        S: * STATUS Box (MESSAGES 0)
        S: b OK ...
    """)


def test_a_url_without_a_mailbox_needs_a_selected_one(player: Player) -> None:
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: a APPEND Box CATENATE (URL ;UID=1)
        S: a NO [BADURL ;UID=1] ...
    """)
