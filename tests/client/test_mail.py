"""Messages as objects: decoded headers, texts, attachments in pieces, and what happens when the message goes away."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import keys
from imapsh.client.connect import Connection, connect
from imapsh.client.mail import BLOCK, Headers, MailMessage
from imapsh.errors import CommandNo, MessageGone, StateError, TooLarge, UsageError
from imapsh.grammar.values import Address
from imapsh.transport.tls import TLSOptions
from tests.servers.base import Server

from .test_connect import demo
from .test_connect_peer import pair, selected
from .test_connection import Peer, play

DATA = bytes(range(256)) * 600


@cache
def letter() -> bytes:
    mail = EmailMessage()
    mail["From"] = '"Zoë, the keeper" <zoe@example.com>'
    mail["To"] = "Joe <joe@example.com>, mira@example.com"
    mail["Cc"] = "Team: ;"
    mail["Subject"] = "Grüße aus Zürich, mit einem sehr langen Betreff, der in mehrere Zeilen gehört"
    mail["Date"] = "Mon, 5 Feb 2024 09:00:05 +0000"
    mail["Message-ID"] = "<a@example.com>"
    mail["Received"] = "from a"
    mail.set_content("Schöne Grüße\n")
    mail.add_alternative("<p>Schöne Grüße</p>\n", subtype="html")
    mail.add_attachment(DATA, maintype="application", subtype="octet-stream", filename="Pläne/größe.bin")
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("inside\n")
    inner.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="inner.pdf")
    mail.add_attachment(inner)
    octets = mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return b"Received: from b\r\n" + octets


@asynccontextmanager
async def inbox() -> AsyncIterator[tuple[Connection, int]]:
    """A demo server whose INBOX holds the letter, and the letter's UID."""
    async with demo() as c:
        await c.select("INBOX")
        stored = await c.append("INBOX", letter())
        await c.noop()
        assert stored is not None
        yield c, stored.uids[0]


def with_letter(scene: Callable[[Connection, MailMessage], Awaitable[None]]) -> None:
    async def played() -> None:
        async with inbox() as (c, uid):
            await scene(c, await c.message(uid, uid=True))

    play(played)


def test_the_header_is_decoded() -> None:
    async def scene(c: Connection, m: MailMessage) -> None:
        assert m.subject == "Grüße aus Zürich, mit einem sehr langen Betreff, der in mehrere Zeilen gehört"
        assert [(a.name_text, a.email) for a in m.from_] == [("Zoë, the keeper", "zoe@example.com")]
        assert [a.email for a in m.to] == ["joe@example.com", "mira@example.com"]
        assert (m.cc, m.reply_to, m.message_id) == ((), (), "<a@example.com>")
        assert m.date == datetime(2024, 2, 5, 9, 0, 5, tzinfo=UTC)
        assert m.headers.all("RECEIVED") == ("from b", "from a")
        assert m.size == len(letter())
        assert m.internal_date is not None
        assert not m.is_seen
        assert repr(m).startswith(f"<MailMessage UID {m.uid} 'Grüße")

    with_letter(scene)


def test_texts_and_parts() -> None:
    async def scene(c: Connection, m: MailMessage) -> None:
        assert await m.text() == "Schöne Grüße\r\n"
        assert await m.html() == "<p>Schöne Grüße</p>\r\n"
        assert [(p.number, p.content_type, p.filename) for p in m.parts] == [
            ("1.1", "text/plain", ""),
            ("1.2", "text/html", ""),
            ("2", "application/octet-stream", "Pläne/größe.bin"),
            ("3", "message/rfc822", ""),
        ]
        first, second = m.attachments
        assert (first.safe_filename, second.safe_filename) == ("größe.bin", "part-3")
        assert first.size > len(DATA)
        assert await first.read() == DATA
        assert (await second.read()).startswith(b"Subject: inner\r\n")
        assert b"%PDF-" not in await second.read()
        assert base64.encodebytes(b"%PDF-").strip() in await second.read()

    with_letter(scene)


@pytest.mark.parametrize("window", [1, 2000, 4096, 1 << 20])
def test_attachments_come_in_pieces(window: int) -> None:
    async def scene(c: Connection, m: MailMessage) -> None:
        part = m.attachments[0] if window > 1 else m.parts[0]
        pieces = [piece async for piece in part.chunks(window)]
        assert b"".join(pieces) == (DATA if window > 1 else "Schöne Grüße\r\n".encode())
        assert max(map(len, pieces)) <= window
        assert b"".join([piece async for piece in m.chunks(max(window, 2000))]) == letter() == await m.read()

    with_letter(scene)


