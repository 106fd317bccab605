"""The pool: connections are used again, replaced when they break, and a refused login is not tried again."""

from __future__ import annotations

import asyncio

import pytest

import imapsh
from imapsh.client.connect import Connection
from imapsh.client.pool import STALE, Pool, pool
from imapsh.errors import ConnectError, ConnectionLost, LoginError, StateError, UsageError
from imapsh.server.demo import demo_store
from imapsh.server.listen import connect as connect_in_memory
from imapsh.transport.memory_aio import aio_pair
from imapsh.transport.tls import TLSOptions
from tests.servers.base import Server

from .test_connect_peer import GREETING
from .test_connection import Peer, play


class Dialled:
    """Makes connections to peers that a test plays, and keeps both ends.  `errors` are raised first."""

    def __init__(self, *errors: Exception, greeting: bytes = GREETING) -> None:
        self.greeting = greeting
        self.peers: list[Peer] = []
        self.connections: list[Connection] = []
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> Connection:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        ours, theirs = await aio_pair()
        peer = Peer(theirs)
        await peer.says(self.greeting)
        c = Connection(ours)
        await c.greet()
        self.peers.append(peer)
        self.connections.append(c)
        return c


async def turns() -> None:
    """Let the loop take every turn that it may need."""
    for _ in range(50):
        await asyncio.sleep(0)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def demo_pool(size: int, mailbox: str = "") -> tuple[Pool, list[Connection]]:
    """A pool on one demo store, and the connections that it has made."""
    store, made = demo_store(), list[Connection]()

    async def dial() -> Connection:
        stream, _ = await connect_in_memory(store)
        c = Connection(stream)
        await c.greet()
        await c.login("demo", "demo")
        made.append(c)
        return c

    return Pool(dial, size, mailbox=mailbox), made


def test_connections_are_used_again_and_never_more_than_allowed() -> None:
    async def scene() -> None:
        waiting, made = demo_pool(3, "Archive")
        async with waiting as p:
            assert len(made) == 1
            held = 0

            async def work(n: int) -> int:
                nonlocal held
                async with p.connection() as c:
                    held += 1
                    assert held <= 3
                    assert c.mailbox is not None
                    assert c.mailbox.name == "Archive"
                    found = await c.search("ALL")
                    held -= 1
                    return len(found)

            assert set(await asyncio.gather(*map(work, range(20)))) == {240}
        assert len(made) == 3
        assert [c.is_open for c in made] == [False] * 3

    play(scene)


def test_the_mailbox_is_selected_again_if_a_block_has_left_it() -> None:
    async def scene() -> None:
        waiting, made = demo_pool(1, "Archive")
        async with waiting as p:
            async with p.connection() as c:
                await c.select("Drafts")
            async with p.connection() as c:
                assert c.mailbox is not None
                assert (c.mailbox.name, c.mailbox.examined) == ("Archive", False)
        assert len(made) == 1

    play(scene)


def test_a_connection_that_breaks_in_a_block_is_replaced() -> None:
    async def scene() -> None:
        dial = Dialled()
        async with Pool(dial, 2) as p:

            async def breaks() -> None:
                async with p.connection() as c:
                    await dial.peers[0].stream.close()
                    await c.noop()

            with pytest.raises(ConnectionLost):
                await breaks()
            async with p.connection() as c:
                assert c is dial.connections[1]
                assert c.is_open
            ending = asyncio.ensure_future(p.close())
            await dial.peers[1].hears(b"A1 LOGOUT\r\n")
            await dial.peers[1].says(b"* BYE bye\r\nA1 OK done\r\n")
            await ending

    play(scene)


def test_a_connection_that_broke_while_nobody_used_it_is_replaced() -> None:
    async def scene() -> None:
        dial = Dialled()
        p = await Pool(dial, 1).__aenter__()
        await dial.peers[0].says(b"* BYE tired\r\n")
        await dial.peers[0].stream.close()
        await turns()
        assert not dial.connections[0].is_open
        async with p.connection() as c:
            assert c is dial.connections[1]
            await p.close()

    play(scene)


