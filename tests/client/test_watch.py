"""The watcher: what it tells, over connections that are cut, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

import imapsh
from imapsh.client.connect import Connection, connect
from imapsh.client.watch import Change, Watcher, _minus, watch
from imapsh.errors import CommandNo, ConnectError, ConnectionLost, LoginError, ServerBye, UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.transport.tls import TLSOptions
from tests.servers.base import Server

from .test_connect_peer import GREETING
from .test_connection import Peer, play
from .test_pool import Clock, Dialled, turns

OK = b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n%s OK [READ-ONLY] done\r\n"
MAIL = b"From: joe@example.com\r\nSubject: hello\r\n\r\nhow are you?\r\n"


def uids(text: str) -> SequenceSet:
    return SequenceSet.parse(text) if text else SequenceSet()


class Scene:
    """A watcher, the peers that it is connected to one after another, and the pauses that it makes."""

    def __init__(self, *errors: Exception, greeting: bytes = GREETING, **options: float) -> None:
        self.dial = Dialled(*errors, greeting=greeting)
        self.pauses: list[float] = []
        self.clock = Clock()
        self.watcher = Watcher(self.dial, "INBOX", sleep=self._sleep, clock=self.clock, **options)
        self.changes = self.watcher.changes()

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def peer(self, number: int) -> Peer:
        await turns()
        return self.dial.peers[number]

    async def over(self) -> None:
        """The servers go away, then the program leaves the loop."""
        for peer in self.dial.peers:
            await peer.stream.close()
        await self.changes.aclose()

    def next(self) -> asyncio.Task[Change]:
        return asyncio.ensure_future(anext(self.changes))


async def opens(peer: Peer, known: str, uidvalidity: int = 1) -> None:
    """Play a server without QRESYNC, with these UIDs."""
    await peer.hears(b"A1 EXAMINE INBOX\r\n")
    numbers = list(uids(known))
    await peer.says(OK % (len(numbers), uidvalidity, b"A1"))
    if numbers:
        await peer.hears(b"A2 FETCH 1:* UID\r\n")
        await peer.says(b"".join(b"* %d FETCH (UID %d)\r\n" % pair for pair in enumerate(numbers, 1)))
    else:
        await peer.hears(b"A2 UID SEARCH ALL\r\n")
        await peer.says(b"* SEARCH\r\n")
    await peer.says(b"A2 OK done\r\n")


async def begun(scene: Scene, known: str) -> Peer:
    first = scene.next()
    peer = await scene.peer(0)
    await opens(peer, known)
    assert await first == Change("start", uids(known))
    return peer


def test_news_are_told_by_uid() -> None:
    async def played() -> None:
        scene = Scene()
        peer = await begun(scene, "3,5,9")
        change = scene.next()
        await peer.hears(b"A3 IDLE\r\n")
        await peer.says(b"+ idling\r\n* 4 EXISTS\r\n* 1 RECENT\r\n")
        await peer.hears(b"DONE\r\n")
        await peer.says(b"A3 OK done\r\n")
        await peer.hears(b"A4 UID FETCH 10:* UID\r\n")
        await peer.says(b"* 4 FETCH (UID 12)\r\nA4 OK done\r\n")
        assert await change == Change("new", uids("12"))
        change = scene.next()
        await peer.hears(b"A5 IDLE\r\n")
        await peer.says(b"+ idling\r\n* 2 EXPUNGE\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n")
        assert [await change, await scene.next(), await scene.next()] == [
            Change("gone", uids("5")),
            Change("flags", uids("9"), ("\\Seen",)),
            Change("gone", uids("12")),
        ]
        await ended(scene, peer, b"A6")

    play(played)


async def ended(scene: Scene, peer: Peer, tag: bytes) -> None:
    """The program leaves the loop: DONE and LOGOUT are said, and the connection is closed."""
    closing = asyncio.ensure_future(scene.changes.aclose())
    await peer.hears(b"DONE\r\n")
    await peer.says(b"A%d OK done\r\n" % (int(tag[1:]) - 1))
    await peer.hears(tag + b" LOGOUT\r\n")
    await peer.says(b"* BYE bye\r\n" + tag + b" OK done\r\n")
    await closing
    assert not scene.dial.connections[-1].is_open


def test_what_happened_while_it_was_away_is_told() -> None:
    async def played() -> None:
        scene = Scene()
        peer = await begun(scene, "3,5,9")
        lost = scene.next()
        await peer.hears(b"A3 IDLE\r\n")
        await peer.stream.close()
        change = await lost
        assert (change.kind, change.pause, type(change.error)) == ("lost", 1.0, ConnectionLost)
        change_after = scene.next()
        await opens(await scene.peer(1), "3,9,11:12")
        assert [await change_after, await scene.next()] == [Change("gone", uids("5")), Change("new", uids("11:12"))]
        assert scene.pauses == [1.0]
        await scene.over()

    play(played)


def test_another_uidvalidity_is_told_and_nothing_known_counts() -> None:
    async def played() -> None:
        scene = Scene()
        peer = await begun(scene, "3,5")
        lost = scene.next()
        await peer.says(b"* BYE going down\r\n")
        await peer.stream.close()
        assert isinstance((await lost).error, ServerBye)
        change = scene.next()
        await opens(await scene.peer(1), "1:2", uidvalidity=2)
        assert await change == Change("reset", uids("1:2"))
        await scene.over()

    play(played)


def test_pauses_grow_up_to_the_longest_and_begin_anew_after_a_steady_connection() -> None:
    async def played() -> None:
        scene = Scene(most_pause=5.0)
        peer = await begun(scene, "")
        scene.dial.errors = [ConnectError("nobody listens") for _ in range(4)]
        lost = scene.next()
        await peer.stream.close()
        pauses = [(await lost).pause, *[(await scene.next()).pause for _ in range(4)]]
        assert pauses == [1.0, 2.0, 4.0, 5.0, 5.0]
        lost = scene.next()
        second = await scene.peer(1)
        await opens(second, "")
        await second.hears(b"A3 IDLE\r\n")
        scene.clock.now += 3600
        await second.stream.close()
        assert (await lost).pause == 1.0
        assert scene.pauses == pauses
        await scene.over()

    play(played)


def test_a_refused_login_ends_it_at_once_and_later() -> None:
    async def played() -> None:
        scene = Scene(LoginError("no"))
        with pytest.raises(LoginError):
            await scene.next()
        scene = Scene()
        peer = await begun(scene, "")
        scene.dial.errors = [LoginError("no")]
        lost = scene.next()
        await peer.stream.close()
        assert (await lost).kind == "lost"
        with pytest.raises(LoginError):
            await scene.next()
        assert scene.dial.calls == 2
        with pytest.raises(StopAsyncIteration):
            await anext(scene.changes)

    play(played)


@pytest.mark.parametrize("error", [ConnectError("no route"), ConnectionLost("reset")])
def test_the_first_connection_must_work(error: Exception) -> None:
    async def played() -> None:
        scene = Scene(error)
        with pytest.raises(type(error)):
            await scene.next()
        assert scene.pauses == []

    play(played)


def test_a_mailbox_that_is_not_there_ends_it() -> None:
    async def played() -> None:
        scene = Scene()
        first = scene.next()
        peer = await scene.peer(0)
        await peer.hears(b"A1 EXAMINE INBOX\r\n")
        await peer.says(b"A1 NO no such mailbox\r\n")
        with pytest.raises(CommandNo):
            await first
        assert not scene.dial.connections[0].is_open

    play(played)


def test_a_server_without_idle_is_asked_by_noop() -> None:
    async def played() -> None:
        scene = Scene(poll=30.0, greeting=b"* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n")
        first = scene.next()
        peer = await scene.peer(0)
        await opens(peer, "7")
        assert (await first).kind == "start"
        change = scene.next()
        await peer.hears(b"A3 NOOP\r\n")
        await peer.says(b"* 1 EXPUNGE\r\n* 1 EXISTS\r\nA3 OK done\r\n")
        await peer.hears(b"A4 UID FETCH 1:* UID\r\n")
        await peer.says(b"* 1 FETCH (UID 8)\r\nA4 OK done\r\n")
        assert [await change, await scene.next()] == [Change("gone", uids("7")), Change("new", uids("8"))]
        assert scene.pauses == [30.0]
        await scene.over()

    play(played)


def test_an_expunge_of_a_number_whose_uid_is_not_known_is_found_out() -> None:
    async def played() -> None:
        scene = Scene()
        peer = await begun(scene, "3,5,9")
        change = scene.next()
        await peer.hears(b"A3 IDLE\r\n")
        await peer.says(b"+ idling\r\n* 4 EXISTS\r\n* 4 EXPUNGE\r\n* 1 EXPUNGE\r\n")
        await peer.hears(b"DONE\r\n")
        await peer.says(b"A3 OK done\r\n")
        await peer.hears(b"A4 FETCH 1:* UID\r\n")
        await peer.says(b"* 1 FETCH (UID 5)\r\n* 2 FETCH (UID 9)\r\nA4 OK done\r\n")
        assert await change == Change("gone", uids("3"))
        await scene.over()

    play(played)


def test_idle_is_begun_again_after_the_renewal() -> None:
    async def played() -> None:
        scene = Scene(renewal=0.0)
        peer = await begun(scene, "3")
        change = scene.next()
        for tag in (b"A3", b"A4"):
            await peer.hears(tag + b" IDLE\r\n")
            await peer.says(b"+ idling\r\n")
            await peer.hears(b"DONE\r\n")
            await peer.says(tag + b" OK done\r\n")
        await peer.hears(b"A5 IDLE\r\n")
        await peer.says(b"+ idling\r\n* 1 EXPUNGE\r\n")
        await peer.hears(b"DONE\r\n")
        await peer.says(b"A5 OK done\r\n")
        assert await change == Change("gone", uids("3"))
        await scene.over()

    play(played)


def test_with_qresync_flags_that_changed_meanwhile_are_told() -> None:
    async def played() -> None:
        scene = Scene(greeting=b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE ENABLE QRESYNC] ready\r\n")
        first = scene.next()
        for number, known in enumerate(("", " (QRESYNC (1 50))")):
            peer = await scene.peer(number)
            await peer.hears(b"A1 ENABLE QRESYNC\r\n")
            await peer.says(b"* ENABLED QRESYNC\r\nA1 OK done\r\n")
            await peer.hears(f"A2 EXAMINE INBOX{known}\r\n".encode())
            changed = b"* VANISHED (EARLIER) 4\r\n* 1 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (60))\r\n" if known else b""
            await peer.says(b"* OK [HIGHESTMODSEQ 50] ok\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n" + changed)
            await peer.says(b"A2 OK done\r\n")
            await peer.hears(b"A3 UID SEARCH ALL\r\n")
            await peer.says(b"* SEARCH 3 %d\r\nA3 OK done\r\n" % (5 if known else 4))
            change = await first
            if not known:
                assert change == Change("start", uids("3,4"))
                first = scene.next()
                await peer.hears(b"A4 IDLE\r\n")
                await peer.stream.close()
                assert (await first).kind == "lost"
                first = scene.next()
        assert [change, await scene.next(), await scene.next()] == [
            Change("gone", uids("4")), Change("new", uids("5")), Change("flags", uids("3"), ("\\Seen",)),
        ]  # fmt: skip
        gone = scene.next()
        await peer.hears(b"A4 IDLE\r\n")
        await peer.says(b"+ idling\r\n* VANISHED 3,4,77\r\n")
        assert await gone == Change("gone", uids("3"))
        await scene.over()

    play(played)


@given(*[st.frozensets(st.integers(1, 40))] * 2)
def test_the_difference_of_sets(these: frozenset[int], others: frozenset[int]) -> None:
    assert set(_minus(SequenceSet.of(these), SequenceSet.of(others))) == these - others


def test_the_difference_of_large_sets_is_of_ranges() -> None:
    assert str(_minus(uids("1:4294967295"), uids("5,7:9"))) == "1:4,6,10:4294967295"


@pytest.mark.parametrize("value", [0, -1.0, True, float("nan"), "5"])
def test_seconds_that_are_none(value: float) -> None:
    with pytest.raises(UsageError, match="renewal is a number of seconds above 0"):
        watch("imap://localhost", renewal=value)
    with pytest.raises(UsageError, match="poll is a number of seconds above 0"):
        watch("imap://localhost", poll=value)
    with pytest.raises(UsageError, match="most_pause is a number of seconds above 0"):
        watch("imap://localhost", most_pause=value)


def test_a_url_that_is_none() -> None:
    with pytest.raises(UsageError):
        imapsh.watch("pop3://localhost")


def test_on_dovecot_with_connections_cut(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}"
        tls = TLSOptions(cafile=str(dovecot.cafile))
        made: list[Connection] = []

        async def dial() -> Connection:
            made.append(await connect(url, password=dovecot.password, tls=tls))
            return made[-1]

        async with connect(url, password=dovecot.password, tls=tls) as c:
            await c.create("watched")
            await c.append("watched", MAIL)
            await c.select("watched")

            async def at_once(seconds: float) -> None:
                await c.append("watched", MAIL)

            changes = Watcher(dial, "watched", sleep=at_once).changes()
            async with aclosing(changes):
                assert await anext(changes) == Change("start", uids("1"))
                await c.append("watched", MAIL)
                assert await anext(changes) == Change("new", uids("2"))
                await c.store("1", "+FLAGS", [r"\Deleted"])
                flags = await anext(changes)
                assert (flags.kind, flags.uids) == ("flags", uids("1"))
                assert "\\Deleted" in flags.flags
                await c.expunge()
                assert await anext(changes) == Change("gone", uids("1"))
                await made[0]._runner._client.stream.close()
                assert (await anext(changes)).kind == "lost"
                assert await anext(changes) == Change("new", uids("3"))
            assert [one.is_open for one in made] == [False, False]
            await c.unselect()
            await c.delete("watched")

    play(scene)


def test_the_loop_may_just_be_left(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX"
        changes: AsyncGenerator[Change, None] = imapsh.watch(
            url, password=dovecot.password, tls=TLSOptions(cafile=str(dovecot.cafile))
        )
        async for change in changes:
            assert change.kind == "start"
            break
        await changes.aclose()

    play(scene)


@pytest.mark.parametrize("in_idle", [False, True])
def test_d17_a_program_may_end_with_the_loop(in_idle: bool) -> None:
    """At its end asyncio closes all generators at the same time, and reports what goes wrong."""
    faults: list[dict[str, object]] = []
    scenes: list[Scene] = []  # so that the generator is not closed earlier

    async def program() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
        scene = Scene()
        scenes.append(scene)
        peer = await begun(scene, "3,5")
        if in_idle:
            change = scene.next()
            await peer.hears(b"A3 IDLE\r\n")
            await peer.says(b"+ idling\r\n* 1 EXPUNGE\r\n")
            assert await change == Change("gone", uids("3"))

    asyncio.run(program())
    assert faults == []
    assert not scenes[0].dial.connections[0].is_open
