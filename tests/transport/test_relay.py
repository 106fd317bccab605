from __future__ import annotations

import asyncio
import os

import pytest

from imapsh.errors import ConnectionLost, TLSError
from imapsh.transport import aio
from imapsh.transport.aio import HIGH_WATER, AioStream
from imapsh.transport.listening import listen
from imapsh.transport.memory_aio import MemoryTransport, aio_pair
from imapsh.transport.relay import Relay, Way
from imapsh.transport.tls import TLSFilter
from tests.transport.conftest import Papers
from tests.transport.test_aio import read_exactly, run
from tests.transport.test_blocking import tcp


class Passing:
    """Passes all; `seen` has the octets, and `ends` the ways that ended, in order."""

    def __init__(self) -> None:
        self.seen: list[tuple[Way, bytes]] = []
        self.ends: list[Way] = []

    async def came(self, way: Way, octets: bytes) -> None:
        self.seen.append((way, octets))
        await way.write(octets)

    def ended(self, way: Way) -> None:
        self.ends.append(way)


class Joined:
    """A relay in memory: `client` and `server` are the far ends."""

    def __init__(self, observer: Passing) -> None:
        self.observer = observer

    async def __aenter__(self) -> Joined:
        self.client, near = await aio_pair("the client")
        self.server, far = await aio_pair("the server")
        self.relay = Relay(near, far, self.observer)
        self.running = asyncio.create_task(self.relay.run())
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.client.close()
        await self.server.close()
        await asyncio.gather(self.running, return_exceptions=True)


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def abort(stream: AioStream) -> None:
    """Break a connection as a reset does."""
    assert stream._transport is not None
    stream._transport.abort()


def test_octets_pass_both_ways_as_they_came() -> None:
    async def main() -> None:
        observer = Passing()
        async with Joined(observer) as joined:
            up, down = os.urandom(3_000_000), os.urandom(2_000_000)
            _, _, sent, received = await asyncio.gather(
                joined.client.write(up), joined.server.write(down),
                read_exactly(joined.server, len(up)), read_exactly(joined.client, len(down)),
            )  # fmt: skip
            assert (sent, received) == (up, down)
            relay = joined.relay
            assert b"".join(octets for way, octets in observer.seen if way is relay.up) == up
            assert (relay.up.passed, relay.down.passed) == (len(up), len(down))

    run(main)


def test_what_one_side_sends_may_end_while_the_other_goes_on() -> None:
    async def main() -> None:
        observer = Passing()
        async with Joined(observer) as joined:
            await joined.client.write(b"that is all")
            await joined.client.finish()
            assert await read_exactly(joined.server, 11) == b"that is all"
            assert await joined.server.read(9) == b""
            await joined.server.write(b"still here")
            assert await read_exactly(joined.client, 10) == b"still here"
            assert observer.ends == [joined.relay.up]
            assert not joined.running.done()
            await joined.server.close()
            assert await joined.client.read(9) == b""
            await joined.running
            assert observer.ends == [joined.relay.up, joined.relay.down]
            assert joined.relay.up.error is joined.relay.down.error is None
            with pytest.raises(ConnectionLost, match="is closed"):
                await joined.client.write(b"x")

    run(main)


@pytest.mark.parametrize("upwards", [True, False])
def test_a_side_that_does_not_read_stops_the_other(upwards: bool) -> None:
    async def main() -> None:
        async with Joined(Passing()) as joined:
            source, target = (joined.client, joined.server) if upwards else (joined.server, joined.client)
            data = os.urandom(16 * HIGH_WATER)
            writing = asyncio.create_task(source.write(data[: HIGH_WATER * 15]))
            await turns(200)
            way = joined.relay.up if upwards else joined.relay.down
            assert not writing.done() or way.passed < 4 * HIGH_WATER
            assert way.passed < 4 * HIGH_WATER
            assert await read_exactly(target, HIGH_WATER * 15) == data[: HIGH_WATER * 15]
            await writing

    run(main)


def test_the_observer_decides_what_passes_and_nothing_more_is_read_until_then() -> None:
    class Half(Passing):
        def __init__(self) -> None:
            super().__init__()
            self.go_on = asyncio.Event()

        async def came(self, way: Way, octets: bytes) -> None:
            self.seen.append((way, octets))
            way.put(octets[:2])
            await self.go_on.wait()
            await way.write(b"!")

    async def main() -> None:
        observer = Half()
        async with Joined(observer) as joined:
            await joined.client.write(b"abcd")
            assert await read_exactly(joined.server, 2) == b"ab"
            await joined.client.write(b"efgh")
            await turns()
            assert len(observer.seen) == 1
            observer.go_on.set()
            assert await read_exactly(joined.server, 4) == b"!ef!"

    run(main)


def test_what_came_before_a_server_broke_is_delivered() -> None:
    async def main() -> None:
        observer = Passing()
        listener = await listen(tcp(0), farewell)
        near, client = await aio_pair()
        server = await aio.connect(tcp(listener.address.port))
        relay = Relay(near, server, observer)
        running = asyncio.create_task(relay.run())
        await client.write(b"x" * 100_000)
        assert await read_exactly(client, 5) == b"* BYE"
        assert await client.read(9) == b""
        await client.close()
        await running
        await listener.close()

    async def farewell(stream: AioStream) -> None:
        await stream.read(1)
        await stream.write(b"* BYE")
        await stream.finish()
        abort(stream)  # with octets unread, so that the system sends a reset

    run(main)


