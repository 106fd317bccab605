"""The asyncio Connection on the demo server and on Dovecot: typed values, and nothing lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import imapsh
from imapsh.client.connect import Connection, connect
from imapsh.errors import CommandBad, CommandNo, ConnectError, LoginError, StateError, TLSError, UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import AppendUid, Code, Count, Envelope, Expunged
from imapsh.server.demo import demo_store
from imapsh.server.listen import connect as connect_in_memory
from imapsh.session.events import Event, Received, Sent
from imapsh.transport.tls import TLSOptions
from imapsh.wire.frames import Spilled
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.running import listening, says, url

from .test_connection import play

MAIL = b"From: joe@example.com\r\nSubject: hello\r\n\r\nhow are you?\r\n"


@asynccontextmanager
async def demo(**options: Any) -> AsyncIterator[Connection]:
    """Logged in to a demo server of its own."""
    stream, serving = await connect_in_memory(demo_store())
    async with Connection(stream, **options) as connection:
        await connection.greet()
        await connection.login("demo", "demo")
        yield connection
    await serving


def test_values_are_typed() -> None:
    async def scene() -> None:
        async with demo() as c:
            assert c.state == "authenticated"
            assert "IMAP4REV2" in c.capabilities
            box = await c.select("INBOX")
            assert c.mailbox is box
            messages = [message async for message in c.fetch("1:*", "UID FLAGS ENVELOPE")]
            assert len(messages) == box.exists
            first = messages[0]
            assert (first.seq, first.uid) == (1, first.items["UID"])
            assert isinstance(first.items["ENVELOPE"], Envelope)
            assert first.items["ENVELOPE"].subject == "Welcome aboard"

    play(scene)


def test_mailboxes() -> None:
    async def scene() -> None:
        async with demo() as c:
            await c.create("Grüße")
            await c.rename("Grüße", "灯台/Grüße")
            names = [found.mailbox for found in await c.list(pattern="灯台/*")]
            assert names == ["灯台/Grüße"]
            assert (await c.status("灯台/Grüße", "MESSAGES")).items == {"MESSAGES": 0}
            added = await c.append("灯台/Grüße", MAIL, flags=[r"\Seen"], date="05-Feb-2024 09:00:05 +0100")
            assert isinstance(added, AppendUid)
            box = await c.select("灯台/Grüße", read_only=True)
            assert (box.exists, box.read_only, c.state) == (1, True, "selected")
            (message,) = [found async for found in c.fetch(1, "BODY.PEEK[] INTERNALDATE")]
            assert message.items["BODY[]"] == MAIL
            await c.unselect()
            await c.delete("灯台/Grüße")
            with pytest.raises(CommandNo, match="the server answers SELECT with NO") as raised:
                await c.select("灯台/Grüße")
            assert raised.value.response is not None

    play(scene)


def test_messages_change() -> None:
    async def scene() -> None:
        async with demo() as c:
            await c.create("Work")
            for _ in range(4):
                await c.append("Work", MAIL)
            await c.select("Work")
            (stored,) = await c.store(2, "+FLAGS", r"\Deleted")  # text is one flag
            assert r"\Deleted" in stored.items["FLAGS"]
            assert await c.store([1, 3], "+FLAGS.SILENT", [r"\Seen"]) == ()
            assert await c.search("SEEN") == SequenceSet(((1, 1), (3, 3)))
            assert await c.search("SUBJECT nowhere") == SequenceSet()
            copied = await c.copy(SequenceSet.of([1]), "Archive")
            assert copied is not None
            assert copied.source == SequenceSet.of([1])
            uid = (await c.search("4", uid=True)).ranges[0][0]
            moved = await c.move(uid, "Archive", uid=True)
            assert moved is not None
            assert moved.source == SequenceSet.of([uid])
            assert await c.expunge() == (2,)
            assert c.mailbox is not None
            assert c.mailbox.exists == 2
            await c.store("1", "+FLAGS", [r"\Deleted"])
            assert await c.expunge("1:*") == (1,)

    play(scene)


def test_any_command() -> None:
    async def scene() -> None:
        async with demo() as c:
            reply = await c.command("STATUS INBOX (MESSAGES)")
            assert [response.name for response in reply.responses] == ["STATUS"]
            reply = await c.command(f"APPEND Archive {{{len(MAIL)}}}\r\n{MAIL.decode()}")
            assert reply.code is not None
            assert reply.code.name == "APPENDUID"
            with pytest.raises(CommandBad, match="X-ANYTHING"):
                await c.command("X-ANYTHING at all")
            with pytest.raises(UsageError):
                await c.command("NOOP\r\nA2 DELETE INBOX")
            await c.noop()

    play(scene)


@pytest.mark.parametrize("messages", ["", "x", "0", "1:", None, "1 (FLAGS)", "1\r\nA2 NOOP"])
def test_what_is_no_message_set_is_not_sent(messages: Any) -> None:
    async def scene() -> None:
        async with demo() as c:
            await c.select("INBOX")
            with pytest.raises(UsageError):
                await c.store(messages, "FLAGS", [])
            with pytest.raises(UsageError):
                await anext(c.fetch(1, "FLAGS\r\nA2 NOOP"))

    play(scene)


def test_idle_tells_what_happens() -> None:
    async def scene() -> None:
        async with demo() as c:
            box = await c.select("INBOX")
            before = box.exists or 0
            async with c.idle() as updates:
                await c.append("INBOX", MAIL)
                await c.store(1, "+FLAGS.SILENT", [r"\Deleted"])
                update = await anext(updates)
                assert (update.name, update.value) == ("EXISTS", Count(before + 1))
                gone = await c.expunge()
                await c.append("INBOX", MAIL)
                async for update in updates:
                    if update.name == "EXISTS":
                        break
                assert update.value == Count(before + 2 - len(gone))
                with pytest.raises(StateError, match="one at a time"):
                    await c.idle().__aenter__()
            assert c.mailbox is not None
            await c.noop()
            assert c.mailbox.exists == before + 2 - len(gone)

    play(scene)


def test_idle_hears_of_an_expunge() -> None:
    async def scene() -> None:
        store = demo_store()
        streams = [await connect_in_memory(store) for _ in range(2)]
        connections = [Connection(stream) for stream, _ in streams]
        for c in connections:
            await c.greet()
            await c.login("demo", "demo")
            await c.select("INBOX")
        listener, other = connections
        uids = [message.uid async for message in listener.fetch("1:*", "UID")]
        async with listener.idle() as updates:
            await other.store(2, "+FLAGS", [r"\Deleted"])
            await other.expunge()
            async for update in updates:
                if isinstance(update.value, Expunged):
                    assert (update.name, update.value.seq, update.uid) == ("EXPUNGE", 2, uids[1])
                    break
        for c in connections:
            await c.logout()
        await asyncio.gather(*(serving for _, serving in streams))

    play(scene)


def test_large_literals_go_to_files() -> None:
    async def scene() -> None:
        async with demo(spool=20) as c:
            await c.select("INBOX")
            message = await anext(c.fetch(1, "BODY.PEEK[] FLAGS"))
            body = message.items["BODY[]"]
            assert isinstance(body, Spilled)
            with body.where as file:  # type: ignore[union-attr]
                assert len(file.read()) == body.octets

    play(scene)


def test_events_are_told_and_masked() -> None:
    async def scene() -> None:
        events: list[Event] = []
        async with demo(on_event=events.append):
            pass
        sent = b"".join(event.frame.raw for event in events if isinstance(event, Sent))
        assert b"LOGOUT" in sent
        assert b"ZGVtbw" not in sent
        assert isinstance(events[0], Received)
        assert events[0].greeting

    play(scene)


def test_logging_out_twice() -> None:
    async def scene() -> None:
        async with demo() as c:
            await c.logout()
            assert (c.state, c.error) == ("logout", None)
            await c.logout()
            with pytest.raises(StateError):
                await c.noop()

    play(scene)


# -- connect, and real servers


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_connect_logs_in_and_selects(dovecot: Server, scheme: str) -> None:
    async def scene() -> None:
        port = dovecot.port if scheme == "imap" else dovecot.tls_port
        url = f"{scheme}://{dovecot.user}@{dovecot.host}:{port}/INBOX"
        tls = TLSOptions(cafile=str(dovecot.cafile))
        async with connect(url, password=lambda: dovecot.password, tls=tls) as c:
            assert c.state == "selected"
            assert c.info.tls  # A10: STARTTLS is taken where it is offered
            uids = [message.uid async for message in c.fetch("1:*", "UID FLAGS ENVELOPE BODYSTRUCTURE")]
            assert c.mailbox is not None
            assert len(uids) == c.mailbox.exists
            assert await c.search("ALL", uid=True) == SequenceSet.of(filter(None, uids))
            assert (await c.command("ID NIL")).responses[0].name == "ID"

    play(scene)


def test_compress(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX"
        async with connect(url, password=dovecot.password, tls=TLSOptions(cafile=str(dovecot.cafile))) as c:
            plain = [message async for message in c.fetch("1:*", "UID BODY.PEEK[]")]
            before = c.session.received_octets
            await c.compress()
            assert "COMPRESS=DEFLATE" in c.capabilities
            messages = [message async for message in c.fetch("1:*", "UID BODY.PEEK[]")]
            assert messages == plain
            assert c.session.received_octets - before < before
            box = await c.append("Drafts", MAIL * 5000)
            assert box is not None
            with pytest.raises((CommandNo, CommandBad)):
                await c.compress()
            await c.noop()

    play(scene)


def test_compress_on_the_demo() -> None:
    async def scene() -> None:
        async with demo() as c:
            await c.compress()
            await c.noop()
            with pytest.raises(CommandNo):
                await c.compress()

    play(scene)


def test_connect_may_be_awaited(dovecot: Server) -> None:
    async def scene() -> None:
        c = await connect(f"imap://{dovecot.host}:{dovecot.port}", tls=TLSOptions(cafile=str(dovecot.cafile)))
        assert c.state == "not-authenticated"
        assert c.greeting is not None
        await c.starttls()
        assert c.info.tls.startswith("TLS")
        await c.login(dovecot.user, dovecot.password, mechanism="plain")
        await c.logout()

    play(scene)


def test_what_is_waited_for_at_once_is_sent_at_once(dovecot: Server) -> None:
    async def scene() -> None:
        events: list[Event] = []
        url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
        async with connect(url, password=dovecot.password, on_event=events.append) as c:
            del events[:]
            found = await asyncio.gather(*(c.status(name, "MESSAGES") for name in ("INBOX", "Drafts", "Sent")))
            assert [status.mailbox for status in found] == ["INBOX", "Drafts", "Sent"]
            assert all(len(status.items) == 1 for status in found)
            assert [type(event) for event in events[:3]] == [Sent, Sent, Sent]

    play(scene)


def test_a_wrong_password(dovecot: Server) -> None:
    async def scene() -> None:
        url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
        with pytest.raises(LoginError, match="AUTHENTICATIONFAILED") as raised:
            await connect(url, password="not-the-one")
        assert "not-the-one" not in str(raised.value)

    play(scene)


def test_a_token_where_none_is_taken(dovecot: Server) -> None:
    async def scene() -> None:
        async with connect(f"imap://{dovecot.host}:{dovecot.port}") as c:
            with pytest.raises(UsageError, match="does not take a token"):
                await c.login("demo", token="abc", mechanism="plain")
            with pytest.raises(LoginError, match="status invalid_token"):
                await c.login("demo", token="abc")

    play(scene)


def test_what_cannot_be_connected(dovecot: Server, certs: Certs) -> None:
    async def scene() -> None:
        with pytest.raises(ConnectError):
            await connect("unix:/nowhere/at/all")
        untrusted = TLSOptions(cafile=str(certs.other_ca))
        for place in (f"imaps://{dovecot.host}:{dovecot.tls_port}", f"imap://demo@{dovecot.host}:{dovecot.port}"):
            with pytest.raises(TLSError, match=r"not trusted .* TLSOptions\.insecure"):
                await connect(place, password="never sent", tls=untrusted)
        with pytest.raises(CommandNo):
            await connect(f"imap://demo@{dovecot.host}:{dovecot.port}/Nowhere", password=dovecot.password)
        with pytest.raises(UsageError):
            connect("ftp://nowhere")

    play(scene)


# -- the package


def test_an_option_that_is_refused_leaves_no_connection_open() -> None:
    async def scene() -> None:
        ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ended.set_result(await reader.read())
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(UsageError, match="timeout is a number of seconds"):
                await connect(f"imap://127.0.0.1:{port}", timeout=-1)
            assert await ended == b""

    play(scene)


def test_the_package_offers_them_when_they_are_asked_for() -> None:
    assert imapsh.connect is connect
    assert imapsh.Connection is Connection
    assert {"connect", "Connection", "Session"} <= set(dir(imapsh))
    with pytest.raises(AttributeError, match="nothing_such"):
        imapsh.nothing_such  # noqa: B018
    code = (
        "import imapsh, sys; assert 'imapsh.errors' not in sys.modules; imapsh.connect; assert 'asyncio' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_program_that_lists_a_mailbox_imports_neither_typed_commands_nor_tls() -> None:
    code = (
        "import asyncio, sys, imapsh\n"
        "async def scene():\n"
        "    async with imapsh.connect(sys.argv[1]) as c:\n"
        "        await c.select('big')\n"
        "        assert [message async for message in c.fetch('1:*', 'ALL')]\n"
        "asyncio.run(scene())\n"
        "print(*sys.modules)"
    )
    listed = b"* 1 FETCH (FLAGS ())\r\nTAG OK done\r\n"
    with listening(says(b"* 1 EXISTS\r\nTAG OK [READ-WRITE] done\r\n", listed)) as port:
        done = subprocess.run([sys.executable, "-c", code, url(port)], check=True, capture_output=True, text=True)
    names = done.stdout.split()
    assert "imapsh.client.commands" in names
    assert not [name for name in names if name.startswith(("imapsh.typed", "imapsh.transport.tls"))]


def test_a_code_is_a_value() -> None:
    async def scene() -> None:
        async with demo() as c:
            reply = await c.command("SELECT INBOX")
            assert reply.code == Code("READ-WRITE")
            assert {response.name for response in reply.responses} >= {"EXISTS", "FLAGS", "OK"}

    play(scene)
