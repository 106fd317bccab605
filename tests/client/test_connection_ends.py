"""How a connection ends: in time, with the server's words, and silently if the work is done (D7, D12, D17)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from imapsh.client.connect import connect
from imapsh.errors import CommandBad, CommandNo, ConnectionTimeout, ImapshError, ServerBye, UsageError
from imapsh.session.events import Closed, Event

from .test_connect_peer import pair, selected
from .test_connection import play, play_at_once

# -- D7


@pytest.mark.parametrize("timeout", [0, -1, "5", True, float("nan"), float("inf")])
def test_d7_what_is_no_time_is_refused(timeout: Any) -> None:
    async def scene() -> None:
        with pytest.raises(UsageError):
            async with pair(timeout=timeout):
                pass
        async with pair() as (c, _):
            with pytest.raises(UsageError):
                c.timeout = timeout
            with pytest.raises(UsageError):
                c.idle(renewal=timeout)
            assert c.timeout == 60

    play(scene)


def test_d9_the_renewal_of_idle_can_be_set() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            async with c.idle(renewal=0.01) as updates:
                await peer.hears(b"A2 IDLE\r\n")
                await peer.says(b"+ idling\r\n")
                update = asyncio.ensure_future(anext(updates))
                await peer.hears(b"DONE\r\n")
                await peer.says(b"A2 OK done\r\n")
                await peer.hears(b"A3 IDLE\r\n")
                await peer.says(b"+ idling\r\n* 2 EXISTS\r\n")
                assert (await update).number == 2
                await c.close()

    play(scene)


# -- D12


@pytest.mark.parametrize("late", [0, 300_000])
@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (b"* BYE too large\r\n", ServerBye),
        (b"A1 BAD too large\r\n", CommandBad),
        (b"A1 NO [TOOBIG] too large\r\n* BYE so long\r\n", CommandNo),
    ],
)
def test_d12_the_words_of_a_server_that_takes_no_more(
    words: bytes, error: type[ImapshError], reset: bool, late: int
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n")
        await reader.readuntil(b"}\r\n")
        await reader.readexactly(late)
        writer.write(words)
        if reset:
            writer.transport.abort()
        else:
            writer.close()

    async def scene() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"imap://127.0.0.1:{port}") as c:
                with pytest.raises(error, match="too large"):
                    await c.append("INBOX", b"x" * 20_000_000)

    play(scene)


# -- D17


@pytest.mark.parametrize(
    "last",
    [
        b"* BYE\r\nA1 OK bye\r\n", b"A1 BAD what?\r\n", b"A1 NO never\r\n", b"* BYE\r\n", b"", b"rubbish\r\n",
        b"* 1 FETCH (BODY[] {99999999999}\r\n",
    ],
)  # fmt: skip
def test_d17_the_end_of_the_block_is_silent(last: bytes) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):

            async def work() -> str:
                async with c:
                    return "done"

            leaving = asyncio.ensure_future(work())
            await peer.hears(b"A1 LOGOUT\r\n")
            await peer.says(last)
            await peer.stream.close()
            assert await leaving == "done"
            assert not c.is_open

    play(scene)


def test_d17_an_error_of_the_work_is_raised() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):

            async def work() -> None:
                async with c:
                    await c.noop()

            working = asyncio.ensure_future(work())
            await peer.hears(b"A1 NOOP\r\n")
            await peer.says(b"A1 NO\r\n")
            with pytest.raises(CommandNo):
                await working

    play(scene)


def test_a_time_out_ends_all_that_waits_even_if_the_program_fails_at_it() -> None:
    def told(event: Event) -> None:
        if isinstance(event, Closed):
            raise ValueError("a bug of the program")

    async def scene() -> None:
        reported: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))
        async with pair(on_event=told, timeout=5) as (c, _):
            running = [asyncio.create_task(c.noop()) for _ in range(3)]
            errors = await asyncio.gather(*running, return_exceptions=True)
            assert [type(error) for error in errors] == [ConnectionTimeout] * 3
        assert [str(error) for error in reported] == ["a bug of the program"]

    play_at_once(scene)
