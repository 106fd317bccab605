"""Mod-sequences and quick resynchronization on each server that has them (RFC 7162)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

import imapsh
from imapsh.client.connect import Connection
from imapsh.grammar.responses import Response
from imapsh.session.events import Event, Received
from tests.servers.base import Server


@pytest.mark.parametrize("name", ["dovecot", "cyrus", "demo"])
def test_a_mailbox_is_opened_again(name: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(name)
    events: list[Event] = []
    url = f"imap://{server.user}@{server.host}:{server.port}"

    async def scene() -> None:
        async with imapsh.connect(url, password=server.password, cleartext=True, on_event=events.append) as c:
            await _opened_again(c, f"{server.prefix}resync")

    asyncio.run(scene())
    assert [event.findings for event in events if isinstance(event, Received) and event.findings] == []
    assert [event.response for event in events if isinstance(event, Received) and event.response.violations] == []


async def _opened_again(c: Connection, name: str) -> None:
    await c.create(name)
    for _ in range(5):
        await c.append(name, b"Subject: x\r\n\r\nx\r\n")
    await c.command("ENABLE QRESYNC")
    box = await c.select(name)
    before = box.highestmodseq
    uids = [message.uid async for message in c.fetch("1:*", "UID")]
    assert before is not None

    reply = await c.command(f"STORE 1:3 (UNCHANGEDSINCE {before}) +FLAGS (\\Deleted)")
    assert all("MODSEQ" in each.value.items for each in _named(reply.responses, "FETCH"))
    assert box.highestmodseq is not None
    assert box.highestmodseq > before
    assert box.modseq_of(1) is not None
    refused = await c.command(f"STORE 2:4 (UNCHANGEDSINCE {before}) +FLAGS (\\Seen)")
    assert refused.code is not None
    assert (refused.code.name, str(refused.code.arg)) == ("MODIFIED", "2:3")
    gone = await c.expunge()
    assert list(gone) == uids[:3]
    found = await c.command(f"SEARCH MODSEQ {before + 1}")
    assert [each.value.ids for each in _named(found.responses, "SEARCH")] == [(1,)]

    await c.unselect()
    again = await c.command(f"SELECT {name} (QRESYNC ({box.uidvalidity} {before}))")
    [vanished] = _named(again.responses, "VANISHED")
    assert (vanished.value.earlier, set(vanished.value.uids) >= set(uids[:3])) == (True, True)
    assert [each.value.items["UID"] for each in _named(again.responses, "FETCH")] == [uids[3]]
    await c.unselect()
    await c.delete(name)


def _named(responses: Sequence[Response], name: str) -> list[Response]:
    return [response for response in responses if response.name == name]
