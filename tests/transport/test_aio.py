from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from imapsh.errors import ConnectError, ConnectionLost, ConnectionTimeout, TLSError, UsageError
from imapsh.transport import aio, blocking
from imapsh.transport.address import Address
from imapsh.transport.aio import AioStream
from imapsh.transport.listening import listen
from imapsh.transport.memory import pair
from imapsh.transport.memory_aio import aio_pair
from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE
from tests.transport.conftest import Papers, Peer, closed_port, echo, echo_starttls, echo_tls, refuse_tls
from tests.transport.test_blocking import ECHO, python, tcp
from tests.transport.test_tls import imaps, other_papers


async def read_exactly(stream: AioStream, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = await stream.read(count - len(data))
        assert piece
        data += piece
    return data


async def echoes(stream: AioStream, size: int = 200_000) -> None:
    """Write and read at once, as more than the sockets hold goes round."""
    data = os.urandom(size)
    _, back = await asyncio.gather(stream.write(data), read_exactly(stream, size))
    assert back == data


def run(main: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(PATIENCE):
            await main()

    asyncio.run(limited())


def test_what_comes_may_be_taken_at_once() -> None:
    async def main() -> None:
        ours, theirs = await aio_pair()
        taken: list[bytes] = []

        def take() -> bool:
            taken.append(ours.take(2))
            return len(taken) < 3

        ours.on_arrival = take
        waiting = asyncio.create_task(ours.arrival())
        await asyncio.sleep(0)
        for piece in (b"ab", b"cd"):
            await theirs.write(piece)
            for _ in range(5):
                await asyncio.sleep(0)
            assert not waiting.done()
        await theirs.write(b"efg")
        await waiting
        assert taken == [b"ab", b"cd", b"ef"]
        assert ours.unread == 1
        ours.on_arrival = None
        await ours.arrival()
        assert await ours.read(9) == b"g"
        await theirs.close()
        await ours.arrival()
        assert await ours.read(9) == b""
        await ours.close()

    run(main)


def test_tcp(peer: Peer) -> None:
    port = peer(echo)

    async def main() -> None:
        stream = await aio.connect(tcp(port))
        await echoes(stream)
        assert stream.info.peer == f"127.0.0.1:{port}"
        assert stream.fileno() > 0
        await stream.write(b"ab")
        assert await stream.read(1) == b"a"
        assert await stream.read(1) == b"b"
        await stream.close()
        await stream.close()
        with pytest.raises(ConnectionLost, match="is closed"):
            await stream.read(1)
        with pytest.raises(ConnectionLost, match="is closed"):
            await stream.write(b"x")

    run(main)


def test_implicit_tls(peer: Peer, papers: Papers) -> None:
    port = peer(echo_tls(papers))

    async def main() -> None:
        stream = await aio.connect(imaps(port), tls=papers.client)
        await echoes(stream, 60_000)
        assert stream.info.tls == "TLSv1.3"
        await stream.close()

    run(main)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_ipv6(peer: Peer) -> None:
    try:
        port = peer(echo, socket.AF_INET6)
    except OSError:
        pytest.skip("no ::1")

    async def main() -> None:
        stream = await aio.connect(tcp(port, "::1"))
        await echoes(stream)
        await stream.close()

    run(main)


def test_starttls_over_tcp_and_unix(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    peer(echo_starttls(papers), socket.AF_UNIX, path)
    addresses = [tcp(peer(echo_starttls(papers))), Address("unix", path=path)]

    async def main() -> None:
        for address in addresses:
            stream = await aio.connect(address)
            await stream.write(b"go?")
            assert await read_exactly(stream, 3) == b"go!"
            await stream.start_tls(papers.client, "localhost")
            await echoes(stream, 60_000)
            with pytest.raises(TLSError, match="already uses TLS"):
                await stream.start_tls(papers.client, "localhost")

    run(main)


def test_octets_behind_the_ok_stop_starttls(papers: Papers) -> None:
    async def main() -> None:
        client, server = await aio_pair("h:143")
        await server.write(b"go!* OK injected\r\n")
        assert await client.read(3) == b"go!"
        with pytest.raises(TLSError, match="h:143 sent 15 octets after its STARTTLS OK in plaintext"):
            await client.start_tls(papers.client, "localhost")
        assert await server.read(9) == b""
        await server.close()

    run(main)


def test_tls_over_a_command(papers: Papers) -> None:
    code = (
        "import socket, ssl\n"
        f"c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain({papers.cert!r})\n"
        "s = c.wrap_socket(socket.socket(fileno=0), server_side=True)\n"
        "while d := s.recv(65536): s.sendall(d)"
    )

    async def main() -> None:
        stream = await aio.connect(python(code))
        await stream.start_tls(papers.client, "localhost")
        await echoes(stream, 60_000)
        await stream.close()

    run(main)


def test_exec_and_its_end() -> None:
    async def main() -> None:
        stream = await aio.connect(python(ECHO))
        child = stream._child
        assert child is not None
        await echoes(stream)
        await stream.close()
        assert child.returncode == 0

    run(main)


@pytest.mark.parametrize("secure", [False, True])
def test_adopt(peer: Peer, papers: Papers, secure: bool) -> None:
    address = imaps(peer(echo_tls(papers))) if secure else tcp(peer(echo))
    opened: list[blocking.BlockingStream] = []
    thread = threading.Thread(target=lambda: opened.append(blocking.connect(address, tls=papers.client)))
    thread.start()
    thread.join()

    async def main() -> None:
        opened[0].write(b"before")
        stream = await aio.adopt(opened[0])
        assert await read_exactly(stream, 6) == b"before"
        await echoes(stream, 60_000)
        assert bool(stream.info.tls) is secure
        with pytest.raises(ConnectionLost, match="is closed"):
            opened[0].read(1)
        with pytest.raises(ConnectionLost, match="is closed"):
            await aio.adopt(opened[0])
        await stream.close()

    run(main)


def test_adopt_with_octets_already_deciphered(peer: Peer, papers: Papers) -> None:
    stream = blocking.connect(imaps(peer(echo_tls(papers))), tls=papers.client)
    stream.write(b"abcdef")
    assert stream.read(2) == b"ab"

    async def main() -> None:
        adopted = await aio.adopt(stream)
        assert await read_exactly(adopted, 4) == b"cdef"
        await adopted.close()

    run(main)


def test_adopt_a_command() -> None:
    async def main() -> None:
        stream = await aio.adopt(blocking.connect(python(ECHO)))
        child = stream._child
        assert child is not None
        await echoes(stream)
        await stream.close()
        assert child.returncode == 0

    run(main)


def test_memory_cannot_be_adopted() -> None:
    async def main() -> None:
        with pytest.raises(UsageError):
            await aio.adopt(pair()[0])

    run(main)


def test_back_pressure(peer: Peer) -> None:
    total = 64 * aio.HIGH_WATER

    def flood(sock: socket.socket) -> None:
        sock.sendall(bytes(total))

    port = peer(flood)

    async def main() -> None:
        stream = await aio.connect(tcp(port))
        seen, most = 0, 0
        while seen < total:
            seen += len(await stream.read(65536))
            most = max(most, stream.unread)
            await asyncio.sleep(0)  # the loop fills what it may
        assert most <= aio.HIGH_WATER + 2 * 256 * 1024
        assert await stream.read(1) == b""
        await stream.close()

    run(main)


async def write_often(stream: AioStream) -> None:
    for _ in range(1000):
        await stream.write(bytes(65536))
        await asyncio.sleep(0)  # the loop learns of a lost connection


@pytest.mark.parametrize("memory", [False, True])
def test_a_writer_waits_for_a_slow_peer(memory: bool) -> None:
    async def main() -> None:
        if memory:
            ours, theirs = await aio_pair()
        else:
            ends = [blocking.BlockingStream(sock, "pair") for sock in socket.socketpair()]
            ours, theirs = [await aio.adopt(end) for end in ends]
        ours.settimeout(0.02)
        with pytest.raises(ConnectionTimeout):
            await write_often(ours)
        ours.settimeout(10)
        writing = asyncio.create_task(ours.write(b"end"))
        while not (await theirs.read(1 << 20)).endswith(b"end"):
            pass
        await writing
        await theirs.close()
        assert await ours.read(1) == b""
        if memory:
            await ours.close()
        with pytest.raises(ConnectionLost):
            await write_often(ours)
        await ours.close()

    run(main)


def test_a_cancelled_read_loses_nothing() -> None:
    async def main() -> None:
        client, server = await aio_pair()
        reading = asyncio.create_task(client.read(9))
        await asyncio.sleep(0)
        reading.cancel()
        await server.write(b"x")
        assert await client.read(9) == b"x"
        await client.close()
        await server.close()

    run(main)


def test_reset_and_timeout(peer: Peer) -> None:
    def reset(sock: socket.socket) -> None:
        sock.recv(1)  # not before the client knows that it is connected
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    ports = peer(reset), peer(echo)

    async def main() -> None:
        stream = await aio.connect(tcp(ports[0]), idle_timeout=10)
        await stream.write(b"x")
        with pytest.raises(ConnectionLost, match="reset the connection"):
            await stream.read(10)
        with pytest.raises(ConnectionLost, match="reset the connection"):
            await stream.write(b"x")
        await stream.close()
        stream = await aio.connect(tcp(ports[1]), idle_timeout=0.01)
        with pytest.raises(ConnectionTimeout, match=r"within 0.01 s"):
            await stream.read(1)
        await echoes(stream, 9)
        await stream.close()

    run(main)


def test_what_cannot_be_reached(tmp_path: Path) -> None:
    port = closed_port()

    async def main() -> None:
        for address, words in (
            (tcp(port), rf"127\.0\.0\.1:{port} refused the connection"),
            (tcp(port, "localhost"), rf"localhost:{port} refused the connection"),
            (Address("unix", path=str(tmp_path / "none")), "does not exist; check that the server is up"),
            (Address("exec", command=("no-such-command",)), "was not found"),
        ):
            with pytest.raises(ConnectError, match=words):
                await aio.connect(address)

    run(main)


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    async def main() -> None:
        with pytest.raises(ConnectError, match="the host nowhere is unknown"):
            await aio.connect(tcp(143, "nowhere"))

    run(main)


def test_tls_that_fails(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    other = other_papers(papers, tmp_path, "a.example")

    def plain(sock: socket.socket) -> None:
        sock.sendall(b"* OK IMAP4rev2 ready\r\n")
        sock.recv(65536)

    def silent(sock: socket.socket) -> None:
        while sock.recv(65536):
            pass

    cases = [
        (peer(refuse_tls(papers)), TLSOptions(), 10.0, "is not trusted"),
        (peer(refuse_tls(other)), papers.client, 10.0, r"is for a\.example, not for 127\.0\.0\.1"),
        (peer(plain), papers.client, 10.0, "does not speak TLS from the start"),
        (peer(lambda sock: None), papers.client, 10.0, "closed the connection during the TLS handshake"),
        (peer(lambda sock: sock.recv(1) and None), papers.client, 10.0, "closed the connection during the TLS"),
        (peer(silent), papers.client, 0.05, "did not finish the TLS handshake"),
    ]

    async def main() -> None:
        for port, options, seconds, words in cases:
            with pytest.raises(TLSError, match=words):
                await aio.connect(imaps(port), tls=options, connect_timeout=seconds)

    run(main)


async def echo_stream(stream: AioStream) -> None:
    while data := await stream.read(65536):
        await stream.write(data)


@pytest.mark.parametrize("scheme", ["imap", "imaps", "unix"])
def test_listen(papers: Papers, tmp_path: Path, scheme: str) -> None:
    path = str(tmp_path / "s") if scheme == "unix" else ""
    address = Address(scheme, "" if path else "127.0.0.1", path=path)

    async def main() -> None:
        listener = await listen(address, echo_stream, tls=papers.server if scheme == "imaps" else None)
        for _ in range(2):
            stream = await aio.connect(listener.address, tls=papers.client)
            await echoes(stream)
            await stream.close()
        left = await aio.connect(listener.address, tls=papers.client)
        await echoes(left, 9)
        await listener.close()
        assert await left.read(1) == b""
        await left.close()
        with pytest.raises(ConnectError):
            await aio.connect(listener.address, tls=papers.client)

    run(main)


def test_listening_where_one_cannot(papers: Papers) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="cannot listen on a command"):
            await listen(Address("exec", command=("x",)), echo_stream)
        with pytest.raises(UsageError, match="needs a certificate"):
            await listen(Address("imaps", "127.0.0.1"), echo_stream)
        with pytest.raises(TLSError, match="needs its certificate"):
            await listen(Address("imaps", "127.0.0.1"), echo_stream, tls=papers.client)
        first = await listen(Address("imap", "127.0.0.1"), echo_stream)
        with pytest.raises(
            ConnectError, match=r"cannot listen on .*: another program listens there; choose another port"
        ):
            await listen(first.address, echo_stream)
        with pytest.raises(ConnectError, match="this machine does not have that address; choose another address"):
            await listen(Address("imap", "192.0.2.1", 1143), echo_stream)
        await first.close()

    run(main)


@pytest.mark.parametrize("late", [False, True])
def test_tls_in_memory_on_both_ends(papers: Papers, late: bool) -> None:
    async def main() -> None:
        client, server = await aio_pair()
        secured = asyncio.create_task(client.start_tls(papers.client, "localhost"))
        if late:  # the client's first octets are there before the server begins
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await server.start_tls(papers.server, "", server_side=True)
        await secured
        serving = asyncio.create_task(echo_stream(server))
        await echoes(client)
        await client.close()
        await serving
        await server.close()

    run(main)


def test_the_end_of_tls_right_behind_octets_that_are_taken_at_once(papers: Papers) -> None:
    async def main() -> None:
        client, server = await aio_pair()
        secured = asyncio.create_task(client.start_tls(papers.client, "localhost"))
        await server.start_tls(papers.server, "", server_side=True)
        await secured
        taken: list[bytes] = []

        def take() -> bool:
            taken.append(client.take(100))
            return True

        client.on_arrival = take
        waiting = asyncio.create_task(client.arrival())
        await asyncio.sleep(0)
        tls, transport = server._tls, server._transport
        assert tls is not None
        assert transport is not None
        transport.write(b"".join(tls.encrypt(b"A1 OK done\r\n")) + tls.close())  # and the connection stays open
        await waiting
        assert (b"".join(taken) or await client.read(100)) == b"A1 OK done\r\n"
        assert await client.read(100) == b""
        await client.close()
        await server.close()

    run(main)
