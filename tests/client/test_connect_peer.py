"""The asyncio Connection against a server written by hand: order, pressure, silence, cancellation, ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from imapsh.client import idle as idling
from imapsh.client.backlog import MOST_ITEMS
from imapsh.client.connect import Connecting, Connection, connect
from imapsh.errors import (
    CommandNo,
    ConnectionLost,
    ConnectionTimeout,
    GreetingError,
    ImapshError,
    LoginError,
    ServerBye,
    StateError,
    TLSError,
    UsageError,
)
from imapsh.grammar.values import Count, Vanished
from imapsh.session import pace
from imapsh.transport.address import Address
from imapsh.transport.memory_aio import aio_pair

from .test_connection import Peer, play, play_at_once

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE UIDPLUS LITERAL+] ready\r\n"
ELSEWHERE = Address("imap", "mail.example.com", 143)


@asynccontextmanager
async def pair(greeting: bytes = GREETING, **options: Any) -> AsyncIterator[tuple[Connection, Peer]]:
    ours, theirs = await aio_pair()
    peer = Peer(theirs)
    if greeting:
        await peer.says(greeting)
    connection = Connection(ours, **options)
    try:
        await connection.greet()
        yield connection, peer
    finally:
        await connection.close()
        await theirs.close()


async def selected(c: Connection, peer: Peer, exists: int) -> None:
    running = asyncio.create_task(c.select("INBOX"))
    await peer.hears(b"A1 SELECT INBOX\r\n")
    await peer.says(b"* %d EXISTS\r\nA1 OK [READ-WRITE] done\r\n" % exists)
    await running


def flags(first: int, last: int) -> bytes:
    return b"".join(b"* %d FETCH (UID %d FLAGS ())\r\n" % (n, n) for n in range(first, last + 1))


# -- what is whose


def test_flags_told_by_the_way_are_not_what_was_asked_for() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            messages = c.fetch("1:2", "(UID BODY.PEEK[HEADER.FIELDS (FROM)]<0.10>)")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"FETCH 1:2 (UID BODY.PEEK[HEADER.FIELDS (FROM)]<0.10>)\r\n")
            await peer.says(b"* 3 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 BODY[HEADER.FIELDS (FROM)]<0> NIL)\r\n")
            assert (await first).uid == 7
            await peer.says(b"A2 OK done\r\n")
            assert [message async for message in messages] == []

    play(scene)


def test_two_that_run_at_once_get_what_is_theirs() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            both = asyncio.gather(c.search("SEEN"), c.status("Other"), c.list())
            await peer.hears(b'A4 LIST "" "*"\r\n')
            await peer.says(b'* LIST () "/" Other\r\n* STATUS Other (MESSAGES 5)\r\n* SEARCH 2 3\r\n')
            await peer.says(b"A3 OK\r\nA2 OK done\r\nA4 OK done\r\n")
            search, status, found = await both
            assert (str(search), status.items, found[0].mailbox) == ("2:3", {"MESSAGES": 5}, "Other")

    play(scene)


def test_messages_without_numbers_are_told_apart_by_uid() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            running = asyncio.create_task(_uids(c))
            await peer.hears(b"A2 UID FETCH 20:30 FLAGS\r\n")
            await peer.says(b"* 20 UIDFETCH (FLAGS ())\r\n* 40 UIDFETCH (FLAGS ())\r\n* 30 UIDFETCH (FLAGS (a))\r\n")
            await peer.says(b"A2 OK done\r\n")
            assert await running == [(0, 20), (0, 30)]

    play(scene)


async def _uids(c: Connection) -> list[tuple[int, int | None]]:
    return [(message.seq, message.uid) async for message in c.fetch("20:30", "FLAGS", uid=True)]


def test_esearch_is_a_search_too() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            running = asyncio.create_task(c.search("ALL", uid=True))
            await peer.hears(b"A2 UID SEARCH ALL\r\n")
            await peer.says(b'* ESEARCH (TAG "A2") UID ALL 4:18,21\r\nA2 OK done\r\n')
            assert str(await running) == "4:18,21"

    play(scene)


def test_a_no_in_the_middle_of_a_fetch_comes_after_what_was_sent() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            seen = []

            async def take() -> None:
                async for message in c.fetch("1:3", "FLAGS"):
                    seen.append(message.seq)  # noqa: PERF401 - what came before the error counts

            taking = asyncio.create_task(take())
            await peer.hears(b"A2 FETCH 1:3 FLAGS\r\n")
            await peer.says(flags(1, 2) + b"A2 NO the third is damaged\r\n")
            with pytest.raises(CommandNo, match="damaged"):
                await taking
            assert seen == [1, 2]

    play(scene)


# -- pressure


def test_who_takes_slowly_slows_the_server_down() -> None:
    async def scene() -> None:
        many = 25 * MOST_ITEMS
        async with pair() as (c, peer):
            await selected(c, peer, many)
            messages = c.fetch("1:*", "UID FLAGS")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"A2 FETCH 1:* (UID FLAGS)\r\n")
            saying = asyncio.create_task(peer.says(flags(1, many) + b"A2 OK done\r\n"))
            assert (await first).seq == 1
            for _ in range(1000):
                await asyncio.sleep(0)
            held = c.session.received_octets
            assert held < len(flags(1, many)) // 2
            assert max(len(backlog) for backlog in c._runner.router.backlogs) < 5 * MOST_ITEMS
            assert [message.seq async for message in messages] == list(range(2, many + 1))
            await saying

    play(scene)


def test_a_command_inside_the_loop_does_not_wait_for_the_loop() -> None:
    async def scene() -> None:
        many = 5 * MOST_ITEMS
        async with pair() as (c, peer):
            await selected(c, peer, many)
            messages = c.fetch("1:*", "UID FLAGS")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"A2 FETCH 1:* (UID FLAGS)\r\n")
            await peer.says(flags(1, many) + b"A2 OK done\r\n")
            await first
            running = asyncio.create_task(c.noop())
            await peer.hears(b"A3 NOOP\r\n")
            await peer.says(b"A3 OK done\r\n")
            await running
            assert len([message async for message in messages]) == many - 1

    play(scene)


# -- cancellation


def test_a_loop_left_early_leaves_a_usable_connection() -> None:
    async def scene() -> None:
        many = 5 * MOST_ITEMS
        async with pair() as (c, peer):
            await selected(c, peer, many)
            messages = c.fetch("1:*", "UID FLAGS")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"A2 FETCH 1:* (UID FLAGS)\r\n")
            await peer.says(flags(1, many // 2))
            await first
            await messages.aclose()  # type: ignore[attr-defined]
            running = asyncio.create_task(c.noop())
            await peer.says(flags(many // 2 + 1, many) + b"A2 OK done\r\n")
            await peer.hears(b"A3 NOOP\r\n")
            await peer.says(b"A3 OK done\r\n")
            await running
            assert not c._runner.router.backlogs
            assert not c._runner.router.wants

    play(scene)


def test_a_cancelled_command_leaves_a_usable_connection() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            sent = asyncio.create_task(c.command("EXPUNGE"))
            await peer.hears(b"A2 EXPUNGE\r\n")
            queued = asyncio.create_task(c.unselect())
            await asyncio.sleep(0)
            for task in (sent, queued):
                task.cancel()
            await asyncio.gather(sent, queued, return_exceptions=True)
            running = asyncio.create_task(c.noop())
            await peer.says(b"* 1 EXPUNGE\r\nA2 OK done\r\n")
            await peer.hears(b"NOOP\r\n")
            assert b"UNSELECT" not in peer.heard
            (tag,) = c.session.running
            await peer.says(f"{tag} OK done\r\n".encode())
            await running
            assert c.mailbox is not None
            assert c.mailbox.exists == 0

    play(scene)


# -- silence


def test_silence_ends_the_connection() -> None:
    async def scene() -> None:
        async with pair(timeout=0.05) as (c, peer):
            with pytest.raises(ConnectionTimeout, match=r"nothing came from the server within 0\.05 s"):
                await c.noop()
            assert c.state == "logout"
            assert isinstance(c.error, ConnectionTimeout)
            with pytest.raises(ConnectionTimeout):
                await c.noop()
            assert await peer.stream.read(100) == b"A1 NOOP\r\n"

    play_at_once(scene)


def test_silence_in_a_fetch() -> None:
    async def scene() -> None:
        async with pair(timeout=0.05) as (c, peer):
            await selected(c, peer, 3)
            messages = c.fetch("1:*", "FLAGS")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"FETCH")
            await peer.says(flags(1, 1))
            assert (await first).seq == 1
            with pytest.raises(ConnectionTimeout):
                await anext(messages)

    play_at_once(scene)


def test_octets_that_move_are_no_silence() -> None:
    async def scene() -> None:
        async with pair(timeout=0.1) as (c, peer):
            running = asyncio.create_task(c.noop())
            await peer.hears(b"A1 NOOP\r\n")
            until = asyncio.get_running_loop().time() + 0.25
            while asyncio.get_running_loop().time() < until:
                await peer.says(b"* OK still at it\r\n")
                await asyncio.sleep(0.01)
            await peer.says(b"A1 OK done\r\n")
            await running

    play_at_once(scene)


def test_no_greeting() -> None:
    async def scene() -> None:
        with pytest.raises(ConnectionTimeout):
            async with pair(b"", timeout=0.05):
                pass

    play_at_once(scene)


# -- ends


@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        (b"* BYE not today\r\n", GreetingError),
        (b"220 mail.example.com ESMTP\r\n", GreetingError),
    ],
)
def test_greetings_that_are_none(greeting: bytes, error: type[Exception]) -> None:
    async def scene() -> None:
        with pytest.raises(error):
            async with pair(greeting):
                pass

    play(scene)


def test_preauth_in_the_clear_from_another_machine() -> None:
    async def scene() -> None:
        with pytest.raises(TLSError, match="PREAUTH"):
            async with pair(address=ELSEWHERE):
                pass
        async with pair(address=ELSEWHERE, cleartext=True) as (c, _):
            assert c.state == "authenticated"

    play(scene)


def test_acting_for_another_by_the_mechanism_and_by_proxyauth() -> None:
    async def scene() -> None:
        greeting = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n"
        async with pair(greeting) as (c, peer):
            running = asyncio.create_task(c.login("ann", "s3cret", authorize="bob"))
            await peer.hears(b"A1 AUTHENTICATE PLAIN Ym9iAGFubgBzM2NyZXQ=\r\n")
            await peer.says(b"A1 OK [CAPABILITY IMAP4rev1] in\r\n")
            await running
        async with pair(greeting) as (c, peer):
            running = asyncio.create_task(c.login("ann", "s3cret", proxyauth="bob"))
            await peer.hears(b"A1 AUTHENTICATE PLAIN AGFubgBzM2NyZXQ=\r\n")
            await peer.says(b"A1 OK [CAPABILITY IMAP4rev1] in\r\n")
            await peer.hears(b"A2 PROXYAUTH bob\r\n")
            await peer.says(b"A2 OK done\r\n")
            await running
            assert c.is_open

    play(scene)


def test_after_a_refused_proxyauth_the_connection_is_closed() -> None:
    async def scene() -> None:
        async with pair(b"* OK [CAPABILITY IMAP4rev1] hi\r\n") as (c, peer):
            running = asyncio.create_task(c.login("ann", "s3cret", proxyauth="bob"))
            await peer.hears(b'A1 LOGIN ann "s3cret"\r\n')
            await peer.says(b"A1 OK [CAPABILITY IMAP4rev1] in\r\n")
            await peer.hears(b"A2 PROXYAUTH bob\r\n")
            await peer.says(b"A2 NO [NOPERM] not you\r\n")
            with pytest.raises(
                LoginError, match=r"does not let ann act for bob: NO \[NOPERM\] not you; the connection"
            ):
                await running
            assert not c.is_open
            assert await peer.stream.read(100) == b""
            with pytest.raises(StateError, match="does not let ann act for bob"):
                await c.noop()

    play(scene)


def test_who_acts_for_whom_is_said_once_and_needs_a_login() -> None:
    async def scene() -> None:
        async with pair(b"* OK [CAPABILITY IMAP4rev1] hi\r\n") as (c, peer):
            with pytest.raises(UsageError, match="authorize and proxyauth both name the user to act for"):
                await c.login("ann", "s3cret", authorize="bob", proxyauth="bob")
            with pytest.raises(LoginError, match="can say for whom you act, and nothing was sent"):
                await c.login("ann", "s3cret", authorize="bob")
            await c.close()
            assert await peer.stream.read(100) == b""

    with pytest.raises(UsageError, match="to act for bob takes a login: give a password, a token"):
        connect("imaps://ann;AUTHORIZE=bob@h")
    play(scene)


def test_no_password_goes_in_the_clear_to_another_machine() -> None:
    async def scene() -> None:
        greeting = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] hi\r\n"
        async with pair(greeting, address=ELSEWHERE) as (c, peer):
            with pytest.raises(LoginError, match="not encrypted"):
                await c.login("joe", "sesame")
            with pytest.raises(LoginError, match="not encrypted"):
                await c.login("joe", "sesame", mechanism="login")
            await c.close()
            assert await peer.stream.read(100) == b""

    play(scene)


@pytest.mark.parametrize("line", ["LOGIN joe sesame", "AUTHENTICATE PLAIN AGpvZQBzZXNhbWU=", "a1 AUTHENTICATE PLAIN"])
def test_e15_no_command_takes_a_password_in_the_clear_to_another_machine(line: str) -> None:
    async def scene() -> None:
        greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hi\r\n"
        async with pair(greeting, address=ELSEWHERE) as (c, peer):
            with pytest.raises(LoginError, match="STARTTLS first, or cleartext=True if you mean it"):
                await c.command(line)
            await c.close()
            assert await peer.stream.read(100) == b""
        async with pair(greeting, address=ELSEWHERE, cleartext=True) as (c, peer):
            running = asyncio.create_task(c.command(line))
            tag = b"a1" if line.startswith("a1") else b"A1"
            await peer.hears(tag + b" " + line.removeprefix("a1 ").encode() + b"\r\n")
            await peer.says(tag + b" OK in\r\n")
            await running

    play(scene)


def test_e20_preauth_in_the_clear_from_another_machine_closes_the_connection() -> None:
    async def scene() -> None:
        ours, theirs = await aio_pair("mx")
        await theirs.write(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
        c = Connection(ours, ELSEWHERE)
        with pytest.raises(TLSError, match=r"PREAUTH over an unencrypted connection.*cleartext=True if you mean it"):
            await c.greet()
        assert not c.is_open
        assert await theirs.read(100) == b""
        with pytest.raises(StateError):
            await c.noop()

    play(scene)


def test_a_bye_ends_what_runs() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            messages = c.fetch("1:*", "FLAGS")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"FETCH")
            await peer.says(flags(1, 1) + b"* BYE going down\r\n")
            await peer.stream.close()
            assert (await first).seq == 1
            with pytest.raises(ServerBye, match="going down"):
                await anext(messages)

    play(scene)


def test_a_bye_right_behind_an_ok() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            running = asyncio.create_task(c.select("INBOX"))
            await peer.hears(b"A1 SELECT INBOX\r\n")
            await peer.says(b"A1 OK done\r\n* BYE and gone\r\n")
            with pytest.raises(ConnectionLost, match=r"INBOX|gone"):
                await running

    play(scene)


def test_logout_where_the_server_just_leaves() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            running = asyncio.create_task(c.logout())
            await peer.hears(b"A1 LOGOUT\r\n")
            await peer.says(b"* BYE bye\r\n")
            await peer.stream.close()
            await running
            assert c.error is None

    play(scene)


def test_closing_in_the_middle_wakes_who_waits() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            running = asyncio.create_task(c.noop())
            await peer.hears(b"A1 NOOP\r\n")
            await c.close()
            with pytest.raises(ConnectionLost, match="was closed by this side"):
                await running

    play(scene)


def test_an_error_in_the_block_closes_without_a_logout() -> None:
    async def scene() -> None:
        ours, theirs = await aio_pair()
        await theirs.write(GREETING)

        async def make() -> Connection:
            connection = Connection(ours)
            await connection.greet()
            return connection

        async def block() -> None:
            async with Connecting(make) as c:
                assert c.state == "authenticated"
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await block()
        assert await theirs.read(100) == b""
        await theirs.close()

    play(scene)


# -- IDLE


def test_idle_is_taken_up_again() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            async with idling.Idle(c._runner, renewal=0.05) as updates:
                following = asyncio.ensure_future(anext(updates))
                await peer.hears(b"A2 IDLE\r\n")
                await peer.says(b"+ idling\r\n")
                await peer.hears(b"DONE\r\n")
                await peer.says(b"A2 OK done\r\n")
                await peer.hears(b"A3 IDLE\r\n")
                await peer.says(b"+ idling\r\n* 2 EXISTS\r\n")
                assert (await following).name == "EXISTS"
                await peer.says(b"* 1 FETCH (FLAGS (\\Seen))\r\n* OK hello\r\n")
                assert [(await anext(updates)).name for _ in range(2)] == ["FETCH", "OK"]
                answering = asyncio.create_task(finish(peer, b"A3"))
            await answering

    async def finish(peer: Peer, tag: bytes) -> None:
        await peer.hears(b"DONE\r\n")
        await peer.says(tag + b" OK done\r\n")

    play(scene)


def test_a18_an_idle_that_the_server_ends_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "AT_ONCE", 0.0)

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            async with c.idle() as updates:
                following = asyncio.ensure_future(anext(updates))
                for tag in (b"A2", b"A3", b"A4"):
                    await peer.hears(tag + b" IDLE\r\n")
                    await peer.says(b"+ idling\r\n" + tag + b" OK enough\r\n")
                await peer.hears(b"A5 IDLE\r\n")
                await peer.says(b"+ idling\r\n* 2 EXISTS\r\n")
                assert (await following).name == "EXISTS"
                answering = asyncio.create_task(finish_idle(peer, b"A5"))
            await answering

    play(scene)


def test_a19_a_server_that_ends_idle_at_once_is_asked_by_noop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PAUSES", (0.01, 0.02))
    monkeypatch.setattr(idling, "POLLING", 0.01)

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            async with c.idle() as updates:
                following = asyncio.ensure_future(anext(updates))
                for tag in (b"A2", b"A3", b"A4"):
                    assert not updates.polls
                    await peer.hears(tag + b" IDLE\r\n")
                    await peer.says(b"+ idling\r\n" + tag + b" OK enough\r\n")
                await peer.hears(b"A5 NOOP\r\n")
                assert updates.polls
                await peer.says(b"A5 OK\r\n")
                await peer.hears(b"A6 NOOP\r\n")
                await peer.says(b"* 2 EXISTS\r\nA6 OK\r\n")
                assert (await following).name == "EXISTS"

    play(scene)


def test_a19_the_pause_after_idle_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PAUSES", (1000.0,))

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            async with c.idle() as updates:
                following = asyncio.ensure_future(anext(updates))
                await peer.hears(b"A2 IDLE\r\n")
                await peer.says(b"+ idling\r\nA2 OK enough\r\n")
                for _ in range(50):  # every turn that the loop may need
                    await asyncio.sleep(0)
                assert not c.session.running
                noop = asyncio.ensure_future(c.noop())
                await peer.hears(b"A3 NOOP\r\n")
                await peer.says(b"* 2 EXISTS\r\nA3 OK\r\n")
                await noop
                assert (await following).name == "EXISTS"
            assert peer.heard == b""

    play(scene)


async def finish_idle(peer: Peer, tag: bytes) -> None:
    await peer.hears(b"DONE\r\n")
    await peer.says(tag + b" OK done\r\n")


def test_two_programs_may_wait_for_the_updates_of_one_idle() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            async with c.idle() as updates:
                following = [asyncio.ensure_future(anext(updates)) for _ in range(2)]
                await peer.hears(b"A2 IDLE\r\n")
                await peer.says(b"+ idling\r\n* 2 EXISTS\r\n* 3 EXISTS\r\n")
                told = [(await one).value for one in following]
                assert told == [Count(2), Count(3)]
                answering = asyncio.create_task(finish_idle(peer, b"A2"))
            await answering

    play(scene)


def test_an_idle_that_waits_for_a_command_can_be_left_and_nothing_is_sent() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            messages = c.fetch("1", "FLAGS")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"A2 FETCH 1 FLAGS\r\n")
            async with c.idle():
                pass
            assert not c._runner._client._waiters.keys() - c.session.running.values()
            await peer.says(b"* 1 FETCH (FLAGS ())\r\nA2 OK done\r\n")
            assert (await first).seq == 1
            noop = asyncio.ensure_future(c.noop())
            await peer.hears(b" NOOP\r\n")
            assert peer.heard == b""
            await peer.says(b"".join(f"{tag} OK done\r\n".encode() for tag in c.session.running))
            await noop

    play_at_once(scene)


@pytest.mark.parametrize("programs", [1, 2])
def test_an_idle_that_waits_for_a_command_longer_than_its_renewal_is_begun_behind_it(programs: int) -> None:
    async def scene() -> None:
        async with pair(timeout=None) as (c, peer):
            await selected(c, peer, 1)
            noop = asyncio.ensure_future(c.command("X-LONG"))
            await peer.hears(b"A2 X-LONG\r\n")
            async with idling.Idle(c._runner, renewal=10.0) as updates:
                following = [asyncio.ensure_future(anext(updates)) for _ in range(programs)]
                await asyncio.sleep(15)
                await peer.says(b"A2 OK done\r\n")
                await noop
                line = await peer.hears_line()
                assert line.endswith(b" IDLE\r\n")
                await peer.says(b"+ idling\r\n" + b"* 2 EXISTS\r\n" * programs)
                assert [(await one).value for one in following] == [Count(2)] * programs
                answering = asyncio.create_task(finish_idle(peer, line[:-7]))
            await answering

    play_at_once(scene)


def test_idle_that_is_refused() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)

            async def block() -> None:
                async with c.idle() as updates:
                    following = asyncio.ensure_future(anext(updates))
                    await peer.hears(b"A2 IDLE\r\n")
                    await peer.says(b"A2 NO not here\r\n")
                    await following

            with pytest.raises(CommandNo, match="not here"):
                await block()
            running = asyncio.create_task(c.noop())
            await peer.hears(b"A3 NOOP\r\n")
            await peer.says(b"A3 OK done\r\n")
            await running

    play(scene)


def test_the_end_comes_in_idle() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)

            async def block() -> None:
                async with c.idle() as updates:
                    following = asyncio.ensure_future(anext(updates))
                    await peer.hears(b"A2 IDLE\r\n")
                    await peer.says(b"+ idling\r\n")
                    await peer.stream.close()
                    await following

            with pytest.raises(ConnectionLost):
                await block()

    play(scene)


# -- octets of any kind


LINES = (
    b"* 5 EXISTS\r\n", b"* 9 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n", b"* 1 FETCH (UID 1 FLAGS ())\r\n", b"* 1 FETCH\r\n",
    b"* 4294967296 FETCH (FLAGS NIL UID x)\r\n", b"* 1 FETCH (BODY[] {3}\r\nabc)\r\n", b"* FETCH {3}\r\n", b"+ \r\n",
    b"* OK [COPYUID 1 1 1] x\r\n", b"* OK [COPYUID 1 x] x\r\n", b"* SEARCH 1 2 x\r\n", b"* SEARCH\r\n", b"+\r\n",
    b"* ESEARCH ALL 1:4294967295\r\n", b"* ESEARCH ALL\r\n", b"* STATUS INBOX (MESSAGES 1)\r\n",
    b"* STATUS INBOX ()\r\n",
    b"* OK [CLOSED] gone\r\n", b"* BAD\r\n", b"\r\n", b"\n", b"\xff\0\r\n", b'* LIST () "/" "\r\n', b"* CAPABILITY\r\n",
)  # fmt: skip
REPLIES = (*[b"OK yes"] * 8, b"OK [CLOSED] x", b"OK [COPYUID 1 1 1]", b"OK [APPENDUID x]", b"NO no", b"BAD", b"PREAUTH")


@pytest.mark.parametrize("seed", range(40))
def test_lines_in_any_order_raise_only_what_is_documented(seed: int) -> None:
    async def use(c: Connection) -> None:
        await c.select("INBOX")
        async for message in c.fetch("1:*", "UID FLAGS"):
            assert message.seq
        await asyncio.gather(c.search("ALL"), c.status("INBOX"), c.list())
        await asyncio.gather(c.move(1, "Other"), c.append("INBOX", b"x"), c.command("X-ANYTHING"), c.expunge())

    async def answer(peer: Peer, chance: random.Random) -> None:
        while data := await peer.stream.read(1 << 16):
            for line in data.splitlines():
                await peer.says(b"".join(chance.choices(LINES, k=6)))
                await peer.says(line.partition(b" ")[0] + b" " + chance.choice(REPLIES) + b"\r\n")

    async def scene() -> None:
        async with pair(timeout=0.2) as (c, peer):
            answering = asyncio.create_task(answer(peer, random.Random(seed)))
            try:
                await use(c)
            except ImapshError:
                pass  # one of the documented kinds; another fails the test
            await c.close()
            await answering

    play_at_once(scene)


# -- what is gone


def test_a3_expunge_under_qresync_returns_uids() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 5)
            running = asyncio.create_task(c.expunge())
            await peer.hears(b"A2 EXPUNGE\r\n")
            await peer.says(b"* VANISHED (EARLIER) 7\r\n* VANISHED 2,4\r\n* 3 EXISTS\r\nA2 OK done\r\n")
            gone = await running
            assert gone == (2, 4)
            assert gone.uid
            assert str(gone.set) == "2,4"
            assert c.mailbox is not None
            assert c.mailbox.exists == 3
            running = asyncio.create_task(c.expunge("9"))
            await peer.hears(b"A3 UID EXPUNGE 9\r\n")
            await peer.says(b"* VANISHED 1:4294967295\r\nA3 OK done\r\n")
            gone = await running
            assert (len(gone), gone[0], gone[-1], 77 in gone) == (4294967295, 1, 4294967295, True)
            assert gone != (1, 2)

    play(scene)


def test_a3_expunge_without_it_returns_numbers() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 5)
            running = asyncio.create_task(c.expunge())
            await peer.hears(b"A2 EXPUNGE\r\n")
            await peer.says(b"* 3 EXPUNGE\r\n* 3 EXPUNGE\r\nA2 OK done\r\n")
            gone = await running
            assert (list(gone), gone.uid, bool(gone), gone[:1]) == ([3, 3], False, True, (3,))
            running = asyncio.create_task(c.expunge())
            await peer.hears(b"A3 EXPUNGE\r\n")
            await peer.says(b"A3 OK done\r\n")
            assert not await running

    play(scene)


def test_a3_idle_hears_what_vanished() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 5)
            async with c.idle() as updates:
                await peer.hears(b"A2 IDLE\r\n")
                await peer.says(b"+ idling\r\n* VANISHED 7:8\r\n")
                update = await anext(updates)
                assert isinstance(update.value, Vanished)
                assert (update.name, str(update.value.uids), update.value.earlier) == ("VANISHED", "7:8", False)
                assert c.mailbox is not None
                assert c.mailbox.exists == 3
                await peer.says(b"A2 OK done\r\n")

    play(scene)