def test_a_client_that_breaks_ends_the_server() -> None:
    async def main() -> None:
        async with Joined(Passing()) as joined:
            await joined.client.write(b"x")
            assert await joined.server.read(9) == b"x"
            near = joined.relay.up.source
            near.connection_lost(ConnectionResetError())
            assert await joined.server.read(9) == b""
            await joined.server.close()
            await joined.running
            assert "reset the connection" in str(joined.relay.up.error)

    run(main)


def test_a_side_that_is_gone_leaves_the_other_a_time_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.transport.relay.LINGER", 0.01)

    async def main() -> None:
        async with Joined(Passing()) as joined:
            await joined.server.write(b"last words")
            await turns()
            joined.relay.down.source.connection_lost(ConnectionResetError())
            await joined.running  # though the client neither closes nor sends
            assert await joined.client.read(99) == b"last words"

    run(main)


def test_a_client_that_sends_to_a_server_that_is_gone_does_not_lose_its_last_words() -> None:
    async def main() -> None:
        async with Joined(Passing()) as joined:
            await joined.server.write(b"* BYE")
            await joined.server.close()
            await joined.client.write(b"a NOOP")
            await turns()
            assert await read_exactly(joined.client, 5) == b"* BYE"
            await joined.client.close()
            await joined.running

    run(main)


def test_what_the_observer_raises_ends_both_sides() -> None:
    class Broken(Passing):
        async def came(self, way: Way, octets: bytes) -> None:
            raise TLSError("it is enough")

    async def main() -> None:
        async with Joined(Broken()) as joined:
            await joined.client.write(b"x")
            with pytest.raises(TLSError, match="it is enough"):
                await joined.running
            assert await joined.client.read(9) == b""
            assert await joined.server.read(9) == b""

    run(main)


class Upgrading(Passing):
    """Begins TLS on both sides when the server says `go!`, which answers `go?`; what stands behind is dropped."""

    def __init__(self, papers: Papers) -> None:
        super().__init__()
        self.papers = papers
        self.secured: asyncio.Future[int] | None = None
        self.relay: Relay | None = None

    async def came(self, way: Way, octets: bytes) -> None:
        assert self.relay is not None
        if octets.startswith(b"go?"):
            self.secured = asyncio.get_running_loop().create_future()
            await way.write(octets[:3])
            await self.secured
        elif octets.startswith(b"go!"):
            assert self.secured is not None
            to_server = TLSFilter(self.papers.client, "localhost", "the server")
            to_client = TLSFilter(self.papers.server, "", "a client", server_side=True)
            assert await self.relay.down.secure(to_server) == 0
            way.put(octets[:3])
            self.secured.set_result(await self.relay.up.secure(to_client))
        else:
            await super().came(way, octets)


def test_tls_begins_on_both_sides_and_plain_octets_behind_it_are_dropped(papers: Papers) -> None:
    async def main() -> None:
        observer = Upgrading(papers)
        async with Joined(observer) as joined:
            observer.relay = joined.relay
            client, server = joined.client, joined.server
            await client.write(b"go?")
            assert await read_exactly(server, 3) == b"go?"
            await client.write(b"injected")
            await turns()
            await server.write(b"go!")
            await server.start_tls(papers.server, "", server_side=True)
            assert await read_exactly(client, 3) == b"go!"
            await client.start_tls(papers.client, "localhost")
            await asyncio.gather(client.write(b"secret"), server.write(b"answer"))
            assert await read_exactly(server, 6) == b"secret"
            assert await read_exactly(client, 6) == b"answer"
            assert observer.secured is not None
            assert observer.secured.result() == 8
            await client.finish()
            assert await server.read(9) == b""
            await server.write(b"half open")
            assert await read_exactly(client, 9) == b"half open"

    run(main)


def test_a_client_that_refuses_the_certificate_ends_both_sides(papers: Papers) -> None:
    async def main() -> None:
        observer = Upgrading(papers)
        async with Joined(observer) as joined:
            observer.relay = joined.relay
            await joined.client.write(b"go?")
            assert await read_exactly(joined.server, 3) == b"go?"
            await joined.server.write(b"go!")
            await joined.server.start_tls(papers.server, "", server_side=True)
            assert await read_exactly(joined.client, 3) == b"go!"
            with pytest.raises(TLSError, match="not trusted"):
                await joined.client.start_tls(papers.client._replace(cafile=None), "localhost")
            with pytest.raises(TLSError, match="does not trust"):
                await joined.running
            assert await joined.server.read(9) == b""

    run(main)


def test_a_hundred_connections_at_once() -> None:
    async def echo(stream: AioStream) -> None:
        while octets := await stream.read(65536):
            await stream.write(octets)
        await stream.finish()

    async def main() -> None:
        server = await listen(tcp(0), echo)

        async def join(client: AioStream) -> None:
            await Relay(client, await aio.connect(tcp(server.address.port)), Passing()).run()

        tap = await listen(tcp(0), join)

        async def talk() -> None:
            client = await aio.connect(tcp(tap.address.port))
            data = os.urandom(50_000)
            await client.write(data)
            assert await read_exactly(client, len(data)) == data
            await client.finish()
            assert await client.read(1) == b""
            await client.close()

        await asyncio.gather(*(talk() for _ in range(100)))
        await tap.close()
        await server.close()

    run(main)


def test_a_sender_that_has_finished_sends_no_more() -> None:
    async def main() -> None:
        one, other = await aio_pair()
        assert isinstance(one._transport, MemoryTransport)
        assert one._transport.can_write_eof()
        one.put(b"last")
        await one.finish()
        await one.finish()
        with pytest.raises(ConnectionLost, match="is closed"):
            one.put(b"more")
        assert await read_exactly(other, 4) == b"last"
        assert await other.read(1) == b""
        await one.close()
        await one.finish()

    run(main)
