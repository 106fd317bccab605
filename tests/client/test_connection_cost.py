"""The cost of small commands of an asyncio connection, counted: calls of functions, and what is left of a command."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.client.messages import Asked
from imapsh.grammar.sequence import SequenceSet

from .test_connect_peer import pair, selected
from .test_connection import Peer, play

_OFTEN = 20


async def fetch(c: Connection, number: int) -> None:
    assert [one.items["BODY[HEADER]"] async for one in c.fetch(number, "BODY.PEEK[HEADER]")] == [b"X: y\r\n\r\n"]


async def uid_fetch(c: Connection, number: int) -> None:
    assert [one.items["FLAGS"] async for one in c.fetch(number, "FLAGS", uid=True)] == [("\\Seen",)]


async def store(c: Connection, number: int) -> None:
    assert [one.items["FLAGS"] for one in await c.store(number, "+FLAGS", [r"\Seen"])] == [("\\Seen",)]


async def search(c: Connection, number: int) -> None:
    assert list(await c.search("UNSEEN")) == [1, 2]


async def status(c: Connection, number: int) -> None:
    assert (await c.status("INBOX", "MESSAGES")).items == {"MESSAGES": 3}


async def noop(c: Connection, number: int) -> None:
    await c.noop()


#: What is done, what comes before the tagged reply, and the most calls of functions of `imapsh.client` that it takes.
#: The functions are cold each time, so each counts.
COMMANDS: dict[str, tuple[Callable[[Connection, int], Awaitable[None]], bytes, int]] = {
    "fetch": (fetch, b"* %d FETCH (BODY[HEADER] {8}\r\nX: y\r\n\r\n)\r\n", 45),
    "uid fetch": (uid_fetch, b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n", 45),
    "store": (store, b"* %d FETCH (FLAGS (\\Seen))\r\n", 40),
    "search": (search, b"* SEARCH 1 2\r\n", 41),
    "status": (status, b"* STATUS INBOX (MESSAGES 3)\r\n", 33),
    "noop": (noop, b"", 21),
}


class Calls:
    """Counts the calls of functions of the client: where a function goes on after a wait is one, too."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and "/imapsh/client/" in frame.f_code.co_filename.replace("\\", "/"):
            self.count[frame.f_code.co_qualname] += 1


async def answering(peer: Peer, answer: bytes) -> None:
    """Answer each command; `%d` is its number."""
    while True:
        tag, *words = (await peer.hears_line()).split()
        number = int(words[2 if words[0] == b"UID" else 1]) if b"%d" in answer else 0
        await peer.says(answer.replace(b"%d", b"%d" % number) + tag + b" OK done\r\n")


async def play_often(c: Connection, peer: Peer, name: str, before: Callable[[], None] = lambda: None) -> None:
    do, answer, _ = COMMANDS[name]
    serving = asyncio.create_task(answering(peer, answer))
    for number in range(1, 6):  # what is made once is made now
        await do(c, number)
    before()
    for number in range(6, 6 + _OFTEN):
        await do(c, number)
    sys.setprofile(None)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes_few_calls(name: str) -> None:
    calls = Calls()

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 100)
            await play_often(c, peer, name, lambda: sys.setprofile(calls))

    before = sys.getprofile()
    try:
        play(scene)
    finally:
        sys.setprofile(before)
    assert sum(calls.count.values()) <= _OFTEN * COMMANDS[name][2], calls.count.most_common()


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_of_a_command_is_left(name: str) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 100)
            await play_often(c, peer, name)
            router, client = c._runner.router, c._runner._client
            assert (router.wants, router.waits, router.backlogs, client._waiters) == ({}, {}, set(), {})
            assert not client._due.up

    play(scene)


def test_few_kinds_of_responses_are_remembered() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 100)
            asked = Asked(c.session, SequenceSet.parse("1:*"), "FLAGS X-LONG BODY.PEEK[]", False)
            kinds = [("FLAGS", f"X-{number}") for number in range(1000)] + [("X-LONG" + "G" * 1000,)]
            for names in kinds:
                assert asked.shape(names) == asked.shape(names)
            assert 0 < len(asked._names.shapes) < 100
            assert sum(len(name) for names in asked._names.shapes for name in names) < 10_000

    play(scene)