def test_a_connection_that_rested_long_is_tried_before_it_is_given_out() -> None:
    async def scene() -> None:
        dial, clock = Dialled(), Clock()
        p = await Pool(dial, 1, clock=clock).__aenter__()
        clock.now = STALE - 1
        async with p.connection():
            assert dial.peers[0].heard == b""
        clock.now += STALE
        taking = asyncio.ensure_future(p.connection().__aenter__())
        await dial.peers[0].hears(b"A1 NOOP\r\n")
        await dial.peers[0].stream.close()
        assert await taking is dial.connections[1]
        await p.close()

    play(scene)


def test_a_refused_login_is_told_to_all_and_tried_once() -> None:
    async def scene() -> None:
        dial = Dialled(LoginError("mail.example.com refused the login of joe: no"))
        p = Pool(dial, 4)

        async def work() -> None:
            async with p.connection():
                raise AssertionError("there is none")

        results = await asyncio.gather(*(work() for _ in range(10)), return_exceptions=True)
        assert all(isinstance(result, LoginError) for result in results)
        with pytest.raises(LoginError, match="refused the login of joe"):
            await p.__aenter__()
        assert dial.calls == 1

    play(scene)


def test_a_failed_connection_is_raised_and_tried_again_when_asked_for() -> None:
    async def scene() -> None:
        dial = Dialled(ConnectError("nobody listens"))
        p = Pool(dial, 1)
        with pytest.raises(ConnectError):
            await p.__aenter__()
        async with p.connection() as c:
            assert c.is_open
            await p.close()
        assert dial.calls == 2

    play(scene)


def test_the_end_of_the_pool_ends_what_is_in_use_and_who_waits() -> None:
    async def scene() -> None:
        dial = Dialled()
        p = Pool(dial, 1)
        entered = asyncio.Event()

        async def uses() -> None:
            async with p.connection() as c:
                entered.set()
                await c.noop()

        async def waits() -> None:
            async with p.connection():
                raise AssertionError("the pool is closed")

        both = asyncio.gather(uses(), waits(), return_exceptions=True)
        await entered.wait()
        await dial.peers[0].hears(b"A1 NOOP\r\n")
        await p.close()
        used, waited = await both
        assert isinstance(used, ConnectionLost | StateError)
        assert isinstance(waited, StateError)
        assert "the pool is closed" in str(waited)
        await p.close()

    play(scene)


def test_a_cancelled_block_gives_its_connection_back() -> None:
    async def scene() -> None:
        dial = Dialled()
        p = Pool(dial, 1)
        entered = asyncio.Event()

        async def uses() -> None:
            async with p.connection():
                entered.set()
                await asyncio.Event().wait()

        using = asyncio.create_task(uses())
        await entered.wait()
        using.cancel()
        await asyncio.gather(using, return_exceptions=True)
        async with p.connection() as c:
            assert c is dial.connections[0]
            await p.close()

    play(scene)


@pytest.mark.parametrize("size", [0, -1, True, 2.0, "4"])
def test_a_size_that_is_none(size: int) -> None:
    with pytest.raises(UsageError, match="a number of connections from 1"):
        pool("imap://localhost", size)


def test_a_url_that_is_none() -> None:
    with pytest.raises(UsageError):
        imapsh.pool("pop3://localhost", 2)


def test_on_dovecot_with_connections_cut(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX"
        async with imapsh.pool(
            url, 3, password=dovecot.password, tls=TLSOptions(cafile=str(dovecot.cafile)), read_only=True
        ) as p:

            async def count(cut: bool) -> int:
                async with p.connection() as c:
                    found = len(await c.search("ALL"))
                    if cut:
                        await c._runner._client.stream.close()
                    return found

            counts = await asyncio.gather(*(count(n % 3 == 0) for n in range(12)))
            assert len(set(counts)) == 1

    play(scene)


def test_a_wrong_password_on_dovecot_is_told_at_the_beginning(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}"
        p = pool(url, 3, password="wrong", tls=TLSOptions(cafile=str(dovecot.cafile)))
        with pytest.raises(LoginError):
            await p.__aenter__()

    play(scene)
