"""Which messages a command is about: what is refused before an octet goes out, and what goes out (D1, D2)."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from imapsh.client.connect import Connection, connect
from imapsh.errors import StateError, UsageError
from imapsh.grammar.sequence import SequenceSet
from tests.servers.base import Server

from .test_connect import MAIL
from .test_connect_peer import flags, pair, selected
from .test_connection import Peer, play

Command = Callable[[Connection, Any], Coroutine[Any, Any, Any]]


async def fetched(c: Connection, messages: Any, **options: Any) -> list[int]:
    return [message.seq async for message in c.fetch(messages, "FLAGS", **options)]


#: name on the wire -> the call, and what follows the set
COMMANDS: dict[str, tuple[Command, str]] = {
    "FETCH": (fetched, " FLAGS"),
    "UID FETCH": (lambda c, messages: fetched(c, messages, uid=True), " FLAGS"),
    "STORE": (lambda c, messages: c.store(messages, "+FLAGS", [r"\Deleted"]), r" +FLAGS (\Deleted)"),
    "UID STORE": (lambda c, messages: c.store(messages, "+FLAGS", [r"\Deleted"], uid=True), r" +FLAGS (\Deleted)"),
    "COPY": (lambda c, messages: c.copy(messages, "Box"), " Box"),
    "UID COPY": (lambda c, messages: c.copy(messages, "Box", uid=True), " Box"),
    "MOVE": (lambda c, messages: c.move(messages, "Box"), " Box"),
    "UID MOVE": (lambda c, messages: c.move(messages, "Box", uid=True), " Box"),
    "UID EXPUNGE": (lambda c, messages: c.expunge(messages), ""),
}

every_command = pytest.mark.parametrize("name", COMMANDS)


def in_inbox(scene: Callable[[Connection, Peer], Awaitable[None]]) -> None:
    async def play_it() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            await scene(c, peer)

    play(play_it)


async def nothing_was_sent(c: Connection, peer: Peer) -> None:
    """The next command is the next that the server hears."""
    running = asyncio.create_task(c.noop())
    await peer.hears(b"NOOP\r\n")
    assert peer.heard == b""
    assert c.session.sent_octets == len("A1 SELECT INBOX\r\nA2 NOOP\r\n")
    await peer.says(b"A2 OK done\r\n")
    await running


NONE = [
    0, -1, True, False, 1 << 32, 1.5, None, object(), "", " ", "0", "1:0", "-1", "4294967296", "1 2", b"1",
    bytearray(b"1"), [0], [0, 2], [2, -1], [1, True], [False], ["1"], [None], [1.0], {0}, range(3), range(-3, 3),
    range(1 << 32), range(1, 1 << 33), range(1, 1 << 32, 2), SequenceSet(((5, -1),)), SequenceSet(((1, 1 << 32),)),
]  # fmt: skip


@every_command
def test_d1_what_is_no_set_of_messages_is_not_sent(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        run, _ = COMMANDS[name]
        for messages in NONE:
            if name == "UID EXPUNGE" and messages is None:
                continue  # that is EXPUNGE
            with pytest.raises(UsageError) as raised:
                await run(c, messages)
            assert not isinstance(raised.value, StateError), messages
        await nothing_was_sent(c, peer)

    in_inbox(scene)


SETS: list[tuple[Any, str]] = [
    (7, "7"), ("*", "*"), ("3:*", "3:*"), ("$", "$"), ([3, 1, 2, 9], "1:3,9"), (SequenceSet.parse("5,*"), "5,*"),
    (range(1, 1 << 32), "1:4294967295"), ("1:4294967295", "1:4294967295"), ((n for n in (4, 5)), "4:5"),
    (SequenceSet.parse("1:4294967295")[10:], "11:4294967295"), (range(9, 3, -1), "4:9"), ({2: "x"}, "2"),
]  # fmt: skip


@every_command
def test_d1_what_is_one_is_sent_as_it_is(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        run, rest = COMMANDS[name]
        for number, (messages, text) in enumerate(SETS, 2):
            given = [4, 5] if text == "4:5" else messages  # an iterator is used up
            running = asyncio.create_task(run(c, given))
            await peer.hears(f"A{number} {name} {text}{rest}\r\n".encode())
            await peer.says(f"A{number} OK done\r\n".encode())
            await running

    in_inbox(scene)


def test_d1_four_billion_numbers_take_no_memory() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        tracemalloc.start()
        running = asyncio.create_task(c.store(range(1, 1 << 32), "+FLAGS", [r"\Seen"], uid=True))
        await peer.hears(b"A2 UID STORE 1:4294967295 +FLAGS (\\Seen)\r\n")
        await peer.says(b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\nA2 OK done\r\n")
        assert [message.uid for message in await running] == [7]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4 << 20

    in_inbox(scene)


@pytest.mark.parametrize(
    "criteria",
    ["", " ", "0", "UID 0", "1,0", "0:5", "-1", "NOT 0", "(UNSEEN 0)", "OR 0 SEEN", "4294967296", "UID 1:4294967296",
     0, True, None, [0], b"ALL", "RETURN (COUNT) ALL", "return (MIN MAX) UNSEEN"],
)  # fmt: skip
def test_d1_search_keys_that_are_none_are_not_sent(criteria: Any) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        for uid in (False, True):
            with pytest.raises(UsageError):
                await c.search(criteria, uid=uid)
        await nothing_was_sent(c, peer)

    in_inbox(scene)


@pytest.mark.parametrize(
    "criteria",
    ["1:*", "*", "$", "LARGER 0", "SMALLER 99999999999", "SUBJECT 0", 'SUBJECT "0"', 'X-GM-RAW "0 has:x"', "X-NEW 0",
     "RETURN () ALL", "RETURN (ALL COUNT) UID 1:7", "UID 1:4294967295", "SINCE 1-Feb-2024", 'TEXT "a) 0"'],
)  # fmt: skip
def test_d1_search_keys_go_out_as_they_are(criteria: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.search(criteria))
        await peer.hears(f"A2 SEARCH {criteria}\r\n".encode())
        await peer.says(b"A2 OK done\r\n")
        assert not await running

    in_inbox(scene)


# -- what is found is a set


@every_command
@pytest.mark.parametrize("messages", [[], (), set(), range(0), SequenceSet(), {}], ids=repr)
def test_d2_of_an_empty_set_nothing_is_sent(name: str, messages: Any) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        assert not await COMMANDS[name][0](c, messages)
        await nothing_was_sent(c, peer)

    in_inbox(scene)


def test_d2_an_empty_set_hides_no_mistake() -> None:
    async def scene() -> None:
        async with pair() as (c, _):
            with pytest.raises(StateError, match="SELECT a mailbox first"):
                await c.store([], "+FLAGS", [r"\Seen"])
            with pytest.raises(UsageError, match="is not a flag"):
                await c.store([], "+FLAGS", ["a b"])

    play(scene)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (b"* SEARCH\r\n", []),
        (b"", []),
        (b"* SEARCH 9 2 3 2\r\n", [2, 3, 9]),
        (b"* SEARCH 9 2\r\n* SEARCH 3 2\r\n", [2, 3, 9]),
        (b"* SEARCH 0 5\r\n", [5]),
        (b'* ESEARCH (TAG "A2") UID ALL 21,4:6,5:7\r\n', [4, 5, 6, 7, 21]),
        (b'* ESEARCH (TAG "A2") UID\r\n', []),
        (b"* ESEARCH UID ALL 4:6\r\n", [4, 5, 6]),
        (b'* ESEARCH (TAG "A9") UID ALL 1:3\r\n* ESEARCH (TAG "A2") UID ALL 8\r\n', [8]),
    ],
)
def test_d2_what_search_finds_is_a_rising_set(said: bytes, found: list[int]) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.search("UNSEEN", uid=True))
        await peer.hears(b"A2 UID SEARCH UNSEEN\r\n")
        await peer.says(said + b"A2 OK done\r\n")
        numbers = await running
        assert list(numbers) == found
        assert len(numbers) == len(found)
        assert bool(numbers) is bool(found)
        assert all(number in numbers for number in found)
        assert 1 not in numbers

    in_inbox(scene)


def test_d2_a_server_that_finds_everything() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.search("ALL", uid=True))
        await peer.hears(b"A2 UID SEARCH ALL\r\n")
        await peer.says(b'* ESEARCH (TAG "A2") UID ALL 1:4294967295\r\nA2 OK done\r\n')
        found = await running
        assert len(found) == 4294967295
        assert str(found[:100]) == "1:100"
        with pytest.raises(UsageError, match="into blocks"):
            list(found)

    in_inbox(scene)


def test_d2_the_idioms_on_a_real_server(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
        async with connect(url, password=dovecot.password) as c:
            await c.create("Idioms")
            for _ in range(7):
                await c.append("Idioms", MAIL)
            await c.append("Idioms", MAIL, flags=[r"\Seen"])
            await c.create("Idioms copied")
            await c.select("Idioms")
            assert not await c.search("SUBJECT nowhere")
            found = await c.search("UNSEEN", uid=True)
            assert len(found) == 7
            blocks = [found[at : at + 3] for at in range(0, len(found), 3)]
            uids = [message.uid for block in blocks async for message in c.fetch(block, "UID FLAGS", uid=True)]
            assert uids == list(found)
            assert all(number in found for number in uids)
            copied = await c.copy(found, "Idioms copied", uid=True)
            assert copied is not None
            assert len(copied.source) == len(copied.destination) == 7
            assert [source for source, _ in zip(copied.source, copied.destination, strict=True)] == uids
            assert len(await c.store(found, "+FLAGS", [r"\Deleted"], uid=True)) == 7
            assert await c.expunge(found[:0]) == ()
            assert len(await c.expunge(found[:5])) == 5
            assert await c.search("DELETED", uid=True) == found[5:]
            await c.unselect()
            await c.delete("Idioms")
            await c.delete("Idioms copied")

    play(scene)


def test_a2_flags_of_a_message_outside_the_set_are_news() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        for number, (messages, told) in enumerate([("2:*", [2, 3]), (2, [2]), ("*", [3]), ("1,3", [1, 3])], 2):
            running = asyncio.create_task(fetched(c, messages))
            await peer.hears(f"A{number} FETCH {messages} FLAGS\r\n".encode())
            await peer.says(flags(1, 3) + f"A{number} OK done\r\n".encode())
            assert await running == told

    in_inbox(scene)
