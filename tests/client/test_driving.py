"""Whose a response is (A2), what may be said when (D4), and what is raised after the end (D5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from imapsh.client.connect import Connecting, Connection, connect
from imapsh.errors import (
    CommandBad,
    CommandNo,
    ConnectionLost,
    ConnectionTimeout,
    LoginError,
    ServerBye,
    StateError,
    UsageError,
)
from imapsh.grammar.values import MailboxStatus, Namespaces
from imapsh.session.events import Event, Received
from imapsh.transport.tls import TLSOptions
from tests.servers.base import Server

from .test_connect_peer import GREETING, flags, pair, selected
from .test_connection import Peer, Skipping, play, play_at_once

HELLO = b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN LITERAL+] ready\r\n"


def conversation(scene: Callable[[Connection, Peer], Coroutine[Any, Any, None]], greeting: bytes = GREETING) -> None:
    async def play_it() -> None:
        async with pair(greeting) as (c, peer):
            await scene(c, peer)

    play(play_it)


async def silent(peer: Peer) -> None:
    """Nothing more is heard, after every turn that the loop may need."""
    reading = asyncio.ensure_future(peer.stream.read(1))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not reading.done(), f"heard {peer.heard + reading.result()!r}"
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


# -- A2: STATUS, by mailbox


def test_a2_status_goes_to_whom_it_is_about() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.status("INBOX"), c.status("Drafts"))
        await peer.hears(b"A2 STATUS Drafts (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\r\n")
        await peer.says(b"* STATUS INBOX (MESSAGES 1)\r\n* STATUS Drafts (MESSAGES 7)\r\nA1 OK\r\nA2 OK done\r\n")
        assert list(await both) == [MailboxStatus("INBOX", {"MESSAGES": 1}), MailboxStatus("Drafts", {"MESSAGES": 7})]

    conversation(scene)


@pytest.mark.parametrize("order", ["Drafts INBOX", "INBOX Drafts"])
def test_a2_replies_in_any_order(order: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.status("INBOX"), c.status("Drafts"))
        await peer.hears(b"A2 STATUS Drafts (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\r\n")
        numbers = {"INBOX": b"* STATUS INBOX (MESSAGES 1)\r\n", "Drafts": b"* STATUS Drafts (MESSAGES 7)\r\n"}
        for name in order.split():
            await peer.says(numbers[name])
        await peer.says(b"A2 OK done\r\nA1 OK done\r\n")
        assert [status.items for status in await both] == [{"MESSAGES": 1}, {"MESSAGES": 7}]

    conversation(scene)


SPELLED = [
    ("INBOX", b"inbox"), ("INBOX", b'"Inbox"'), ("inbox", b"INBOX"), ("Drafts", b'"Drafts"'),
    ("Drafts", b"{6}\r\nDrafts"),
    ("Drafts", b"drafts"), ("Drafts", b"Drafts/"), ("a b", b'"a b"'), ("a b", b"{3}\r\na b"),
    ("Entwürfe", b"Entw&APw-rfe"), ("Entwürfe", '"Entwürfe"'.encode()), ("Entwürfe", '"Entwu\u0308rfe"'.encode()),
    ("Entwürfe", b"{9}\r\nEntw\xc3\xbcrfe"), ("Entwürfe", b'"Entw\xfcrfe"'), ("x & y", b'"x &- y"'),
    ("x & y", b'"x & y"'),
    ("灯台/Grüße", b"&cG9T8A-/Gr&APwA3w-e"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "told"), SPELLED)
def test_a2_a_name_that_is_spelled_otherwise(asked: str, told: bytes) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.status("Other", "MESSAGES"), c.status(asked, "MESSAGES"))
        await peer.hears(b"A2 STATUS ")
        await peer.says(b"* STATUS %s (MESSAGES 7)\r\n* STATUS Other (MESSAGES 1)\r\nA1 OK\r\nA2 OK done\r\n" % told)
        other, mine = await both
        assert (other.items, mine.items) == ({"MESSAGES": 1}, {"MESSAGES": 7})
        assert mine.mailbox == asked

    conversation(scene)


def test_a2_a_status_that_nobody_asked_for_is_news() -> None:
    """As NOTIFY and LIST-STATUS tell them (RFC 5465 section 4, RFC 5819)."""
    events: list[Event] = []

    async def scene() -> None:
        async with pair(on_event=events.append) as (c, peer), c.idle() as updates:
            await peer.hears(b"A1 IDLE\r\n")
            running = asyncio.create_task(c.status("INBOX", "MESSAGES"))
            await peer.says(b"+ idling\r\n")
            await peer.hears(b"DONE\r\n")
            await peer.says(b"A1 OK done\r\n")
            await peer.hears(b"A2 STATUS INBOX (MESSAGES)\r\n")
            await peer.says(b"* STATUS Lists (MESSAGES 9)\r\n* STATUS INBOX (MESSAGES 1)\r\n")
            await peer.says(b"* STATUS Lists (MESSAGES 10)\r\nA2 OK done\r\n")
            assert (await running).items == {"MESSAGES": 1}
            news = [await anext(updates) for _ in range(2)]
            assert [update.value for update in news] == [
                MailboxStatus("Lists", {"MESSAGES": 9}),
                MailboxStatus("Lists", {"MESSAGES": 10}),
            ]
        told = [event for event in events if isinstance(event, Received) and event.response.name == "STATUS"]
        assert [event.unsolicited for event in told] == [True, False, True]

    play(scene)


def test_a2_names_that_differ_in_case_alone() -> None:
    """One waits for the other, and what is spelled like neither is taken by the one that runs."""

    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.status("Work", "MESSAGES"), c.status("work", "MESSAGES"))
        await peer.hears(b"A1 STATUS Work (MESSAGES)\r\n")
        await silent(peer)
        await peer.says(b"* STATUS Work (MESSAGES 1)\r\nA1 OK done\r\n")
        await peer.hears(b"A2 STATUS work (MESSAGES)\r\n")
        await peer.says(b"* STATUS work (MESSAGES 2)\r\nA2 OK done\r\n")
        assert [status.items for status in await both] == [{"MESSAGES": 1}, {"MESSAGES": 2}]

    conversation(scene)


def test_a2_a_doubled_status_and_one_in_parts() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.status("INBOX"))
        await peer.hears(b"A1 STATUS")
        await peer.says(b"* STATUS INBOX (MESSAGES 1 UNSEEN 1)\r\n* STATUS INBOX (MESSAGES 2)\r\nA1 OK done\r\n")
        assert (await running).items == {"MESSAGES": 2, "UNSEEN": 1}

    conversation(scene)


@pytest.mark.parametrize("said", [b"", b"* STATUS Drafts (MESSAGES 5)\r\n", b"* STATUS INBOX ()\r\n"])
def test_a2_an_ok_without_numbers_tells_none(said: bytes) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.status("INBOX"))
        await peer.hears(b"A1 STATUS")
        await peer.says(said + b"A1 OK done\r\n")
        assert await running == MailboxStatus("INBOX", {})

    conversation(scene)


def test_a2_two_of_one_mailbox_wait_for_each_other() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.status("INBOX", "MESSAGES"), c.status("inbox", "UNSEEN"), c.status("Box", "UNSEEN"))
        await peer.hears(b"A1 STATUS INBOX (MESSAGES)\r\n")
        await silent(peer)
        await peer.says(b"* STATUS INBOX (MESSAGES 3)\r\nA1 OK done\r\n")
        await peer.hears(b"A2 STATUS inbox (UNSEEN)\r\nA3 STATUS Box (UNSEEN)\r\n")
        await peer.says(b"* STATUS Box (UNSEEN 5)\r\n* STATUS INBOX (UNSEEN 1)\r\nA3 OK done\r\nA2 OK done\r\n")
        assert [status.items for status in await both] == [{"MESSAGES": 3}, {"UNSEEN": 1}, {"UNSEEN": 5}]

    conversation(scene)


def test_a2_list_status_and_status_wait_for_each_other() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        listed = asyncio.create_task(c.command('LIST "" % RETURN (SUBSCRIBED STATUS (MESSAGES))'))
        await peer.hears(b'A1 LIST "" % RETURN (SUBSCRIBED STATUS (MESSAGES))\r\n')
        status = asyncio.create_task(c.status("INBOX", "UNSEEN"))
        await silent(peer)
        await peer.says(b'* LIST () "/" INBOX\r\n* STATUS INBOX (MESSAGES 3)\r\nA1 OK done\r\n')
        await peer.hears(b"A2 STATUS INBOX (UNSEEN)\r\n")
        await peer.says(b"* STATUS INBOX (UNSEEN 1)\r\nA2 OK done\r\n")
        assert [response.name for response in (await listed).responses] == ["LIST", "STATUS"]
        assert (await status).items == {"UNSEEN": 1}

    conversation(scene)


def test_a2_a_typed_status_takes_nothing_from_another() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(
            c.command("STATUS INBOX (MESSAGES)"), c.status("Box", "MESSAGES"), c.command("STATUS Sent (MESSAGES)")
        )
        await peer.hears(b"A3 STATUS Sent (MESSAGES)\r\n")
        for name in ("Sent", "Box", "INBOX"):
            await peer.says(b"* STATUS %s (MESSAGES %d)\r\n" % (name.encode(), len(name)))
        await peer.says(b"* 3 EXISTS\r\nA1 OK\r\nA2 OK\r\nA3 OK done\r\n")
        inbox, box, sent = await both
        assert box.items == {"MESSAGES": 3}
        for reply, name in ((inbox, "INBOX"), (sent, "Sent")):
            assert [r.value.mailbox for r in reply.responses if r.name == "STATUS"] == [name]
            assert [r.name for r in reply.responses if r.name != "STATUS"] == ["EXISTS"]

    conversation(scene)


# -- A2: the others


@pytest.mark.parametrize(("asked", "told"), [("inbox", b"INBOX"), ("Drafts", b"Drafts/"), ("", b'""')])
def test_a2_annotations_of_a_name_that_is_spelled_otherwise(asked: str, told: bytes) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.metadata(asked, "/shared/comment"))
        await peer.hears(b"(/shared/comment)\r\n")
        await peer.says(b'* METADATA %s (/shared/comment "x")\r\nA1 OK done\r\n' % told)
        assert await running == {"/shared/comment": "x"}

    conversation(scene)


def test_d3_a_status_that_returns_asks_for_is_told() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.list("", "*", returns=["CHILDREN", "STATUS (MESSAGES)"]))
        await peer.hears(b"RETURN (CHILDREN STATUS (MESSAGES))\r\n")
        await peer.says(b'* LIST () "/" INBOX\r\n* STATUS INBOX (MESSAGES 3)\r\nA1 OK done\r\n')
        (found,) = await running
        assert found.extended["STATUS"] == MailboxStatus("INBOX", {"MESSAGES": 3})

    conversation(scene)


@pytest.mark.parametrize("name", ["NAMESPACE", "ID"])
def test_a2_two_that_ask_the_same_each_get_an_answer(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        ask = c.namespace if name == "NAMESPACE" else c.id
        both = asyncio.gather(ask(), ask())
        said = b'* NAMESPACE (("" "/")) NIL NIL\r\n' if name == "NAMESPACE" else b'* ID ("name" "x")\r\n'
        await peer.hears(b"A1 " + name.encode())
        await silent(peer)
        await peer.says(said + b"A1 OK done\r\n")
        await peer.hears(b"A2 " + name.encode())
        await peer.says(said + b"A2 OK done\r\n")
        first, second = await both
        assert first == second
        assert first not in ({}, Namespaces(None, None, None))

    conversation(scene)


def test_a2_searches_are_asked_one_at_a_time() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9)
        both = asyncio.gather(c.search("SEEN"), c.search("UNSEEN", uid=True), c.command("SEARCH ALL"))
        await peer.hears(b"A2 SEARCH SEEN\r\n")
        await silent(peer)
        await peer.says(b"* SEARCH 2 3\r\nA2 OK done\r\n")
        await peer.hears(b"A3 UID SEARCH UNSEEN\r\n")
        await silent(peer)
        await peer.says(b"* SEARCH 14\r\nA3 OK done\r\n")
        await peer.hears(b"A4 SEARCH ALL\r\n")
        await peer.says(b"* SEARCH 1\r\nA4 OK done\r\n")
        seen, unseen, every = await both
        assert (list(seen), list(unseen), every.responses[0].value.ids) == ([2, 3], [14], (1,))

    conversation(scene)


def test_a2_esearch_goes_by_its_tag() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9)
        both = asyncio.gather(c.search("RETURN (ALL) SEEN"), c.search("RETURN (ALL) UNSEEN"), c.search("NEW"))
        await peer.hears(b"A4 SEARCH NEW\r\n")
        await peer.says(b'* ESEARCH (TAG "A3") ALL 3\r\n* SEARCH 4\r\n* ESEARCH (TAG "x") ALL 9\r\n')
        await peer.says(b'* ESEARCH (TAG "A2") ALL 2\r\nA2 OK\r\nA3 OK\r\nA4 OK done\r\n')
        assert [list(found) for found in await both] == [[2], [3], [4]]

    conversation(scene)


def test_a2_lists_are_asked_one_at_a_time() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.list(pattern="a*"), c.list(pattern="b*"), c.command('LSUB "" *'), c.create("c"))
        await peer.hears(b'A1 LIST "" "a*"\r\n')
        await peer.says(b'* LIST () "/" a1\r\nA1 OK done\r\n')
        await peer.hears(b"A4 CREATE c\r\n")
        await peer.says(b'* LIST () "/" b1\r\n* LSUB () "/" l1\r\nA4 OK\r\nA3 OK\r\nA2 OK done\r\n')
        a, b, subscribed, _ = await both
        assert [found.mailbox for found in (*a, *b)] == ["a1", "b1"]
        assert [response.value.mailbox for response in subscribed.responses] == ["l1"]

    conversation(scene)


def test_a2_messages_go_to_the_fetch_that_asked_for_them() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9)

        async def fetched(messages: str, *, uid: bool = False) -> list[int]:
            return [message.seq async for message in c.fetch(messages, "FLAGS", uid=uid)]

        both = asyncio.gather(fetched("1:2"), fetched("3:5"), fetched("8:*", uid=True), fetched("1:2"))
        await peer.hears(b"A4 UID FETCH 8:* FLAGS\r\n")
        await peer.says(flags(4, 4) + flags(1, 1) + flags(9, 9) + flags(3, 3) + flags(2, 2) + flags(5, 5) + flags(8, 8))
        await peer.says(b"* 6 FETCH (UID 6 FLAGS ())\r\nA4 OK\r\nA2 OK\r\nA3 OK done\r\n")
        await peer.hears(b"A5 FETCH 1:2 FLAGS\r\n")
        await peer.says(flags(1, 2) + b"A5 OK done\r\n")
        one, other, open_end, again = await both
        assert (one, other, again) == ([1, 2], [4, 3, 5], [1, 2])
        assert open_end[:2] == [9, 8]

    conversation(scene)


def test_a2_two_that_fetch_the_same_both_have_it() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9)

        async def fetched() -> list[int]:
            return [message.seq async for message in c.fetch("1:3", "FLAGS")]

        both = asyncio.gather(fetched(), fetched())
        await peer.hears(b"A3 FETCH 1:3 FLAGS\r\n")
        await peer.says(flags(1, 3) + flags(1, 3) + b"A2 OK\r\nA3 OK done\r\n")
        assert list(await both) == [[1, 2, 3], [1, 2, 3]]

    conversation(scene)


def test_a2_a_store_returns_its_own_messages() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9)
        both = asyncio.gather(c.store([1, 3], "+FLAGS", ["x"]), c.store(2, "+FLAGS", ["y"]))
        await peer.hears(b"A3 STORE 2 +FLAGS (y)\r\n")
        await peer.says(flags(3, 3) + flags(2, 2) + flags(7, 7) + flags(1, 1) + b"A2 OK\r\nA3 OK done\r\n")
        assert [[message.seq for message in told] for told in await both] == [[3, 1], [2]]

    conversation(scene)


def test_a2_moves_and_expunges_are_asked_one_at_a_time() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 9)
        both = asyncio.gather(c.move("7", "a", uid=True), c.move("8", "b", uid=True), c.expunge("9"))
        await peer.hears(b"A2 UID MOVE 7 a\r\n")
        await silent(peer)
        await peer.says(b"* OK still here\r\n* OK [COPYUID 1 7 70] moved\r\n* 7 EXPUNGE\r\nA2 OK done\r\n")
        await peer.hears(b"A3 UID MOVE 8 b\r\n")
        await peer.says(b"* OK [COPYUID 1 8 80] moved\r\n* 7 EXPUNGE\r\nA3 OK done\r\n")
        await peer.hears(b"A4 UID EXPUNGE 9\r\n")
        await peer.says(b"* 3 EXPUNGE\r\nA4 OK done\r\n")
        first, second, gone = await both
        assert first is not None
        assert second is not None
        assert (list(first.destination), list(second.destination), list(gone)) == ([70], [80], [3])

    conversation(scene)


def test_a2_on_a_real_server(dovecot: Server) -> None:
    async def scene() -> None:
        async with connect(f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}", password=dovecot.password) as c:
            names = ("INBOX", "Drafts", "inbox", "Sent", "INBOX")
            found = await asyncio.gather(*(c.status(name, "MESSAGES UIDVALIDITY") for name in names))
            single = [await c.status(name, "MESSAGES UIDVALIDITY") for name in names]
            assert found == single
            assert all(len(status.items) == 2 for status in found)

    play(scene)


# -- D4: the state


async def one(c: Connection) -> None:
    async for _ in c.fetch(1, "FLAGS"):
        pass


async def watch(c: Connection) -> None:
    async with c.idle():
        pass


BEFORE_LOGIN: dict[str, Callable[[Connection], Coroutine[Any, Any, Any]]] = {
    "starttls": lambda c: c.starttls(),
    "login": lambda c: c.login("ida", "pw"),
}
AFTER_LOGIN: dict[str, Callable[[Connection], Coroutine[Any, Any, Any]]] = {
    "select": lambda c: c.select("INBOX"),
    "examine": lambda c: c.select("INBOX", read_only=True),
    "create": lambda c: c.create("x"),
    "delete": lambda c: c.delete("x"),
    "rename": lambda c: c.rename("x", "y"),
    "list": lambda c: c.list(),
    "status": lambda c: c.status("x"),
    "append": lambda c: c.append("x", b"y"),
    "idle": watch,
}
SELECTED: dict[str, Callable[[Connection], Coroutine[Any, Any, Any]]] = {
    "unselect": lambda c: c.unselect(),
    "search": lambda c: c.search("ALL"),
    "uid search": lambda c: c.search("ALL", uid=True),
    "fetch": one,
    "store": lambda c: c.store(1, "FLAGS", []),
    "copy": lambda c: c.copy(1, "x"),
    "move": lambda c: c.move(1, "x", uid=True),
    "expunge": lambda c: c.expunge(),
    "uid expunge": lambda c: c.expunge(4),
}
ANY: dict[str, Callable[[Connection], Coroutine[Any, Any, Any]]] = {
    "noop": lambda c: c.noop(),
    "capability": lambda c: c.capability(),
    "command": lambda c: c.command("NOOP"),
}


@pytest.mark.parametrize("name", [*AFTER_LOGIN, *SELECTED])
def test_d4_before_the_login(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        with pytest.raises(StateError, match="log in first; nothing was sent"):
            await (AFTER_LOGIN | SELECTED)[name](c)
        await silent(peer)
        assert c.is_open

    conversation(scene, HELLO)


@pytest.mark.parametrize("name", [*BEFORE_LOGIN, *SELECTED])
def test_d4_after_the_login_and_nothing_is_selected(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        with pytest.raises(StateError, match="is not allowed in the authenticated state"):
            await (BEFORE_LOGIN | SELECTED)[name](c)
        await silent(peer)

    conversation(scene)


@pytest.mark.parametrize("name", BEFORE_LOGIN)
def test_d4_a_login_in_a_mailbox(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 1)
        with pytest.raises(StateError, match="is not allowed in the selected state"):
            await BEFORE_LOGIN[name](c)
        await silent(peer)

    conversation(scene)


def test_d4_a_typed_command_is_sent_in_any_state() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        running = asyncio.create_task(c.command("SELECT INBOX"))
        await peer.hears(b"A1 SELECT INBOX\r\n")
        await peer.says(b"A1 BAD log in first\r\n")
        with pytest.raises(CommandBad, match="log in first"):
            await running

    conversation(scene, HELLO)


def test_d4_what_waits_for_a_select_is_sent_behind_it() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.select("A"), c.search("ALL"), one(c))
        await peer.hears(b"A1 SELECT A\r\n")
        await silent(peer)
        await peer.says(b"* 1 EXISTS\r\nA1 OK done\r\n")
        await peer.hears(b"A2 SEARCH ALL\r\nA3 FETCH 1 FLAGS\r\n")
        await peer.says(b"* SEARCH 1\r\n" + flags(1, 1) + b"A2 OK\r\nA3 OK done\r\n")
        assert list((await both)[1]) == [1]

    conversation(scene)


def test_d4_what_waits_for_a_select_that_fails_is_not_sent() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 1)
        both = asyncio.gather(
            c.select("A"), c.search("ALL"), one(c), c.store(1, "FLAGS", []), c.noop(), return_exceptions=True
        )
        await peer.hears(b"A2 SELECT A\r\n")
        await peer.says(b"A2 NO no such mailbox\r\n")
        await peer.hears(b"NOOP\r\n")
        assert b"SEARCH" not in peer.heard
        (tag,) = c.session.running
        await peer.says(f"{tag} OK done\r\n".encode())
        found = await both
        assert isinstance(found[0], CommandNo)
        assert [type(error) for error in found[1:]] == [StateError, StateError, StateError, type(None)]
        assert "SELECT a mailbox first; nothing was sent" in str(found[1])
        assert c.session.sent_octets == len("A1 SELECT INBOX\r\nA2 SELECT A\r\nA6 NOOP\r\n")

    conversation(scene)


def test_d4_two_logins_at_once() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(
            c.login("ida", "pw12", starttls=False), c.login("ida", "pw12", starttls=False), return_exceptions=True
        )
        await peer.hears(b"A1 AUTHENTICATE PLAIN\r\n")
        await peer.says(b"+ \r\n")
        await peer.hears(b"\r\n")
        await peer.says(b"A1 OK [CAPABILITY IMAP4rev1] in\r\n")
        first, second = await both
        assert first is None
        assert isinstance(second, StateError)
        await silent(peer)

    conversation(scene, HELLO)


def test_d4_no_tls_on_tls(dovecot: Server) -> None:
    async def scene() -> None:
        tls = TLSOptions(cafile=str(dovecot.cafile))
        async with connect(f"imaps://{dovecot.host}:{dovecot.tls_port}", tls=tls) as c:
            with pytest.raises(StateError, match="TLS is already on"):
                await c.starttls()
        async with connect(f"imap://{dovecot.host}:{dovecot.port}", tls=tls) as c:
            await c.starttls()
            with pytest.raises(StateError, match="TLS is already on"):
                await c.starttls()
            with pytest.raises(LoginError):
                await c.login(dovecot.user, "not-the-one")
            await c.login(dovecot.user, dovecot.password)
            for again in (c.starttls(), c.login(dovecot.user, "not-the-one")):
                with pytest.raises(StateError, match="authenticated state"):
                    await again
            assert c.state == "authenticated"

    play(scene)


def test_d4_who_is_logged_in_by_the_greeting_connects_with_a_password() -> None:
    async def scene() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(GREETING)
            await reader.readuntil(b"LOGOUT\r\n")
            writer.write(b"* BYE\r\nA1 OK done\r\n")
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"imap://ida@127.0.0.1:{port}", password="pw") as c:
                assert c.state == "authenticated"

    play(scene)


# -- D5: after the end

EVERY = BEFORE_LOGIN | AFTER_LOGIN | SELECTED | ANY


async def over(c: Connection) -> None:
    while c.is_open:  # noqa: ASYNC110 - no event is told of the end alone
        await asyncio.sleep(0)


@pytest.mark.parametrize("name", EVERY)
def test_d5_after_the_connection_was_lost(name: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 1)
        assert c.is_open
        await peer.stream.close()
        await over(c)
        for _ in range(2):
            with pytest.raises(ConnectionLost, match="closed the connection") as raised:
                await EVERY[name](c)
            assert raised.value is c.error
        await c.logout()

    conversation(scene)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("closed", [False, True])
def test_d5_after_a_bye(name: str, closed: bool) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await peer.says(b"* BYE going down\r\n")
        if closed:
            await peer.stream.close()
        await over(c)
        while closed and not c.session.closed:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        with pytest.raises(ServerBye, match="going down"):
            await EVERY[name](c)
        await c.logout()

    conversation(scene)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("way", ["logout", "close"])
def test_d5_after_an_end_of_our_own(name: str, way: str) -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        if way == "close":
            await c.close()
        else:
            leaving = asyncio.create_task(c.logout())
            await peer.hears(b"A1 LOGOUT\r\n")
            await peer.says(b"* BYE bye\r\nA1 OK done\r\n")
            await leaving
        assert not c.is_open
        with pytest.raises(StateError, match="LOGOUT" if way == "logout" else "closed by this side|this side closed"):
            await EVERY[name](c)
        await c.logout()
        await c.close()

    conversation(scene)


def test_d5_a_command_behind_the_logout() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        both = asyncio.gather(c.logout(), c.noop(), return_exceptions=True)
        await peer.hears(b"A1 LOGOUT\r\n")
        await peer.says(b"* BYE bye\r\nA1 OK done\r\n")
        left, noop = await both
        assert left is None
        assert isinstance(noop, StateError)

    conversation(scene)


@pytest.mark.parametrize(("idle", "said"), [(0.0, 0.0), (1000.0, 0.0), (0.0, 3.0), (1000.0, 4.5)])
def test_d7_a_time_out_of_5_seconds_takes_5_seconds(idle: float, said: float) -> None:
    """They count from the last octet, or from the command; a connection that was idle before has its whole time."""

    async def scene() -> None:
        async with pair(timeout=5) as (c, peer):
            await asyncio.sleep(idle)
            now = asyncio.get_running_loop().time
            begun = now()
            running = asyncio.create_task(c.noop())
            await peer.hears(b"A1 NOOP\r\n")
            await asyncio.sleep(said)
            if said:
                await peer.says(b"* OK still at it\r\n")
            with pytest.raises(ConnectionTimeout, match="within 5 s"):
                await running
            assert now() - begun == pytest.approx(said + 5)

    play_at_once(scene)


@pytest.mark.parametrize("seconds", [5, 500])
def test_d7_a_time_out_that_is_changed_holds_from_the_next_command(seconds: int) -> None:
    """The timer of the command before is still set then."""

    async def scene() -> None:
        async with pair(timeout=60) as (c, peer):
            running = asyncio.create_task(c.noop())
            await peer.hears(b"A1 NOOP\r\n")
            await peer.says(b"A1 OK done\r\n")
            await running
            await asyncio.sleep(30)
            c.timeout = seconds
            begun = asyncio.get_running_loop().time()
            with pytest.raises(ConnectionTimeout, match=f"within {seconds} s"):
                await c.noop()
            assert asyncio.get_running_loop().time() - begun == pytest.approx(seconds)

    play_at_once(scene)


def test_d7_a_slow_peer_that_takes_octets_is_not_silent() -> None:
    async def scene() -> None:
        async with pair(timeout=5) as (c, peer):
            running = asyncio.create_task(c.append("INBOX", b"x" * (8 << 20)))
            await peer.hears(b"A1 APPEND INBOX {8388608+}\r\n")
            for _ in range(8):
                await asyncio.sleep(3)
                taken = 0
                while taken < 600_000:
                    taken += len(await peer.stream.read(1 << 20))
            assert not running.done()
            with pytest.raises(ConnectionTimeout, match="within 5 s"):
                await running

    play_at_once(scene)


def test_a_time_out_goes_by_the_clock_that_a_loop_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of programs give one to the loop itself, not to a class of loops."""

    def loop() -> asyncio.AbstractEventLoop:
        clock = Skipping()
        made = asyncio.SelectorEventLoop(clock)
        monkeypatch.setattr(made, "time", lambda: clock.now)
        return made

    async def scene() -> None:
        async with pair(timeout=5) as (c, _):
            async with asyncio.timeout(50):
                with pytest.raises(ConnectionTimeout, match="within 5 s"):
                    await c.noop()
            assert asyncio.get_running_loop().time() == pytest.approx(5)

    play(scene, loop)


