"""Floods, bombs and cuts at the prompt, which stays alive: the next line that is typed is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.wire.deflate import Deflate
from tests.shell.acting import ENTER, Peer, acting, play

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n"
REPLY = (
    b"* 1 FETCH (FLAGS (\\Seen) BODY[TEXT] {25}\r\n* 9 EXISTS\r\n)\r\nA1 OK no\r\n)\r\n"
    b'* LIST () "/" {5}\r\ninbox\r\n* X\r\n* OK [ALERT] tea'
)


@pytest.mark.parametrize("line", [b"+\r\n", b"\r\n", b"\n", b"what?\r\n"], ids=repr)
@pytest.mark.parametrize("format", ["pretty", "view", "json"])
def test_e4_a_flood_is_counted(tmp_path: Path, line: bytes, format: str) -> None:
    async def scene() -> None:
        async with Peer(GREETING) as peer, acting(tmp_path, url=peer.url, format=format) as person:
            person.types("NOOP" + ENTER)
            await peer.hears(b"A1 NOOP\r\n")
            peer.says(line * 5000 + b"A1 OK done\r\n")
            await person.screen.shows('"count":4900' if format == "json" else "and 4,900 more")
            await person.prompted_once()
            person.types("NOOP" + ENTER)
            await peer.hears(b"A2 NOOP\r\n")
            peer.says(b"A2 OK still alive\r\n")
            await person.screen.shows("still alive")

    play(scene)


def test_e1_a_bomb_under_compress_ends_the_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            Peer(GREETING) as peer,
            acting(tmp_path, url=peer.url, format="wire", limit=("inflated=1000",)) as person,
        ):
            person.types("COMPRESS DEFLATE" + ENTER)
            await peer.hears(b"A1 COMPRESS DEFLATE\r\n")
            bomb = Deflate().deflate(b"* 1 FETCH (FLAGS (\\Seen))\r\n" * 100_000)
            peer.says(b"A1 OK go\r\n" + bomb)
            await person.screen.shows("the inflated limit is 1000 ", "not connected>")
            await person.enters("NOOP", "imapsh: not connected: \\connect opens a connection")

    play(scene)


def test_e2_a_literal_that_is_too_large_ends_the_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(GREETING) as peer, acting(tmp_path, url=peer.url) as person:
            person.types("NOOP" + ENTER)
            await peer.hears(b"A1 NOOP\r\n")
            peer.says(b"* 1 FETCH (BODY[] {5000000000}\r\n")
            await person.screen.shows("the literal limit is 4294967296", "not connected>")
            await person.enters("NOOP", "imapsh: not connected: \\connect opens a connection")

    play(scene)


@pytest.mark.parametrize("format", ["pretty", "view", "json"])
def test_e5_a_long_list_is_cut(tmp_path: Path, format: str) -> None:
    async def scene() -> None:
        async with Peer(GREETING) as peer, acting(tmp_path, url=peer.url, format=format) as person:
            person.screen.blind = format == "json"  # all of it is shown
            person.types("NOOP" + ENTER)
            await peer.hears(b"A1 NOOP\r\n")
            words = b" ".join(b"X%d" % number for number in range(20_000))
            peer.says(b"* CAPABILITY IMAP4rev1 " + words + b"\r\nA1 OK done\r\n")
            if format == "json":
                await person.screen.until(lambda: '"X19999"' in person.screen.written)
            else:
                await person.screen.shows(" more", "OK done")
            person.screen.blind = False
            person.types("NOOP" + ENTER)
            await peer.hears(b"A2 NOOP\r\n")
            peer.says(b"A2 OK still alive\r\n")
            await person.screen.shows("still alive")

    play(scene)


@pytest.mark.parametrize("cut", range(3, len(REPLY), 11))
def test_a_cut_leaves_the_prompt_alive(tmp_path: Path, cut: int) -> None:
    async def scene() -> None:
        async with Peer(GREETING) as peer, acting(tmp_path, url=peer.url) as person:
            person.types("NOOP" + ENTER)
            await peer.hears(b"A1 NOOP\r\n")
            peer.says(REPLY[:cut])
            peer.hangs_up()
            await person.screen.shows("imapsh: the server closed the connection", "A1 NOOP", "not connected>")
            await person.enters("NOOP", "imapsh: not connected: \\connect opens a connection")

    play(scene)