def test_what_is_read_at_once_has_a_limit() -> None:
    async def scene(c: Connection, m: MailMessage) -> None:
        assert len(await m.attachments[0].read(len(DATA))) == len(DATA)
        for reading in (m.attachments[0].read(len(DATA) - 1), m.text(5), m.html(5), m.read(len(letter()) - 1)):
            with pytest.raises(TooLarge, match=r"holds more than \d+ octets: read it by chunks"):
                await reading
        assert await m.text(20) == "Schöne Grüße\r\n"

    with_letter(scene)


def test_nothing_is_seen_unless_that_is_asked() -> None:
    async def scene(c: Connection, m: MailMessage) -> None:
        await m.text()
        await m.attachments[0].read()
        await m.read()
        assert m.uid in await c.search(keys.UNSEEN, uid=True)
        assert (await c.message(m.uid, uid=True, mark_seen=True)).headers["subject"] == m.subject
        assert m.uid not in await c.search(keys.UNSEEN, uid=True)

    with_letter(scene)


def test_many_come_in_blocks_by_rising_uid_and_commands_run_inside() -> None:
    async def scene() -> None:
        async with demo() as c:
            box = await c.select("Archive")
            found = []
            async for m in c.messages("1:*"):
                found.append(m.uid)
                if len(found) % 60 == 0:
                    await m.text()
                if len(found) == 10:  # the numbers of what follows change
                    await c.store("11:20", "+FLAGS.SILENT", [r"\Deleted"])
                    await c.expunge()
            assert found == sorted(set(found))
            assert box.exists is not None
            assert len(found) + 10 > box.exists > BLOCK
            last = found[-1]
            assert [m.uid async for m in c.messages(f"{last}:*", uid=True)] == [last]
            assert [m.uid async for m in c.messages([last, found[0]], uid=True)] == [found[0], last]
            assert [m.uid async for m in c.messages("1:4294967295", uid=True)] == list(await c.search("ALL", uid=True))
            assert [m async for m in c.messages([])] == []
            assert [m.uid async for m in c.messages(keys.UID(last) | keys.UID(found[0]))] == [found[0], last]
            assert [m async for m in c.messages(last + 1000, uid=True)] == []

    play(scene)


def test_a_message_that_is_not_there() -> None:
    async def scene() -> None:
        async with inbox() as (c, uid):
            with pytest.raises(MessageGone, match=f"no message has the UID {uid + 5} in INBOX"):
                await c.message(uid + 5, uid=True)
            with pytest.raises(UsageError, match="0 is not a message number"):
                await c.message(0)
            m = await c.message(uid, uid=True)
            await c.store(uid, "+FLAGS", [r"\Deleted"], uid=True)
            await c.expunge()
            with pytest.raises(MessageGone, match=f"the message with the UID {uid} is not in INBOX any more"):
                await m.text()

    play(scene)


def test_a_message_of_a_mailbox_that_is_not_selected_any_more() -> None:
    """Its UID may be that of another message there."""

    async def scene(c: Connection, m: MailMessage) -> None:
        await c.select("Archive")
        with pytest.raises(StateError, match="is in INBOX, which is not selected any more"):
            await m.text()
        await c.select("INBOX", read_only=True)
        assert await m.text() == "Schöne Grüße\r\n"

    with_letter(scene)


def test_an_attachment_is_cut_off_by_an_error_not_by_silence() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            m = await fetched(c, peer)
            chunks = m.attachments[0].chunks(4)
            first = asyncio.ensure_future(anext(chunks))
            await peer.hears(b"UID FETCH 7 BODY.PEEK[1]<0.4>\r\n")
            await peer.says(b"* 1 FETCH (UID 7 BODY[1]<0> {4}\r\nYWJj)\r\nA3 OK done\r\n")
            assert await first == b"abc"
            second = asyncio.ensure_future(anext(chunks))
            await peer.hears(b"UID FETCH 7 BODY.PEEK[1]<4.4>\r\n")
            await peer.says(b"* 1 EXPUNGE\r\nA4 OK done\r\n")
            with pytest.raises(MessageGone):
                await second

    play(scene)


async def fetched(c: Connection, peer: Peer, structure: bytes = b"") -> MailMessage:
    structure = structure or b'("APPLICATION" "PDF" NIL NIL NIL "BASE64" 12)'
    await selected(c, peer, 1)
    running = asyncio.ensure_future(c.message(7, uid=True))
    await peer.hears(b"A2 UID FETCH 7 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER])\r\n")
    await peer.says(
        b'* 1 FETCH (UID 7 INTERNALDATE "?" BODYSTRUCTURE %s BODY[HEADER] NIL)\r\nA2 OK done\r\n' % structure
    )
    return await running


