"""The asyncio driver over streams in memory: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable

import pytest

from imapsh.client.connection import AsyncClient
from imapsh.errors import ConnectionLost, GreetingError, LoginError, ServerBye, StateError
from imapsh.server.demo import demo_store
from imapsh.server.listen import connect, converse
from imapsh.server.store import Store
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.session.opening import Opening, steps
from imapsh.transport.aio import AioStream
from imapsh.transport.memory_aio import aio_pair
from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE
from tests.servers.certs import Certs

GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n"


def play(scene: Callable[[], Awaitable[None]], loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
    async def limited() -> None:
        async with asyncio.timeout(PATIENCE if loop is None else 100_000):
            await scene()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(limited())


class Skipping(selectors.DefaultSelector):
    """A selector that does not wait: its time goes on at once to the moment that a loop waits for."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        self.now += 0 if found else timeout or 0
        return found


class SkippingLoop(asyncio.SelectorEventLoop):
    """A loop whose seconds cost no time."""

    def __init__(self) -> None:
        self.clock = Skipping()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def play_at_once(scene: Callable[[], Awaitable[None]]) -> None:
    """Play a scene in memory whose time-outs end when nothing else can happen, however slow the machine is."""
    play(scene, SkippingLoop)


class Peer:
    """The server's end, written by hand."""

    def __init__(self, stream: AioStream) -> None:
        self.stream = stream
        self.heard = b""

    async def hears(self, octets: bytes) -> None:
        while octets not in self.heard:
            data = await self.stream.read(1 << 16)
            assert data, f"the client ended; it said {self.heard!r}"
            self.heard += data
        self.heard = self.heard.partition(octets)[2]

    async def hears_line(self) -> bytes:
        while b"\n" not in self.heard:
            data = await self.stream.read(1 << 16)
            assert data, f"the client ended; it said {self.heard!r}"
            self.heard += data
        line, _, self.heard = self.heard.partition(b"\n")
        return line + b"\n"

    async def says(self, octets: bytes) -> None:
        await self.stream.write(octets)


async def greeted(events: list[Event] | None = None) -> tuple[AsyncClient, Peer]:
    ours, theirs = await aio_pair()
    client = AsyncClient(ours, Session(), (events if events is not None else []).append)
    peer = Peer(theirs)
    await peer.says(GREETING)
    await client.greet()
    return client, peer


def test_a_session_on_the_demo_server() -> None:
    async def scene() -> None:
        stream, task = await connect(demo_store())
        session = Session()
        events: list[Event] = []
        client = AsyncClient(stream, session, events.append)
        await client.greet()
        await client.follow(steps(session, Opening("demo", True, "demo", lambda: "demo")))
        assert session.state == "authenticated"
        exchange = await client.run(session.line("SELECT INBOX"))
        assert exchange.status == "OK"
        assert session.mailbox is not None
        assert session.mailbox.exists
        await client.run(session.line("LOGOUT"))
        assert isinstance(events[-1], Closed)
        assert events[-1].error is None
        with pytest.raises(StateError):
            session.line("NOOP")
        await client.close()
        await task

    play(scene)


def test_the_events_come_in_the_order_of_the_wire() -> None:
    async def scene() -> None:
        events: list[Event] = []
        client, peer = await greeted(events)
        exchange = client.session.line("NOOP")
        running = asyncio.create_task(client.run(exchange))
        await peer.hears(b"A1 NOOP\r\n")
        await peer.says(b"* 3 EXI")
        await peer.says(b"STS\r\nA1 OK done\r\n")
        await running
        assert [type(event) for event in events] == [Received, Sent, Received, Completed]
        await client.close()

    play(scene)


def test_a_slice_ends_behind_its_events_before_anybody_else_has_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.client.connection._SLICE", 60.0)  # a slow machine needs no second one

    async def scene() -> None:
        told: list[str] = []
        ours, theirs = await aio_pair()
        client = AsyncClient(
            ours, Session(), lambda event: told.append(type(event).__name__), on_slice=lambda: told.append("slice")
        )
        peer = Peer(theirs)
        await peer.says(GREETING)
        await client.greet()
        exchange = client.session.line("NOOP")
        await peer.says(b"* 3 EXISTS\r\nA1 OK done\r\n")
        told.clear()
        await client.run(exchange)
        assert told[:5] == ["Sent", "slice", "Received", "Completed", "slice"]
        await client.close()

    play(scene)


def test_a_command_that_is_complete_already_is_not_waited_for() -> None:
    async def scene() -> None:
        completed = asyncio.Event()
        client, peer = await greeted()
        client.on_event = lambda event: completed.set() if isinstance(event, Completed) else None
        exchange = client.session.line("NOOP")
        client.kick()
        await peer.hears(b"NOOP\r\n")
        await peer.says(b"A1 OK done\r\n")
        await asyncio.wait_for(completed.wait(), PATIENCE)
        assert await client.run(exchange) is exchange
        await client.close()

    play(scene)


