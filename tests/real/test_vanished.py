"""VANISHED on Dovecot: one connection has enabled QRESYNC, another expunges."""

from __future__ import annotations

import asyncio

import imapsh
from imapsh.client.connect import Connection
from imapsh.grammar.values import Vanished
from imapsh.session.events import Event, Received
from tests.servers.base import Server


def test_a3_two_connections_on_dovecot(dovecot: Server) -> None:
    events: list[Event] = []

    url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
    password = dovecot.password

    async def scene() -> None:
        async with (
            imapsh.connect(url, password=password, on_event=events.append) as one,
            imapsh.connect(url, password=password) as other,
        ):
            await _two(one, other)

    asyncio.run(scene())
    assert [event.findings for event in events if isinstance(event, Received) and event.findings] == []
    assert [event.response for event in events if isinstance(event, Received) and event.response.violations] == []


async def _two(one: Connection, other: Connection) -> None:
    name = "vanishing"
    await one.create(name)
    for _ in range(8):
        await one.append(name, b"Subject: x\r\n\r\nx\r\n")
    await one.command("ENABLE QRESYNC")
    box = await one.select(name)
    await other.select(name)
    uids = [message.uid async for message in one.fetch("1:*", "UID")]
    assert box.exists == 8

    await other.store("2,4:5", "+FLAGS", [r"\Deleted"])
    assert await other.expunge() == (5, 4, 2)
    await one.noop()
    assert box.exists == 5
    assert [box.uid_of(number) for number in range(1, 7)] == [uids[0], uids[2], *uids[5:8], None]

    await one.store("1", "+FLAGS", [r"\Deleted"])
    gone = await one.expunge()
    assert (list(gone), gone.uid) == ([uids[0]], True)
    assert box.exists == 4

    async with one.idle() as updates:
        await other.noop()
        await other.store("1", "+FLAGS", [r"\Deleted"])
        await other.expunge()
        async for update in updates:
            if update.name == "VANISHED":
                assert isinstance(update.value, Vanished)
                assert str(update.value.uids) == str(uids[2])
                break
    assert box.exists == 3
    seen = [message.uid async for message in one.fetch("1:*", "FLAGS")]
    assert seen == uids[5:8]
    reply = await one.command("UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)")
    assert [response.value.earlier for response in reply.responses if response.name == "VANISHED"] == [True]
    assert box.exists == 3
    await one.unselect()
    await one.delete(name)
