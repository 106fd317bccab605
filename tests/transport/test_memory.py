from __future__ import annotations

import pytest

from imapsh.errors import ConnectionLost, ConnectionTimeout, TLSError, UsageError
from imapsh.transport.base import Stream
from imapsh.transport.blocking import BlockingStream
from imapsh.transport.memory import Scripted, attach, pair
from imapsh.transport.tls import TLSOptions
from tests.transport.conftest import Papers


def test_a_pair() -> None:
    a, b = pair()
    a.write(b"abc")
    assert b.read(2) + b.read(9) == b"abc"
    with pytest.raises(ConnectionTimeout):
        b.read(1)
    a.write(b"last")
    a.close()
    assert b.read(9) == b"last"
    assert b.read(9) == b""
    with pytest.raises(ConnectionLost, match="closed the connection before everything was sent"):
        b.write(b"x")
    assert (b.fileno(), b.info.peer) == (-1, "memory")


def test_an_attached_end_runs_in_the_same_thread() -> None:
    client, server = pair()
    seen: list[bytes] = []

    def receive(data: bytes) -> bytes:
        seen.append(data)
        return data.upper()

    attach(server, receive)
    server.write(b"greeting ")
    client.write(b"a")
    assert client.read(99) == b"greeting "
    assert client.read(99) == b"A"
    with pytest.raises(ConnectionTimeout):
        client.read(99)
    client.write(b"b")
    client.close()
    assert seen == [b"a", b"b", b""]


def test_an_attached_end_may_close() -> None:
    client, server = pair()

    def receive(data: bytes) -> bytes:
        server.write(b"* BYE\r\n")
        server.close()
        return b""

    attach(server, receive)
    client.write(b"a LOGOUT\r\n")
    assert client.read(99) == b"* BYE\r\n"
    assert client.read(99) == b""
    client.close()


def test_two_attached_ends_do_not_chase_each_other() -> None:
    a, b = pair()
    heard: list[bytes] = []
    attach(a, lambda data: heard.append(data) or b"")  # type: ignore[func-returns-value]
    attach(b, lambda data: b"pong")
    a.write(b"ping")
    with pytest.raises(ConnectionTimeout):
        a.read(9)
    assert heard == [b"pong"]


def test_starttls_in_one_thread(papers: Papers) -> None:
    client, server = pair()

    def receive(data: bytes) -> bytes:
        if data == b"STARTTLS":
            server.write(b"OK")
            server.start_tls(papers.server, "", server_side=True)
            return b""
        return data.upper()

    attach(server, receive)
    client.write(b"STARTTLS")
    assert client.read(9) == b"OK"
    client.start_tls(papers.client, "localhost")
    client.write(b"a" * 100_000)
    data = b""
    while len(data) < 100_000:
        data += client.read(65536)
    assert data == b"A" * 100_000
    assert client.info.tls
    client.close()


def test_starttls_that_fails_in_one_thread(papers: Papers) -> None:
    client, server = pair()
    server.start_tls(papers.server, "", server_side=True)
    seen: list[bytes] = []
    attach(server, lambda data: seen.append(data) or b"")  # type: ignore[func-returns-value]
    with pytest.raises(TLSError, match="the certificate of memory is not trusted"):
        client.start_tls(TLSOptions(), "localhost")
    with pytest.raises(ConnectionLost, match="is closed"):
        client.read(1)
    assert seen == [b""]


def test_a_script() -> None:
    script = Scripted([b"abc", ConnectionTimeout("silence"), b"d"])
    stream: Stream = script
    assert stream.read(2) == b"ab"
    stream.write(b"one")
    assert stream.read(9) == b"c"
    with pytest.raises(ConnectionTimeout, match="silence"):
        stream.read(9)
    stream.settimeout(1)
    stream.write(b"two")
    assert stream.read(9) == b"d"
    assert stream.read(9) == b""
    assert script.written == b"onetwo"
    stream.start_tls(TLSOptions(), "h")
    assert script.tls_started
    with pytest.raises(UsageError):
        stream.start_tls(TLSOptions(), "h")
    assert (stream.fileno(), stream.info.peer) == (-1, "script")
    stream.close()
    with pytest.raises(ConnectionLost):
        stream.read(1)


def test_all_are_streams() -> None:
    streams: list[Stream] = [*pair(), Scripted([])]
    assert isinstance(streams[0], BlockingStream)