def test_a_server_that_ignores_the_window() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            m = await fetched(c, peer)
            assert (m.subject, m.flags, m.size, m.internal_date, m.date) == ("", (), 0, None, None)
            reading = asyncio.ensure_future(_all(m, 4))
            await peer.hears(b"BODY.PEEK[1]<0.4>\r\n")
            await peer.says(b"* 1 FETCH (UID 7 BODY[1] {12}\r\nYWJjZGVmZ2hp)\r\nA3 OK done\r\n")
            assert await reading == b"abcdefghi"

    play(scene)


async def _all(m: MailMessage, window: int) -> bytes:
    return b"".join([piece async for piece in m.attachments[0].chunks(window)])


def test_a_refusal_is_raised() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            m = await fetched(c, peer)
            reading = asyncio.ensure_future(m.attachments[0].read())
            await peer.hears(b"A3 UID FETCH")
            await peer.says(b"A3 NO not today\r\n")
            with pytest.raises(CommandNo, match="not today"):
                await reading

    play(scene)


def test_a_message_without_a_structure_has_no_parts() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            m = await fetched(c, peer, b"NIL")
            assert m.parts == ()
            assert await m.text() == ""

    play(scene)


def test_parts_in_temporary_files() -> None:
    async def scene() -> None:
        async with pair(spool=1) as (c, peer):
            m = await fetched(c, peer)
            reading = asyncio.ensure_future(m.attachments[0].read())
            await peer.hears(b"A3 UID FETCH")
            await peer.says(b"* 1 FETCH (UID 7 BODY[1]<0> {12}\r\nYWJjZGVmZ2hp)\r\nA3 OK done\r\n")
            assert await reading == b"abcdefghi"

    play(scene)


# -- the header alone


def test_headers() -> None:
    headers = Headers(
        b"Subject: one\r\n two =?utf-8?q?=C3=A9?=\r\nX-A: 1\r\nx-a:2\r\n no colon\r\nnonsense\r\n: nameless\r\n"
        b"X-8: \xe9\xff\r\nEmpty:\r\nLast: \xc3\xa9\n\n"
    )
    assert dict(headers) == {
        "subject": "one two é", "x-a": "1", "x-8": "éÿ", "empty": "", "last": "é",
    }  # fmt: skip
    assert headers.all("X-a") == ("1", "2 no colon")
    assert headers.raw("SUBJECT") == ("one two =?utf-8?q?=C3=A9?=",)
    assert "subJECT" in headers
    assert headers.get("To") is None
    with pytest.raises(KeyError):
        headers["To"]


def test_addresses() -> None:
    headers = Headers(
        b"To: =?utf-8?q?Z=2C_=C3=A9?= <z@example.com>, (c) joe@example.com (Joe)\r\nTo: g: a@b, c@d;\r\nCc: nobody\r\n"
    )
    first, *others = headers.addresses("to")
    assert first.name_text == "Z, é"
    assert [address.email for address in (first, *others)] == ["z@example.com", "joe@example.com", "a@b", "c@d"]
    assert headers.addresses("cc") == headers.addresses("bcc") == ()


@pytest.mark.parametrize("field", [b"(" * 50_000, b'"' * 50_000, b"<" * 50_000, b",;:@[" * 9_000, b"\\" * 9_999])
def test_hostile_addresses_do_not_raise(field: bytes) -> None:
    assert all(isinstance(one, Address) for one in Headers(b"From: " + field).addresses("from"))


@given(st.binary())
def test_any_octets_are_a_header(octets: bytes) -> None:
    headers = Headers(octets)
    assert all(isinstance(headers[name], str) for name in headers)
    assert all(isinstance(headers.addresses(name), tuple) for name in headers)


# -- a real server


def test_on_dovecot(dovecot: Server) -> None:
    async def scene() -> None:
        async with connect(
            f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}",
            password=dovecot.password,
            tls=TLSOptions(cafile=str(dovecot.cafile)),
        ) as c:
            await c.create("letters")
            await c.append("letters", letter())
            await c.select("letters")
            [m] = [m async for m in c.messages("1:*")]
            assert await m.text() == "Schöne Grüße\r\n"
            assert b"".join([piece async for piece in m.attachments[0].chunks(10_000)]) == DATA
            assert await m.read() == letter()
            assert len(await c.search(keys.UNSEEN)) == 1
            assert len(await c.search(keys.SUBJECT("grüsse") | keys.SUBJECT("Grüße"))) == 1
            await c.unselect()
            await c.delete("letters")

    play(scene)
