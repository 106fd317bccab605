"""Peers that are there only by half: one that closes its writing half, and one that never reads."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import imapsh
from imapsh.errors import ConnectionLost, ConnectionTimeout
from imapsh.shell.main import main
from tests.shell.acting import acting, play
from tests.shell.running import listening, url

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n"
MUCH = 32 << 20  # more octets than the system takes for a peer that does not read


def half_closed(sock: socket.socket) -> None:
    """Greet, close the writing half at the first command, and go on reading."""
    sock.sendall(GREETING)
    sock.recv(100)
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(1 << 16):
        pass


@contextlib.contextmanager
def deaf() -> Iterator[int]:
    """A server that greets, and never reads; its port."""
    over = threading.Event()

    def handler(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        over.wait(60)

    with listening(handler) as port:
        try:
            yield port
        finally:
            over.set()


def append(tmp_path: Path) -> str:
    (tmp_path / "mail").write_bytes(b"Subject: x\r\n\r\n" + b"x" * MUCH)
    return f"\\load -m INBOX {tmp_path / 'mail'}"


# -- in a batch


def test_a_half_closed_peer_ends_a_batch(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(half_closed) as port:
        assert main([url(port), "-c", "NOOP", "-c", "NOOP"]) == 7
    assert "closed the connection" in capsys.readouterr().err


def test_a_deaf_peer_ends_a_batch_after_the_time_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with deaf() as port:
        assert main([url(port), "--timeout", "0.3", "-c", append(tmp_path)]) == 7
    assert "within 0.3 s" in capsys.readouterr().err


# -- in a program


@pytest.mark.parametrize(
    ("peer", "timeout", "error"),
    [(lambda: listening(half_closed), 20, ConnectionLost), (deaf, 0.5, ConnectionTimeout)],
)
def test_a_program_is_told(
    peer: Callable[[], AbstractContextManager[int]], timeout: float, error: type[Exception]
) -> None:
    async def scene(port: int) -> None:
        async with imapsh.connect(url(port), timeout=timeout) as c:
            with pytest.raises(error):
                await c.append("INBOX", b"x" * MUCH)
            assert not c.is_open

    with peer() as port:
        asyncio.run(scene(port))


# -- at the prompt


def test_a_half_closed_peer_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        with listening(half_closed) as port:
            async with acting(tmp_path, url=url(port)) as person:
                await person.prompted_once()
                await person.enters("NOOP", "closed the connection", "\\connect opens it again")
                await person.prompted_once()
                assert person.shell.app.live is None

    play(scene)


def test_a_deaf_peer_leaves_the_prompt_alive(tmp_path: Path) -> None:
    async def scene() -> None:
        with deaf() as port:
            async with acting(tmp_path, url=url(port), stall=0.2) as person:
                await person.prompted_once()
                await person.enters(append(tmp_path))
                session = person.shell.app.connection.session
                await person.screen.until(lambda: session.transfer is not None)
                person.shell.driver.interrupt()  # Ctrl-C
                await person.screen.shows("interrupted")
                await person.prompted_once()
                await person.enters("\\safe", "safe:")

    play(scene)
