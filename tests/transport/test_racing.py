"""The addresses of a host are tried side by side (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket

import pytest

from imapsh.transport import racing
from imapsh.transport.resolving import Place, literal
from tests.transport.conftest import Peer, closed_port, echo


def at(port: int) -> Place:
    return literal("127.0.0.1", port)[0]


def test_the_first_that_accepts(peer: Peer) -> None:
    port, dead = peer(echo), closed_port()

    async def main() -> None:
        with await racing.race([at(dead), at(dead), at(port), at(dead)]) as sock:
            assert sock.getpeername()[1] == port

    asyncio.run(main())


def test_the_first_error_is_told() -> None:
    async def main() -> None:
        with pytest.raises(ConnectionRefusedError):
            await racing.race([at(closed_port()), at(closed_port())])
        with pytest.raises(OSError, match="has no address"):
            await racing.race([])

    asyncio.run(main())


def test_one_that_is_silent_is_overtaken(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(racing, "LATER", 0.0)
    port = peer(echo)
    tried: list[int] = []
    connect = racing._connect
    ended = asyncio.Event()

    async def slow(place: Place) -> socket.socket:
        tried.append(place[4][1])
        if place[4][1] == 1:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
        return await connect(place)

    monkeypatch.setattr(racing, "_connect", slow)

    async def main() -> None:
        with await racing.race([at(1), at(port)]) as sock:
            assert sock.getpeername()[1] == port
        assert ended.is_set()
        assert tried == [1, port]

    asyncio.run(main())


def test_the_families_take_turns() -> None:
    four, six = (literal(host, 1)[0] for host in ("127.0.0.1", "::1"))
    assert racing._in_turn([six, six, six, four]) == [six, four, six, six]
    assert racing._in_turn([]) == []
