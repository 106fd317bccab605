"""Memory and work of an asyncio connection stay small, whatever a server sends (E2, E3, E4)."""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any

import pytest

import imapsh
from imapsh.client.connect import Connection
from imapsh.errors import ConnectionLost, LimitError
from imapsh.wire.frames import Spilled
from imapsh.wire.limits import DEFAULT, MEMORY
from imapsh.wire.reader import Taken
from imapsh.wire.sinks import octets_of

from .test_connect_peer import pair, selected
from .test_connection import Peer, play


def peak(scene: Callable[[Connection, Peer, Callable[[], None]], Coroutine[Any, Any, None]], **options: Any) -> int:
    """Return the most octets that were in use from the call that the scene makes to its end."""
    found: list[int] = []

    async def played() -> None:
        async with pair(**options) as (c, peer):
            await selected(c, peer, 100)
            await scene(c, peer, tracemalloc.start)
            found.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    play(played)
    return found[0]


# -- E2


def test_e2_the_default_fits_a_laptop() -> None:
    assert DEFAULT.memory == MEMORY == 128 << 20


@pytest.mark.parametrize("size", [MEMORY + 1, 1 << 31, (4 << 30) - 1])
def test_e2_a_literal_is_refused_when_it_is_announced(size: int) -> None:
    async def scene(c: Connection, peer: Peer, start: Callable[[], None]) -> None:
        start()
        message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
        await peer.hears(b"A2 FETCH")
        await peer.says(b"* 1 FETCH (BODY[] {%d}\r\n" % size)
        with pytest.raises(LimitError) as raised:
            await message
        assert (raised.value.limit, raised.value.allowed, raised.value.seen) == ("memory", MEMORY, size)
        assert c.error is raised.value

    assert peak(scene) < 1 << 20


def test_e2_literals_of_one_response_count_together() -> None:
    async def scene() -> None:
        async with pair(limits=DEFAULT._replace(memory=100)) as (c, peer):
            await selected(c, peer, 1)
            messages = c.fetch(1, "BODY[1] BODY[2]")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"A2 FETCH")
            for number in (1, 2, 3):  # each response begins anew
                await peer.says(b"* %d FETCH (BODY[1] {60}\r\n%s BODY[2] {40}\r\n%s)\r\n" % (1, b"x" * 60, b"y" * 40))
                assert (await (first if number == 1 else anext(messages))).items["BODY[2]"] == b"y" * 40
            await peer.says(b"* 1 FETCH (BODY[1] {60}\r\n%s BODY[2] {41}\r\n" % (b"x" * 60))
            with pytest.raises(LimitError, match="memory"):
                await anext(messages)

    play(scene)


def test_e2_a_literal_in_a_file_takes_no_memory() -> None:
    async def scene() -> None:
        async with pair(limits=DEFAULT._replace(memory=100), spool=50) as (c, peer):
            await selected(c, peer, 1)
            message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
            await peer.hears(b"A2 FETCH")
            await peer.says(b"* 1 FETCH (BODY[] {500}\r\n%s)\r\n" % (b"x" * 500))
            octets = (await message).items["BODY[]"]
            assert isinstance(octets, Spilled)
            assert b"".join(octets_of(octets)) == b"x" * 500
            assert octets.where is not None
            octets.where.close()

    play(scene)


def test_e2_a_literal_is_in_memory_once() -> None:
    taken = Taken()
    tracemalloc.start()
    for _ in range(256):
        taken.append(b"x" * (1 << 16))
    octets = taken.octets()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(octets) == 1 << 24
    assert taken.tail(3) == b"xxx"
    assert most < 1.3 * (1 << 24)


def test_e2_a_literal_in_small_pieces_takes_no_more() -> None:
    taken = Taken()
    tracemalloc.start()
    for number in range(1 << 16):
        taken.append(b"%d" % (number % 10) + b"x")
    octets = taken.octets()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert octets[:4] == b"0x1x"
    assert most < 3 * len(octets)


# -- E3


def test_e3_listed_mailboxes_are_compact() -> None:
    number = 5000

    async def scene(c: Connection, peer: Peer, start: Callable[[], None]) -> None:
        start()
        listing = asyncio.ensure_future(c.list())
        await peer.hears(b"A2 LIST")
        for at in range(number):
            await peer.says(b'* LIST (\\HasNoChildren \\Marked) "/" "some/name/%06d"\r\n' % at)
        await peer.says(b"A2 OK done\r\n")
        assert len(await listing) == number

    assert peak(scene) < number * 400


