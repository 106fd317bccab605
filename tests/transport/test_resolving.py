"""Names of hosts, and name servers that do not answer (E19)."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from imapsh.errors import ConnectError
from imapsh.transport import aio, blocking
from imapsh.transport.resolving import literal, resolve
from tests.patience import PATIENCE
from tests.shell.running import environment
from tests.transport.conftest import Peer, echo
from tests.transport.test_blocking import tcp


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A name server that does not answer before the test is over."""
    over = threading.Event()

    def look_up(*_: object) -> list[object]:
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield
    over.set()


def test_e19_a_name_server_that_hangs_is_not_waited_for(hanging: None) -> None:
    words = "the name server did not answer about mail.example"
    with pytest.raises(ConnectError, match=words):
        blocking.connect(tcp(143, "mail.example"), connect_timeout=0.01)
    with pytest.raises(ConnectError, match=words):
        asyncio.run(_connect(0.01))  # and the loop ends, though its own look-up would have had to be waited for


async def _connect(seconds: float) -> None:
    await aio.connect(tcp(143, "mail.example"), connect_timeout=seconds)


def test_e19_numbers_ask_nobody(hanging: None, peer: Peer) -> None:
    stream = blocking.connect(tcp(peer(echo)))
    stream.write(b"x")
    assert stream.read(1) == b"x"
    stream.close()
    with pytest.raises(ConnectError):
        asyncio.run(_refused())


async def _refused() -> None:
    await aio.connect(tcp(1, "127.0.0.1"))


HANGS = """
import os, socket, sys, threading
from imapsh.shell.main import main
def hang(*_):
    os.kill(os.getpid(), 2)
    threading.Event().wait(60)
socket.getaddrinfo = hang
sys.exit(main(["imap://mail.example", "-c", "NOOP"]))
"""


def test_e19_ctrl_c_ends_a_batch_whose_name_server_hangs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANGS], env=environment(), capture_output=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stdout) == (130, b"")
    assert b"Traceback" not in done.stderr


def test_literals() -> None:
    assert literal("127.0.0.1", 143)[0][4] == ("127.0.0.1", 143)
    assert literal("::1", 143)[0][:2] == (socket.AF_INET6, socket.SOCK_STREAM)
    assert literal("localhost", 143) == []
    assert literal("fe80::1%eth0", 143) == []


def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    assert resolve("mail.example", 143, 1) == []
    for connecting in (lambda: blocking.connect(tcp(143, "mail.example")), lambda: asyncio.run(_connect(1))):
        with pytest.raises(ConnectError, match="the name has no address"):
            connecting()