def test_every_waiter_learns_of_the_end() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        waiting = [asyncio.create_task(client.run(client.session.line(line))) for line in ("NOOP", "IDLE")]
        await peer.hears(b"NOOP\r\n")
        await peer.stream.close()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(error) for error in found] == [ConnectionLost, ConnectionLost]
        assert "A1 NOOP" in str(found[0])
        assert isinstance(client.error, ConnectionLost)
        await client.close()

    play(scene)


@pytest.mark.slow  # it waits for the end of the stream, FAREWELL seconds
def test_a_bye_is_an_error_of_its_own() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        running = asyncio.create_task(client.run(client.session.line("NOOP")))
        await peer.hears(b"NOOP\r\n")
        await peer.says(b"* BYE going down\r\n")
        with pytest.raises(ServerBye, match="going down"):
            await running
        assert isinstance(client.error, ServerBye)
        await client.close()

    play(scene)


def test_closing_wakes_who_waits() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        running = asyncio.create_task(client.run(client.session.line("NOOP")))
        await peer.hears(b"NOOP\r\n")
        await client.close()
        with pytest.raises(ConnectionLost):
            await running
        await client.close()

    play(scene)


def test_a_cancelled_wait_takes_back_only_what_was_not_sent() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        first = client.session.line("LOGIN u pw12")
        second = client.session.line("NOOP")
        running = [asyncio.create_task(client.run(exchange)) for exchange in (first, second)]
        await peer.hears(b"LOGIN u pw12\r\n")
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert list(client.session.running.values()) == [first]
        assert not client.session.queue
        await peer.says(b"A1 OK in\r\n")
        await client.run(first)
        assert first.status == "OK"
        await client.close()

    play(scene)


def test_a_server_that_talks_and_does_not_read_blocks_nobody() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        octets = 4 << 20
        line = f"APPEND INBOX {{{octets}+}}\r\n" + "x" * octets
        running = asyncio.create_task(client.run(client.session.line(line)))
        for _ in range(2000):
            await peer.says(b"* OK " + b"still here " * 100 + b"\r\n")
        await peer.hears(b"x\r\n")
        await peer.says(b"A1 OK appended\r\n")
        assert (await running).received > 2_000_000
        await client.close()

    play(scene)


def test_a_login_that_is_refused_is_raised_by_follow() -> None:
    async def scene() -> None:
        stream, task = await connect(demo_store())
        session = Session()
        client = AsyncClient(stream, session)
        await client.greet()
        with pytest.raises(LoginError, match="refused"):
            await client.follow(steps(session, Opening("demo", True, "demo", lambda: "wrong one")))
        await client.close()
        await task

    play(scene)


def test_no_greeting_is_said() -> None:
    async def scene() -> None:
        ours, theirs = await aio_pair()
        client = AsyncClient(ours, Session())
        await theirs.close()
        with pytest.raises((ConnectionLost, GreetingError), match="without a greeting"):
            await client.greet()
        await client.close()

    play(scene)


def test_starttls_is_done_before_the_command_counts_as_run(certs: Certs) -> None:
    async def scene() -> None:
        ours, theirs = await aio_pair()
        store = Store()
        store.add_account("u", "pw", 1)
        options = TLSOptions(cert=str(certs.server_pem))
        serving = asyncio.create_task(converse(theirs, store, options))
        session = Session()
        client = AsyncClient(ours, session, tls=TLSOptions(cafile=str(certs.ca)), server_name="localhost")
        await client.greet()
        await client.follow(steps(session, Opening("there", user="u", password=lambda: "pw")))
        assert session.secure
        assert session.state == "authenticated"
        assert client.stream.info.tls.startswith("TLS")
        await client.run(session.line("LOGOUT"))
        await client.close()
        await serving

    play(scene)


def test_events_give_the_loop_its_turn() -> None:
    async def scene() -> None:
        turns = 0
        rooms = 0

        async def room() -> None:
            nonlocal rooms
            rooms += 1

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        def busy(event: Event) -> None:
            assert sum(range(20_000))

        ours, theirs = await aio_pair()
        client = AsyncClient(ours, Session(), busy, room=room)
        peer = Peer(theirs)
        await peer.says(GREETING)
        await client.greet()
        running = asyncio.create_task(client.run(client.session.line("NOOP")))
        await peer.hears(b"NOOP\r\n")
        counting = asyncio.create_task(count())
        before = turns
        await peer.says(b"* OK hm\r\n" * 1000 + b"A1 OK done\r\n")
        await running
        counting.cancel()
        assert turns - before > 5
        assert rooms > 5
        await client.close()

    play(scene)