def test_e3_found_numbers_are_compact() -> None:
    times, number = 40, 10_000
    line = b"* SEARCH " + b" ".join(b"%d" % n for n in range(1, 2 * number, 2)) + b"\r\n"

    async def scene(c: Connection, peer: Peer, start: Callable[[], None]) -> None:
        start()
        searching = asyncio.ensure_future(c.search("ALL"))
        await peer.hears(b"A2 SEARCH")
        for _ in range(times):
            await peer.says(line)
        await peer.says(b"A2 OK done\r\n")
        found = await searching
        assert len(found) == number
        assert found[-1] == 2 * number - 1

    assert peak(scene) < times * number * 16


@pytest.mark.parametrize("shape", ["rising", "falling", "woven"])
def test_e3_found_numbers_that_never_repeat_are_compact(shape: str) -> None:
    """Sets of scattered numbers have no ranges that would make them short."""
    times, number = 20, 10_000
    starts = range(1, times * number * 2, number * 2)
    lines = {
        "rising": [range(start, start + 2 * number, 2) for start in starts],
        "falling": [range(start, start + 2 * number, 2) for start in reversed(starts)],
        "woven": [range(1 + 2 * place, times * number * 2, times * 2) for place in range(times)],
    }[shape]

    async def scene(c: Connection, peer: Peer, start: Callable[[], None]) -> None:
        start()
        searching = asyncio.ensure_future(c.search("ALL"))
        await peer.hears(b"A2 SEARCH")
        for line in lines:
            await peer.says(b"* SEARCH " + b" ".join(b"%d" % n for n in line) + b"\r\n")
        await peer.says(b"A2 OK done\r\n")
        found = await searching
        assert len(found) == times * number
        assert (found[0], found[-1], 3 in found, 4 in found) == (1, times * number * 2 - 1, True, False)
        assert str(found[1:3]) == "3,5"

    assert peak(scene) < times * number * 48  # a pair of numbers alone takes 120 in a tuple


def test_e3_numbers_that_come_again_and_again_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.client.results._MANY", 10)

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            searching = asyncio.ensure_future(c.search("ALL"))
            await peer.hears(b"A2 SEARCH")
            await peer.says(b"* SEARCH 5 3 1 3\r\n* SEARCH 9 7 5 3 1 11 13\r\n* SEARCH 1 2 3 4294967295 0\r\n" * 9)
            await peer.says(b'* ESEARCH (TAG "A2") ALL 20:22\r\nA2 OK done\r\n')
            assert str(await searching) == "1:3,5,7,9,11,13,20:22,4294967295"

    play(scene)


def test_e3_idle_slows_the_server_down_and_forgets_at_the_end() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            idle = c.idle()
            updates = await idle.__aenter__()
            await peer.hears(b"A2 IDLE\r\n")
            await peer.says(b"+ idling\r\n")
            flood = b"* 1 FETCH (FLAGS (\\Seen))\r\n" * 100_000
            flooding = asyncio.ensure_future(peer.says(flood))
            for _ in range(10):
                assert (await anext(updates)).number == 1
                assert len(updates._backlog) < 5000
            leaving = asyncio.ensure_future(idle.__aexit__(None, None, None))
            await flooding
            await peer.hears(b"DONE\r\n")
            await peer.says(b"A2 OK done\r\n")
            await leaving
            assert len(updates._backlog) == 0

    play(scene)


@pytest.mark.parametrize(
    "ask", [lambda c: c.list(), lambda c: c.command("X-ANY"), lambda c: c.store("1:9", "FLAGS", [])]
)
def test_e3_what_a_command_collects_is_bounded(ask: Callable[[Connection], Coroutine[Any, Any, Any]]) -> None:
    async def scene() -> None:
        async with pair(limits=DEFAULT._replace(collected=1000)) as (c, peer):
            await selected(c, peer, 9)
            running = asyncio.ensure_future(ask(c))
            await peer.hears(b"A2 ")
            for number in range(1, 10):
                await peer.says(b'* LIST () "/" %s\r\n* %d FETCH (FLAGS (x%s))\r\n' % (b"x" * 200, number, b"x" * 200))
            with pytest.raises(LimitError, match="collected"):
                await running
            assert isinstance(c.error, LimitError)

    play(scene)


async def piled(c: Connection, peer: Peer, literals: list[int]) -> Exception | None:
    """Await a command inside a fetch loop, before whose reply messages come; return what it raises."""
    await selected(c, peer, 100)
    messages = c.fetch("1:*", "BODY[]")
    first = asyncio.ensure_future(anext(messages))
    await peer.hears(b"A2 FETCH")
    await peer.says(b"* 1 FETCH (BODY[] {1}\r\nx)\r\n")
    assert (await first).seq == 1
    running = asyncio.ensure_future(c.noop())
    await peer.hears(b"A3 NOOP\r\n")
    for number, octets in enumerate(literals, 2):
        await peer.says(b"* %d FETCH (BODY[] {%d}\r\n%s)\r\n" % (number, octets, b"x" * octets))
    await peer.says(b"A2 OK done\r\nA3 OK done\r\n")
    try:
        await running
        assert [message.seq async for message in messages] == list(range(2, len(literals) + 2))
    except LimitError as error:
        return error
    return None


