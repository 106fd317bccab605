"""E19: the time allowed for connecting is for the whole of it; and silence ends a connection at the prompt too."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

import imapsh
from imapsh.errors import ConnectionTimeout, TLSError
from imapsh.shell.main import main
from imapsh.transport import aio, blocking
from imapsh.transport.address import Address
from tests.shell.acting import CTRL_C, Peer, acting, play
from tests.shell.running import listening, url
from tests.shell.trickle import GREETING, RECORD, trickle


def handshake(sock: socket.socket) -> None:
    trickle(sock, RECORD)


def greeting(sock: socket.socket) -> None:
    trickle(sock, GREETING)


def starttls(sock: socket.socket) -> None:
    sock.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n")
    sock.recv(100)
    sock.sendall(b"A1 OK begin\r\n")
    trickle(sock, RECORD)


def test_e19_a_handshake_that_trickles() -> None:
    words = r"did not finish the TLS handshake within 0\.2 s"
    with listening(handshake) as port:
        address = Address("imaps", "127.0.0.1", port)
        with pytest.raises(TLSError, match=words):
            blocking.connect(address, connect_timeout=0.2)
        with pytest.raises(TLSError, match=words):
            asyncio.run(connected(address))


async def connected(address: Address) -> None:
    await aio.connect(address, connect_timeout=0.2)


def test_e19_a_greeting_that_trickles_in_a_batch(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(greeting) as port:
        assert main([url(port), "--connect-timeout", "0.2", "-c", "NOOP"]) == 7
    assert "no greeting came from 127.0.0.1" in (err := capsys.readouterr().err)
    assert "within 0.2 s" in err


def test_e19_a_greeting_that_trickles_to_a_program() -> None:
    async def scene(port: int) -> None:
        with pytest.raises(ConnectionTimeout, match=r"no greeting came from 127.* within 0\.2 s"):
            await imapsh.connect(url(port), connect_timeout=0.2)

    with listening(greeting) as port:
        asyncio.run(scene(port))


def test_e19_a_greeting_that_trickles_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        with listening(greeting) as port:
            async with acting(tmp_path, url=url(port), connect_timeout=0.2) as person:
                await person.screen.shows("no greeting came from 127.0.0.1", "within 0.2 s")

    play(scene)


@pytest.mark.parametrize("user", ["", "ida"])
def test_e19_a_handshake_behind_starttls_that_trickles(user: str, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(starttls) as port:
        line = "NOOP" if user else "STARTTLS"
        words = ("--password-command", "echo pw", "--connect-timeout", "1", "-c", line)
        assert main([url(port, user=user), *words]) == 5
    assert "did not finish the TLS handshake within 1 s" in capsys.readouterr().err


def test_e19_silence_ends_a_connection_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, timeout=0.2) as person:
            await person.prompted_once()
            await person.enters("NOOP", f"nothing came from 127.0.0.1:{peer.port} within 0.2 s", "\\connect opens it")
            await person.prompted_once()
            assert person.shell.app.live is None

    play(scene)


def test_e19_what_is_not_due_is_no_silence(tmp_path: Path) -> None:
    """An IDLE that has begun, and a question to the person, may last."""

    async def scene() -> None:
        hello = b"* OK [CAPABILITY IMAP4rev1 IDLE] hi\r\n"
        async with Peer(hello) as peer, acting(tmp_path, url=peer.url, timeout=20) as person:
            await person.prompted_once()
            attending = person.shell.driver.attending(person.shell.app.connection)
            await person.enters("IDLE")
            await peer.hears(b"IDLE\r\n")
            peer.says(b"+ idling\r\n")
            await person.screen.until(lambda: person.shell.app.connection.session.idling)
            assert attending._due() is None
            person.types(CTRL_C)
            await peer.hears(b"DONE\r\n")
            due = attending._due()
            assert due is not None
            assert due.name == "IDLE"
            peer.says(b"A1 OK done\r\n")
            await person.screen.shows("A1 OK done")
            await person.prompted_once()
            await person.enters("a2 AUTHENTICATE X-OURS")
            await peer.hears(b"AUTHENTICATE X-OURS\r\n")
            peer.says(b"+ \r\n")
            await person.screen.shows("a2 AUTHENTICATE, base64")
            assert attending._due() is None
            await person.enters("*")
            await peer.hears(b"*\r\n")
            due = attending._due()
            assert due is not None
            assert due.name == "AUTHENTICATE"
            peer.says(b"a2 NO never mind\r\n")
            await person.screen.shows("a2 NO")

    play(scene)
