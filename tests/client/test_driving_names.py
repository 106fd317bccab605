"""Names go out as they came (A9), and what cannot be sent is refused (E24)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.errors import UsageError
from imapsh.grammar.names import raw_of

from .test_connection import Peer
from .test_driving import conversation, silent

# -- A9: names are sent back as they came


LISTED = [
    (b"&BBAEMQQyACYEMwQ0BDU-", b"&BBAEMQQyACYEMwQ0BDU-"), (b"&2D0-", b"&2D0-"), (b'"x & y"', b'"x & y"'),
    ('"Entwürfe"'.encode(), "{9+}\r\nEntwürfe".encode()), (b'"Entw\xfcrfe"', b"{8+}\r\nEntw\xfcrfe"),
]  # fmt: skip


@pytest.mark.parametrize(("listed", "sent"), LISTED)
@pytest.mark.parametrize("name", ["LIST", "LSUB"])
def test_a9_a_listed_name_goes_out_with_the_octets_that_came(name: str, listed: bytes, sent: bytes) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        listing = asyncio.ensure_future(c.command(f'{name} "" *'))
        await peer.hears(b'A1 %s "" *\r\n' % name.encode())
        await peer.says(b'* %s () "/" %s\r\nA1 OK\r\n' % (name.encode(), listed))
        mailbox = (await listing).responses[0].value.mailbox
        both = asyncio.gather(c.status(mailbox, "MESSAGES"), c.status("Drafts", "MESSAGES"))
        await peer.hears(b"A2 STATUS %s (MESSAGES)\r\nA3 STATUS Drafts (MESSAGES)\r\n" % sent)
        await peer.says(b"* STATUS Drafts (MESSAGES 3)\r\n* STATUS %s (MESSAGES 5)\r\nA2 OK\r\nA3 OK\r\n" % listed)
        assert [status.items["MESSAGES"] for status in await both] == [5, 3]
        selecting = asyncio.ensure_future(c.select(mailbox))
        await peer.hears(b"A4 SELECT %s\r\n" % sent)
        await peer.says(b"* 3 EXISTS\r\nA4 OK\r\n")
        box = await selecting
        assert (box.name, raw_of(box.name)) == (mailbox, raw_of(mailbox))

    conversation(scene, b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready\r\n")


# -- E24: a lone surrogate


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.command("NOOP \ud800"),
        lambda c: c.status("INBOX", "\ud800"),
        lambda c: c.select("\ud800"),
        lambda c: c.search("SUBJECT \ud800"),
        lambda c: c.set_quota("\ud800", {"STORAGE": 1}),
        lambda c: c.append("INBOX", b"x", date="\ud800"),
    ],
)
def test_e24_a_lone_surrogate_is_refused_before_anything_is_sent(ask: Callable[[Connection], Any]) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        with pytest.raises(UsageError):
            await ask(c)
        await silent(peer)

    conversation(scene)
