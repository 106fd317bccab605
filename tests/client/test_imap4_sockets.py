"""The classes of imaplib on sockets: how they are tuned, and peers that are no IMAP server (D14, D17)."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from imapsh.client import imap4
from imapsh.transport import aio, blocking
from imapsh.transport.address import Address
from imapsh.transport.tuning import KEEPALIVE
from tests.shell.running import Handler, listening, says


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (b"-ERR no more", "the server greets like POP3: check the port"),
        (b"220 mail.example ESMTP", "the server greets like SMTP: check the port"),
        (b"220 FTP server", "the server greets like FTP: check the port"),
        (b"HTTP/1.1 400 Bad Request", "the server greets like HTTP: check the port"),
        (b"SSH-2.0-OpenSSH_9.2", "the server greets like SSH: check the port"),
        (b"hello", "unexpected response: b'hello'$"),
    ],
)
def test_d17_what_greets_in_another_protocol_is_named(greeting: bytes, said: str) -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(greeting + b"\r\n")
        sock.recv(1)

    with listening(handler) as port, pytest.raises(imap4.IMAP4.abort, match=said):
        imap4.IMAP4("127.0.0.1", port, 10)


def test_d17_a_reset_on_a_socket() -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* OK hi\r\n")
        sock.recv(1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with listening(handler) as port, pytest.raises(imap4.IMAP4.abort, match=r"Errno 104.*reset by peer"):
        imap4.IMAP4("127.0.0.1", port, 10)


def options(sock: socket.socket) -> dict[str, int]:
    found = {name: sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in (*KEEPALIVE, "TCP_NODELAY")}
    return {**found, "SO_KEEPALIVE": sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)}


WANTED = {**KEEPALIVE, "TCP_NODELAY": 1, "SO_KEEPALIVE": 1}


def test_d14_all_our_sockets_are_tuned() -> None:
    handler: Handler = says(b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n")
    with listening(handler) as port:
        with imap4.IMAP4("127.0.0.1", port, 10) as client:
            assert options(client.sock) == WANTED
        stream = blocking.connect(Address("imap", "127.0.0.1", port))
        with socket.socket(fileno=socket.dup(stream.fileno())) as sock:
            assert options(sock) == WANTED
        stream.close()
        asyncio.run(by_asyncio(port))


async def by_asyncio(port: int) -> None:
    stream = await aio.connect(Address("imap", "127.0.0.1", port))
    with socket.socket(fileno=socket.dup(stream.fileno())) as sock:
        assert options(sock) == WANTED
    await stream.close()
