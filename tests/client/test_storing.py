"""APPEND of an asyncio connection: any buffer, line ends and dates (D6, D9)."""

from __future__ import annotations

import asyncio
import mmap
from array import array
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.client.storing import NewMessage
from imapsh.errors import UsageError

from .test_connect_peer import pair
from .test_connection import play
from .test_extensions import on_demo

CRLF = b"From: x\r\n\r\nx\r\n"


def test_d6_any_buffer_is_stored(tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(CRLF)

    async def scene(c: Connection) -> None:
        await c.create("Box")
        with (tmp_path / "mail").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            buffers: list[Any] = [
                CRLF, bytearray(CRLF), memoryview(CRLF), memoryview(b"xx" + CRLF)[2:], array("B", CRLF), mapped,
            ]  # fmt: skip
            for buffer in buffers:
                await c.append("Box", buffer)
            await c.append_all("Box", [*buffers, NewMessage(bytearray(CRLF))])
        await c.set_metadata("Box", {"/private/comment": bytearray(b"note")})
        assert await c.metadata("Box", "/private/comment") == {"/private/comment": "note"}
        await c.select("Box")
        texts = [one.items["BODY[]"] async for one in c.fetch("1:*", "BODY.PEEK[]")]
        assert texts == [CRLF] * (2 * len(buffers) + 1)

    on_demo(scene)


@pytest.mark.parametrize("message", ["text", 5, None, [1], object(), ["x"]])
def test_d6_what_is_no_buffer_is_refused(message: Any) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            for work in (
                c.append("INBOX", message), c.append_all("INBOX", [message]), c.append_all("INBOX", message),
                c.replace(1, "INBOX", message),
            ):  # fmt: skip
                with pytest.raises(UsageError):
                    await work
            assert peer.heard == b""
            assert c.is_open

    play(scene)


@pytest.mark.parametrize(
    ("given", "exact", "stored"),
    [
        (b"From: x\n\nx\n", False, CRLF),
        (CRLF, False, CRLF),
        (b"From: x\n\nx\n", True, b"From: x\n\nx\n"),
        (b"From: x\r\n\r\na\nb\r\n", False, b"From: x\r\n\r\na\nb\r\n"),
        (b"From: x\n\na\rb", False, b"From: x\r\n\r\na\rb"),
        (b"From: x", False, b"From: x"),
    ],
)
def test_d9_lf_becomes_crlf(given: bytes, exact: bool, stored: bytes) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            running = asyncio.ensure_future(c.append("INBOX", given, exact=exact))
            await peer.hears(b"A1 APPEND INBOX {%d+}\r\n%s\r\n" % (len(stored), stored))
            await peer.says(b"A1 OK done\r\n")
            await running

    play(scene)


@pytest.mark.parametrize(
    ("date", "written"),
    [
        (datetime(2024, 2, 5, 9, 0, 5, 999, tzinfo=timezone(timedelta(hours=1))), b'" 5-Feb-2024 09:00:05 +0100"'),
        (datetime(2024, 12, 15, 9, 0, 5, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
         b'"15-Dec-2024 09:00:05 -0330"'),
        (datetime(2024, 2, 5, 9, 0, 5, tzinfo=UTC), b'" 5-Feb-2024 09:00:05 +0000"'),
        ("05-Feb-2024 09:00:05 +0100", b'"05-Feb-2024 09:00:05 +0100"'),
    ],
)  # fmt: skip
def test_d9_a_date(date: Any, written: bytes) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            running = asyncio.ensure_future(c.append("INBOX", CRLF, flags=[r"\Seen"], date=date))
            await peer.hears(b"A1 APPEND INBOX (\\Seen) " + written + b" {")
            await peer.says(b"A1 OK done\r\n")
            await running

    play(scene)


@pytest.mark.parametrize(
    "date",
    [datetime(2024, 2, 5), "yesterday", "31-Feb-2024 09:00:05 +0100", 5, b"x", "05-Feb-2024"],  # noqa: DTZ001 - a datetime without a zone is the point
)
def test_d9_what_is_no_date_is_refused(date: Any) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            with pytest.raises(UsageError):
                await c.append("INBOX", CRLF, date=date)
            with pytest.raises(UsageError):
                await c.append_all("INBOX", [NewMessage(CRLF, (), date)])
            assert peer.heard == b""

    play(scene)


@pytest.mark.parametrize(
    ("criteria", "sent"),
    [
        ("SUBJECT ü", b"CHARSET UTF-8 SUBJECT {2+}\r\n\xc3\xbc"),
        ('FROM joe SUBJECT "\\"grün\\"" UNSEEN', b'CHARSET UTF-8 FROM joe SUBJECT {7+}\r\n"gr\xc3\xbcn" UNSEEN'),
        ("OR (SUBJECT ä) (TO ö)", b"CHARSET UTF-8 OR (SUBJECT {2+}\r\n\xc3\xa4) (TO {2+}\r\n\xc3\xb6)"),
        ("CHARSET utf-8 TEXT ü", b"CHARSET utf-8 TEXT {2+}\r\n\xc3\xbc"),
        ("RETURN (ALL) TEXT ü", b"RETURN (ALL) CHARSET UTF-8 TEXT {2+}\r\n\xc3\xbc"),
        ("TEXT hello", b"TEXT hello"),
    ],
)
def test_d9_a_search_beyond_ascii(criteria: str, sent: bytes) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            selecting = asyncio.ensure_future(c.select("INBOX"))
            await peer.hears(b"A1 SELECT INBOX\r\n")
            await peer.says(b"* 1 EXISTS\r\nA1 OK done\r\n")
            await selecting
            running = asyncio.ensure_future(c.search(criteria))
            await peer.hears(b"A2 SEARCH " + sent + b"\r\n")
            await peer.says(b"* SEARCH 1\r\nA2 OK done\r\n")
            assert list(await running) == [1]

    play(scene)


def test_d9_sort_and_thread_beyond_ascii() -> None:
    async def scene(c: Connection) -> None:
        await c.create("Box")
        await c.append("Box", "Subject: grün\n\nx\n".encode())
        await c.append("Box", b"Subject: red\n\nx\n")
        await c.select("Box")
        assert list(await c.search("SUBJECT grün")) == [1]
        assert await c.sort("SUBJECT", 'SUBJECT "grün"') == (1,)
        assert (await c.thread("REFERENCES", "NOT SUBJECT grün")).in_order == (2,)
        assert (await c.esearch("SUBJECT grün", ("COUNT",))).items == {"COUNT": 1}
        with pytest.raises(UsageError, match="UTF-8"):
            await c.search("CHARSET ISO-8859-1 SUBJECT grün")

    on_demo(scene)
