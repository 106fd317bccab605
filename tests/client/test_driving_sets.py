"""Sets of messages that are too long for a line (A13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

import pytest

from imapsh.client.commands import Connection
from imapsh.client.messages import Message
from imapsh.errors import CommandNo, UsageError

from .test_connect_peer import selected
from .test_connection import Peer
from .test_driving import conversation, silent

Answer = Callable[[list[int]], bytes]

EVEN = list(range(100_000, 107_000, 2))  # 3,500 UIDs, a line of 24,500 octets


async def in_several(peer: Peer, tags: Iterable[int], command: bytes, rest: bytes, *, answer: Answer) -> list[int]:
    """Answer each of several commands; the UIDs that they named."""
    told: list[int] = []
    for tag in tags:
        line = await peer.hears_line()
        assert len(line) <= 8000
        begin = b"A%d %s " % (tag, command)
        assert line.startswith(begin)
        assert line.endswith(rest + b"\r\n")
        part = [int(one) for one in line.removeprefix(begin).split()[0].split(b",")]
        told += part
        await peer.says(answer(part) + b"A%d OK done\r\n" % tag)
    return told


def test_a13_a_long_set_of_uids_is_copied_in_several_commands() -> None:
    def copied(part: list[int]) -> bytes:
        return b"* OK [COPYUID 7 %d %d] moved\r\n" % (part[0], part[0] + 1)

    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9_000)
        running = asyncio.ensure_future(c.move(EVEN, "Big", uid=True))
        told = await in_several(peer, range(2, 6), b"UID MOVE", b" Big", answer=copied)
        assert told == EVEN
        moved = await running
        assert moved is not None
        assert moved.uidvalidity == 7
        assert len(moved.source) == len(moved.destination) == 4

    conversation(scene)


def test_a13_fetch_and_store_of_many_numbers_go_in_several_commands_without_a_gap() -> None:
    def flags_of(part: list[int]) -> bytes:
        return b"".join(b"* %d FETCH (FLAGS ())\r\n" % number for number in part)

    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 200_000)
        storing = asyncio.ensure_future(c.store(EVEN, "+FLAGS", ["x"]))
        between = asyncio.ensure_future(c.noop())
        assert await in_several(peer, range(2, 6), b"STORE", b" +FLAGS (x)", answer=flags_of) == EVEN
        await peer.hears(b"A6 NOOP\r\n")
        await peer.says(b"A6 OK\r\n")
        await between
        assert [one.seq for one in await storing] == EVEN
        fetching = asyncio.ensure_future(gathered(c.fetch(EVEN, "FLAGS")))
        assert await in_several(peer, range(7, 11), b"FETCH", b" FLAGS", answer=flags_of) == EVEN
        assert [one.seq for one in await fetching] == EVEN

    conversation(scene)


async def gathered(messages: AsyncIterator[Message]) -> list[Message]:
    return [message async for message in messages]


def test_a13_a_long_set_of_numbers_is_not_copied() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 200_000)
        for copies in (c.copy(EVEN, "Big"), c.move(EVEN, "Big")):
            with pytest.raises(UsageError, match=r"24,499 octets.*use UIDs"):
                await copies
        with pytest.raises(UsageError, match="PARTIAL"):
            await gathered(c.fetch(EVEN, "FLAGS (PARTIAL 1:9)", uid=True))
        await silent(peer)

    conversation(scene)


def test_a13_what_was_done_stays_done_if_a_later_part_is_refused() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9_000)
        running = asyncio.ensure_future(c.copy(EVEN, "Big", uid=True))
        await in_several(peer, [2], b"UID COPY", b" Big", answer=lambda part: b"")
        await peer.hears_line()
        await peer.says(b"A3 NO [OVERQUOTA] full\r\n")
        with pytest.raises(CommandNo, match="full"):
            await running
        await silent(peer)

    conversation(scene)


def test_a13_the_loop_has_its_turn_when_the_first_of_several_has_ended() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 200_000)
        messages = c.fetch(EVEN, "FLAGS", uid=True)
        running = asyncio.ensure_future(anext(messages))
        begun = [(await peer.hears_line()).split()[0] for _ in range(4)]
        await peer.says(begun[0] + b" OK none of these\r\n")
        for _ in range(20):
            await asyncio.sleep(0)
        assert not running.done()
        last = EVEN[-1]
        await peer.says(b"* 9 FETCH (UID %d FLAGS ())\r\n" % last)
        assert (await running).uid == last
        await peer.says(b"".join(tag + b" OK done\r\n" for tag in begun[1:]))
        assert [message.uid async for message in messages] == []

    conversation(scene)