def test_d5_a_time_out_is_told_again() -> None:
    async def scene() -> None:
        async with pair(timeout=0.05) as (c, _):
            for _ in range(3):
                with pytest.raises(ConnectionTimeout, match=r"within 0\.05 s"):
                    await c.noop()

    play_at_once(scene)


def test_d5_a_limit_is_told_again() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await peer.says(b"* 1 FETCH (BODY[] {99999999999}\r\n")
        await over(c)
        for _ in range(2):
            with pytest.raises(ConnectionLost) as raised:
                await c.noop()
            assert raised.value is c.error

    conversation(scene)


def test_d5_the_error_is_there_as_soon_as_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.client.connection._SLICE", -1.0)  # every event ends a slice, as on a busy machine

    async def scene(c: Connection, peer: Peer) -> None:
        await peer.says(b"* 1 FETCH (BODY[] {99999999999}\r\n")
        await over(c)
        assert c.error is not None
        with pytest.raises(ConnectionLost) as raised:
            await c.noop()
        assert raised.value is c.error

    conversation(scene)


def test_d5_in_idle() -> None:
    async def scene(c: Connection, peer: Peer) -> None:
        await selected(c, peer, 1)
        async with c.idle() as updates:
            await peer.hears(b"A2 IDLE\r\n")
            await peer.says(b"+ idling\r\n* 2 EXISTS\r\n")
            assert (await anext(updates)).name == "EXISTS"
            await peer.stream.close()
            for _ in range(2):
                with pytest.raises(ConnectionLost):
                    await anext(updates)
            with pytest.raises(ConnectionLost):
                await c.noop()

    conversation(scene)


@pytest.mark.parametrize("end", [b"", b"* BYE going down\r\n"])
def test_d5_leaving_the_block_is_silent_when_the_work_is_done(end: bytes) -> None:
    async def scene() -> None:
        kept: list[Connection] = []
        async with pair() as (c, peer):

            async def made() -> Connection:
                return c

            async with Connecting(made) as inner:
                kept.append(inner)
                await peer.says(end)
                await peer.stream.close()
        assert isinstance(kept[0].error, ConnectionLost)

    play(scene)


def test_d5_a_mistake_is_told_apart_from_a_lost_connection() -> None:
    assert not issubclass(ConnectionLost, UsageError)
    assert issubclass(StateError, UsageError)
