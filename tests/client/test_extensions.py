"""The methods of an asyncio connection for extensions, on the demo server and on a peer that is written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.client.storing import NewMessage
from imapsh.client.syncing import QResync
from imapsh.errors import CommandBad, StateError, UsageError
from imapsh.grammar.quota import Quota
from imapsh.grammar.sequence import SequenceSet

from .test_connect import MAIL, demo
from .test_connection import play


def on_demo(scene: Callable[[Connection], Awaitable[None]]) -> None:
    """Play a scene with a connection to the demo server."""

    async def played() -> None:
        async with demo() as c:
            await scene(c)

    play(played)


def test_sort_keeps_the_order() -> None:
    async def scene(c: Connection) -> None:
        await c.select("INBOX")
        ids = await c.sort("REVERSE SIZE", uid=True)
        sizes = {m.uid: m.items["RFC822.SIZE"] async for m in c.fetch("1:*", "RFC822.SIZE", uid=True)}
        assert list(ids) == sorted(sizes, key=lambda uid: (-sizes[uid], uid))
        assert await c.sort("SUBJECT", "SUBJECT nowhere") == ()
        with pytest.raises(UsageError, match="needs criteria"):
            await c.sort("")
        with pytest.raises(UsageError, match="is not text"):
            await c.sort(["SIZE"])  # type: ignore[arg-type]

    on_demo(scene)


def test_threads() -> None:
    async def scene(c: Connection) -> None:
        await c.select("INBOX")
        threads = await c.thread("REFERENCES", uid=True)
        found = await c.search("ALL", uid=True)
        assert sorted(threads.in_order) == list(found)

    on_demo(scene)


def test_esearch_gives_the_items_that_were_asked_for() -> None:
    async def scene(c: Connection) -> None:
        box = await c.select("INBOX")
        found = await c.esearch("ALL", ("MIN", "MAX", "COUNT"))
        assert found.items == {"MIN": 1, "MAX": box.exists, "COUNT": box.exists}
        nothing = await c.esearch("SUBJECT nowhere", ("MIN", "COUNT"), uid=True)
        assert nothing.items == {"COUNT": 0}
        assert nothing.uid

    on_demo(scene)


def test_quota() -> None:
    async def scene(c: Connection) -> None:
        (root,) = await c.quota()
        assert isinstance(root, Quota)
        usage, limit = root.resources["MESSAGE"]
        assert 0 < usage < limit
        with pytest.raises(UsageError, match="-1 is not a limit of STORAGE"):
            await c.set_quota("", {"STORAGE": -1})

    on_demo(scene)


def test_rights() -> None:
    async def scene(c: Connection) -> None:
        mine = await c.my_rights("INBOX")
        assert {"l", "r", "a"} <= set(mine)
        await c.set_acl("INBOX", "other", "lr")
        assert (await c.acl("INBOX"))["other"] == "lr"
        await c.delete_acl("INBOX", "other")
        assert "other" not in await c.acl("INBOX")
        rights = await c.list_rights("INBOX", "other")
        assert rights is not None
        assert rights.identifier == "other"

    on_demo(scene)


def test_several_messages_are_appended_at_once_and_one_replaces_another() -> None:
    async def scene(c: Connection) -> None:
        await c.create("Box")
        added = await c.append_all("Box", [NewMessage(MAIL), NewMessage(MAIL + b"2", (r"\Flagged",))])
        assert added is not None
        assert len(added.uids) == 2
        await c.select("Box")
        (second,) = [m async for m in c.fetch(2, "FLAGS BODY.PEEK[]")]
        assert second.items["BODY[]"] == MAIL + b"2"
        new = await c.replace(added.uids[0], "Box", NewMessage(MAIL + b"3"), uid=True)
        assert new is not None
        assert len(await c.search("ALL")) == 2
        with pytest.raises(UsageError, match="at least one message"):
            await c.append_all("Box", [])
        with pytest.raises(UsageError, match="is not a message number"):
            await c.replace(0, "Box", NewMessage(MAIL))

    on_demo(scene)


async def dialogue(steps: list[tuple[bytes, bytes]], scene: Callable[[Connection], Awaitable[None]]) -> None:
    """Play a scene with a server that is written by hand: what it hears, and what it says to that."""
    from imapsh.transport.memory_aio import aio_pair

    ours, theirs = await aio_pair()

    async def server() -> None:
        await theirs.write(b"* PREAUTH [CAPABILITY IMAP4rev1 ENABLE QRESYNC] ready\r\n")
        heard = b""
        for due, said in steps:
            while due not in heard:
                more = await theirs.read(1 << 16)
                assert more, heard
                heard += more
            heard = b""
            await theirs.write(said)

    serving = asyncio.ensure_future(server())
    connection = Connection(ours)
    await connection.greet()
    await scene(connection)
    await serving
    await connection.close()


def test_quick_resynchronization() -> None:
    steps = [
        (b"A1 ENABLE QRESYNC\r\n", b"* ENABLED QRESYNC\r\nA1 OK done\r\n"),
        (
            b"A2 SELECT INBOX (QRESYNC (67890007 20050715194045000 41:211))\r\n",
            (
                b"* 100 EXISTS\r\n* OK [UIDVALIDITY 67890007] ok\r\n* OK [HIGHESTMODSEQ 20060115194045000] ok\r\n"
                b"* VANISHED (EARLIER) 41,43:116\r\n* 49 FETCH (UID 117 FLAGS (\\Seen) MODSEQ (90060115194045001))\r\n"
                b"A2 OK [READ-WRITE] done\r\n"
            ),
        ),
        (
            b"A3 FETCH 1:2 FLAGS (CHANGEDSINCE 12345)\r\n",
            b"* 1 FETCH (FLAGS () MODSEQ (12346))\r\nA3 OK done\r\n",
        ),
        (
            b"A4 UID STORE 5 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)\r\n",
            b"A4 OK [MODIFIED 5] kept\r\n",
        ),
    ]

    async def scene(c: Connection) -> None:
        known = QResync(67890007, 20050715194045000, "41:211")
        with pytest.raises(StateError, match="needs enable"):
            await c.select("INBOX", qresync=known)
        assert await c.enable("QRESYNC") == {"QRESYNC"}
        box = await c.select("INBOX", qresync=known)
        assert box.exists == 100
        assert str(c.resynced.vanished) == "41,43:116"
        assert [(m.seq, m.uid) for m in c.resynced.messages] == [(49, 117)]
        changed = [m async for m in c.fetch("1:2", "FLAGS", changed_since=12345)]
        assert [m.items["MODSEQ"] for m in changed] == [12346]
        stored = await c.store(5, "+FLAGS", [r"\Seen"], uid=True, unchanged_since=0)
        assert list(stored) == []
        assert stored.modified == SequenceSet.of([5])

    play(lambda: dialogue(steps, scene))


WRONG: list[Any] = [-1, True, "5", 1 << 63]


@pytest.mark.parametrize("value", WRONG)
def test_a_mod_sequence_is_checked_before_anything_is_sent(value: Any) -> None:
    async def scene(c: Connection) -> None:
        await c.select("INBOX")
        with pytest.raises(UsageError, match="is not a mod-sequence"):
            await c.store(1, "+FLAGS", [r"\Seen"], unchanged_since=value)
        with pytest.raises(UsageError, match="is not a mod-sequence"):
            async for _ in c.fetch(1, "FLAGS", changed_since=value):
                pass

    on_demo(scene)


def test_metadata() -> None:
    async def scene(c: Connection) -> None:
        await c.set_metadata("INBOX", {"/private/comment": "ours", "/private/note": 'with "quotes"'})
        found = await c.metadata("INBOX", ["/private/comment", "/private/note", "/private/none"])
        assert found["/private/comment"] == "ours"
        assert found["/private/note"] == 'with "quotes"'
        assert found.get("/private/none") is None
        assert "/private/comment" in await c.metadata("INBOX", ["/private"], depth="infinity")
        await c.set_metadata("INBOX", {"/private/comment": None})
        assert await c.metadata("INBOX", "/private/note") == {"/private/note": 'with "quotes"'}
        assert (await c.metadata("INBOX", ["/private/comment"])).get("/private/comment") is None
        for wrong in (c.metadata("INBOX", []), c.metadata("INBOX", ["/a"], depth="2"), c.set_metadata("INBOX", {})):
            with pytest.raises(UsageError):
                await wrong

    on_demo(scene)


@pytest.mark.parametrize(
    "group", ["personal", "(personal)", "(personal (MessageNew", "(mine (MessageNew MessageExpunge))"]
)
def test_a_wrong_group_of_events_is_not_sent(group: str) -> None:
    async def scene(c: Connection) -> None:
        with pytest.raises(UsageError, match=r"notify\(\)"):
            await c.notify(group)

    on_demo(scene)


def test_notify() -> None:
    steps = [
        (
            b"A1 NOTIFY SET STATUS (personal (MessageNew MessageExpunge))\r\n",
            b"* STATUS a (MESSAGES 1)\r\nA1 OK done\r\n",
        ),
        (b"A2 NOTIFY NONE\r\n", b"A2 OK done\r\n"),
    ]

    async def scene(c: Connection) -> None:
        await c.notify("(personal (MessageNew MessageExpunge))", status=True)
        await c.notify()

    play(lambda: dialogue(steps, scene))


def test_compress_where_there_is_none() -> None:
    steps = [(b"A1 COMPRESS DEFLATE\r\n", b"A1 BAD what?\r\n"), (b"A2 NOOP\r\n", b"A2 OK done\r\n")]

    async def scene(c: Connection) -> None:
        with pytest.raises(CommandBad):
            await c.compress()
        await c.noop()

    play(lambda: dialogue(steps, scene))