def test_e3_messages_that_pile_up_while_a_command_is_awaited_are_bounded() -> None:
    async def scene() -> None:
        limits = DEFAULT._replace(collected=1 << 20)
        async with pair(limits=limits) as (c, peer):
            error = await piled(c, peer, [1 << 18] * 9)
            assert isinstance(error, LimitError)
            assert (error.limit, error.allowed) == ("collected", 1 << 20)
            assert "of items that wait while a command is awaited" in str(error)
            assert c.error is error
        async with pair(limits=limits) as (c, peer):  # the first that does not fit is no heap
            assert await piled(c, peer, [1 << 21, 500, 500]) is None
        async with pair(limits=limits, spool=1 << 17) as (c, peer):  # files are not memory
            assert await piled(c, peer, [1 << 18] * 9) is None
        async with pair(limits=DEFAULT._replace(collected=0)) as (c, peer):
            assert await piled(c, peer, [1 << 18] * 9) is None

    play(scene)


def test_e3_a_literal_that_no_file_takes_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(24, "Too many open files")

    async def scene() -> None:
        async with pair(spool=100) as (c, peer):
            await selected(c, peer, 1)
            message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
            await peer.hears(b"A2 FETCH")
            monkeypatch.setattr("tempfile.TemporaryFile", full)
            await peer.says(b"* 1 FETCH (BODY[] {500}\r\n%s)\r\n" % (b"x" * 500))
            with pytest.raises(ConnectionLost, match=r"a literal could not be kept in a file: .*Too many open"):
                await message
            assert not c.is_open

    play(scene)


def test_a_literal_goes_to_the_file_that_is_chosen(tmp_path: Path) -> None:
    asked: list[tuple[bytes, int]] = []

    def choose(line: bytes, octets: int) -> IO[bytes] | None:
        asked.append((line, octets))
        return (tmp_path / "text").open("w+b") if octets > 10 else None

    async def scene() -> None:
        async with pair(spool=choose) as (c, peer):
            await selected(c, peer, 1)
            message = asyncio.ensure_future(anext(c.fetch(1, "(BODY[] BODY[HEADER])")))
            await peer.hears(b"A2 FETCH")
            await peer.says(b"* 1 FETCH (BODY[] {500}\r\n%s BODY[HEADER] {3}\r\nabc)\r\n" % (b"x" * 500))
            items: dict[str, Any] = dict((await message).items)
            assert (items["BODY[]"].octets, items["BODY[HEADER]"]) == (500, b"abc")
            with items["BODY[]"].where as file:
                file.seek(0)
                assert file.read() == b"x" * 500
            await peer.says(b"A2 OK done\r\n")

    play(scene)
    assert asked == [(b"* 1 FETCH (BODY[] {500}\r\n", 500), (b" BODY[HEADER] {3}\r\n", 3)]


def test_a_chosen_file_on_a_full_disk_is_a_sentence() -> None:
    async def scene() -> None:
        async with pair(spool=lambda line, octets: full) as (c, peer):
            await selected(c, peer, 1)
            message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
            await peer.hears(b"A2 FETCH")
            await peer.says(b"* 1 FETCH (BODY[] {500}\r\n%s" % (b"x" * 400))
            with pytest.raises(ConnectionLost, match=r"a literal could not be kept in a file: .*No space left"):
                await message
            assert not c.is_open

    with Path("/dev/full").open("wb", buffering=0) as full:
        play(scene)


# -- E4


def calls(lines: bytes, times: int = 1000) -> int:
    """Return how many functions are called for such lines, so many times."""
    count = 0

    def count_calls(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            running = asyncio.ensure_future(c.noop())
            await peer.hears(b"A2 NOOP\r\n")
            sys.setprofile(count_calls)
            await peer.says(lines * times + b"A2 OK done\r\n")
            await running
            sys.setprofile(None)

    play(scene)
    return count


@pytest.mark.skipif(imapsh.compiled, reason="counts calls, and those inside the compiled core are not seen")
@pytest.mark.parametrize(
    "line", [b"\r\n", b"+\r\n", b"+ \r\n", b"+ go on\r\n", b"*\r\n", b"rubbish\r\n", b"\n", b"+\n", b"x\n"]
)
def test_e4_an_empty_line_costs_no_more_than_a_fetch(line: bytes) -> None:
    end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
    unlike = b"* 1 FETCH (FLAGS (\\Seen))" + end + b"* 1 FETCH (UID 7 FLAGS ())" + end  # these are read one by one
    calls(line), calls(unlike, 500)  # what is imported or compiled once is not a cost of a line
    assert calls(line) <= calls(unlike, 500)