def test_what_is_more_than_a_slice_is_told_though_no_octets_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a literal that is given up."""
    monkeypatch.setattr("imapsh.client.connection._SLICE", -1.0)  # one event a slice

    async def scene() -> None:
        events: list[Event] = []
        client, peer = await greeted(events)
        running = asyncio.create_task(client.run(client.session.line("FETCH 1 BODY[1]")))
        await peer.hears(b"BODY[1]\r\n")
        await peer.says(b"* 1 FETCH (BODY[1] {4096}\r\nshort\r\n)\r\n" + b"* 2 EXISTS\r\n" * 20 + b"A1 OK done\r\n")
        while not client.session.midway:  # noqa: ASYNC110 - no event comes of half a literal
            await asyncio.sleep(0)
        assert client.session.resync()
        client.kick()
        assert (await running).status == "OK"
        assert len(events) > 20
        await client.close()

    play(scene)


def test_a_fault_of_who_listens_ends_the_session_and_wakes_who_waits() -> None:
    async def scene() -> None:
        client, peer = await greeted()

        def fails(event: Event) -> None:
            if isinstance(event, Received):
                raise ZeroDivisionError

        client.on_event = fails
        running = asyncio.create_task(client.run(client.session.line("NOOP")))
        await peer.hears(b"NOOP\r\n")
        await peer.says(b"* OK hm\r\n")
        with pytest.raises(ZeroDivisionError):
            await running
        assert client.session.closed
        assert "ZeroDivisionError" in str(client.error)
        await client.close()

    play(scene)


def test_of_two_that_await_a_command_the_first_may_give_up_the_second() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        exchange = client.session.line("NOOP")
        told: list[str] = []

        def first_ended() -> None:
            told.append("first")
            second.cancel()

        first = client.begin(exchange, first_ended)
        second = client.begin(exchange, lambda: told.append("second"))
        third = asyncio.ensure_future(client.run(exchange))
        await peer.hears(b"A1 NOOP\r\n")
        await peer.says(b"A1 OK done\r\n")
        await third
        assert (told, first.done(), second.done()) == (["first"], True, True)
        second.set_exception(ConnectionLost("too late"))
        assert second.result() is exchange
        await client.close()

    play(scene)


@pytest.mark.parametrize("waits", [True, False])
def test_what_begins_after_the_end_is_not_awaited_for_ever(*, waits: bool) -> None:
    async def scene() -> None:
        client, peer = await greeted()
        exchange = client.session.line("NOOP")
        running = asyncio.create_task(client.run(exchange))

        async def again() -> object:
            return await client.run(exchange) if waits else client.begin(exchange, lambda: None).result()

        await peer.stream.close()
        for ending in (running, again(), again()):
            with pytest.raises(ConnectionLost):
                await ending
            await asyncio.sleep(0)  # the tasks end
        assert not client._waiters
        await client.close()
        with pytest.raises(ConnectionLost):
            await again()

    play(scene)


def test_responses_may_be_seen_apart_from_other_events() -> None:
    async def scene() -> None:
        ours, theirs = await aio_pair()
        events: list[Event] = []
        responses: list[Event] = []
        client = AsyncClient(ours, Session(), events.append, on_response=responses.append)
        peer = Peer(theirs)
        await peer.says(GREETING)
        await client.greet()
        running = asyncio.create_task(client.run(client.session.line("NOOP")))
        await peer.hears(b"NOOP\r\n")
        await peer.says(b"* 3 EXISTS\r\n" + b"* 1 FETCH (FLAGS ())\r\n" * 9 + b"A1 OK done\r\n")
        await running
        assert [type(event) for event in events] == [Sent, Completed]
        assert [type(event) for event in responses] == [Received] * 11
        await client.close()
        assert isinstance(events[-1], Completed | Closed)

    play(scene)


@pytest.mark.parametrize("how", ["run", "begin"])
def test_a_command_that_two_await_is_sent_if_one_gives_up(how: str) -> None:
    async def scene() -> None:
        client, peer = await greeted()
        first = asyncio.create_task(client.run(client.session.line("LOGIN joe sesame")))
        await peer.hears(b"A1 LOGIN joe sesame\r\n")
        second = client.session.line("NOOP")  # it waits for the reply to LOGIN
        left = asyncio.create_task(client.run(second))
        if how == "run":
            cancelled = asyncio.create_task(client.run(second))
            await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.wait([cancelled])
        else:
            await asyncio.sleep(0)
            client.begin(second, lambda: None).cancel()
        await peer.says(b"A1 OK done\r\n")
        await first
        await peer.hears(b"A2 NOOP\r\n")
        await peer.says(b"A2 OK done\r\n")
        assert await left is second
        await client.close()
        await peer.stream.close()

    play_at_once(scene)


def test_nothing_is_kept_of_a_command_that_was_taken_back() -> None:
    async def scene() -> None:
        client, peer = await greeted()
        session = client.session
        first = asyncio.create_task(client.run(session.line("LOGIN joe sesame")))
        await peer.hears(b"A1 LOGIN joe sesame\r\n")
        second = session.line("NOOP")  # it waits for the reply to LOGIN
        running, pending = asyncio.create_task(client.run(second)), client.begin(second, lambda: None)
        for _ in range(3):
            await asyncio.sleep(0)
        pending.cancel()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        third = client.begin(session.line("NOOP"), lambda: None)
        third.cancel()
        assert len(client._waiters) == 1  # LOGIN
        await peer.says(b"A1 OK done\r\n")
        await first
        await client.close()
        await peer.stream.close()

    play(scene)
