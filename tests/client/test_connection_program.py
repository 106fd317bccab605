"""Errors that code of the program raises: they are the program's own, the connection ends, and nothing waits on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imapsh.client.commands import Connection
from imapsh.errors import ConnectionLost, ImapshError, StateError, UsageError
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.transport.memory_aio import aio_pair
from imapsh.transport.options import TLSOptions

from .test_connect_peer import ELSEWHERE, GREETING, pair, selected
from .test_connection import Peer, play


class Wrong(Exception):
    """An error of the program."""


class WrongToo(UsageError):
    """An error of the program that is a kind of ours."""


def raising(kind: type[Event], error: Exception) -> Callable[[Event], None]:
    """Return an `on_event` that raises the error at each event of a kind, once a mailbox was opened."""

    def on_event(event: Event) -> None:
        if isinstance(event, kind) and not (isinstance(event, Received) and event.greeting):
            raise error

    return on_event


def is_over(c: Connection, error: BaseException) -> None:
    """Check that the connection has ended by this error, that it says so, and that it blames nobody else."""
    assert not c.is_open
    assert isinstance(c.error, ConnectionLost)
    assert c.error.__cause__ is error
    assert "bug" not in str(c.error)


@pytest.mark.parametrize("error", [Wrong("mine"), WrongToo("mine"), OSError("mine")], ids=lambda error: type(error))
@pytest.mark.parametrize("kind", [Sent, Received, Completed])
def test_an_error_of_on_event_is_raised_by_all_that_waits(kind: type[Event], error: Exception) -> None:
    async def scene() -> None:
        reported = handled()
        async with pair(on_event=raising(kind, error)) as (c, peer):
            running = [asyncio.ensure_future(c.noop()), asyncio.ensure_future(c.status("Other"))]
            if kind is not Sent:
                await peer.hears(b"A2 STATUS")
                await peer.says(b"* 1 EXISTS\r\nA1 OK done\r\n")
            found = await asyncio.gather(*running, return_exceptions=True)
            assert found[0] is error
            assert found[1] is error or (isinstance(found[1], ConnectionLost) and found[1].__cause__ is error)
            is_over(c, error)
            with pytest.raises(ConnectionLost) as later:
                await c.noop()
            assert later.value.__cause__ is error
        assert reported == []

    play(scene)


def handled() -> list[Any]:
    """Return a list into which the loop's exception handler puts what it is told from now on."""
    reported: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))
    return reported


def test_the_loop_is_told_of_an_error_if_nobody_waits() -> None:
    async def scene() -> None:
        reported = handled()
        error = Wrong("mine")
        async with pair(on_event=raising(Received, error)) as (c, peer):
            await peer.says(b"* 1 EXISTS\r\n")
            assert await peer.stream.read(1) == b""  # the connection was closed
            assert reported == [error]
            is_over(c, error)

    play(scene)


def test_the_end_is_told_though_an_error_was_raised_before() -> None:
    ends: list[Event] = []

    def on_event(event: Event) -> None:
        if isinstance(event, Closed):
            ends.append(event)
        raise Wrong

    async def scene() -> None:
        ours, theirs = await aio_pair()
        c = Connection(ours, on_event=on_event)
        await Peer(theirs).says(GREETING)
        with pytest.raises(Wrong):
            await c.greet()
        assert len(ends) == 1
        await c.close()
        await theirs.close()

    play(scene)


# -- files for literals


class Full:
    """A file that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, data: bytes) -> int:
        raise self.error


@pytest.mark.parametrize("error", [Wrong("mine"), WrongToo("mine")], ids=lambda error: type(error))
@pytest.mark.parametrize("chooses", [True, False], ids=["file", "function"])
def test_an_error_of_a_file_for_a_literal_is_raised_by_the_loop_over_messages(error: Exception, chooses: bool) -> None:
    def spool(line: bytes, octets: int) -> Full:
        if chooses:
            return Full(error)
        raise error

    async def scene() -> None:
        reported = handled()
        events: list[Event] = []
        async with pair(spool=spool, on_event=events.append) as (c, peer):
            await selected(c, peer, 2)
            message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
            beside = asyncio.ensure_future(c.noop())
            await peer.hears(b"A2 FETCH")
            mail = b"* 7 EXISTS\r\nA2 OK said the mail\r\nA3 OK said the mail\r\n"
            await peer.says(b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\n" % (len(mail), mail))
            raised: list[object] = [*await asyncio.gather(message, beside, return_exceptions=True)]
            assert raised == [error, error]
            is_over(c, error)
            came = [event.response.name for event in events if isinstance(event, Received)]
            assert came.count("EXISTS") == 1  # the mail was not read as responses
        assert reported == []

    play(scene)


def test_an_error_of_a_file_that_comes_in_pieces_is_raised() -> None:
    error = Wrong("mine")

    async def scene() -> None:
        async with pair(spool=lambda line, octets: Full(error)) as (c, peer):
            await selected(c, peer, 1)
            message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
            await peer.hears(b"A2 FETCH")
            await peer.says(b"* 1 FETCH (BODY[] {500}\r\n")
            await peer.says(b"x" * 100)
            with pytest.raises(Wrong):
                await message
            is_over(c, error)

    play(scene)


def test_a_file_that_the_system_does_not_take_is_a_sentence_with_its_cause() -> None:
    error = PermissionError(13, "Permission denied")

    def spool(line: bytes, octets: int) -> None:
        raise error

    async def scene() -> None:
        async with pair(spool=spool) as (c, peer):
            await selected(c, peer, 1)
            message = asyncio.ensure_future(anext(c.fetch(1, "BODY[]")))
            await peer.hears(b"A2 FETCH")
            await peer.says(b"* 1 FETCH (BODY[] {3}\r\nabc)\r\n")
            with pytest.raises(ConnectionLost, match=r"could not be kept in a file: .*Permission denied"):
                await message
            is_over(c, error)

    play(scene)


# -- files that are sent


@pytest.mark.parametrize("error", [Wrong("mine"), WrongToo("mine")], ids=lambda error: type(error))
@pytest.mark.parametrize("first", [b"", b"x" * 10], ids=["at once", "in the middle"])
def test_an_error_of_a_file_that_is_sent_is_raised_by_the_command(error: Exception, first: bytes) -> None:
    def pieces() -> Iterator[bytes]:
        yield from [first] if first else []
        raise error

    async def scene() -> None:
        async with pair() as (c, peer):
            running = asyncio.ensure_future(c.command("APPEND a {@file}", open_file=lambda path: (100, pieces)))
            await peer.hears(b"A1 APPEND a {100}\r\n")
            await peer.says(b"+ go on\r\n")
            with pytest.raises(type(error)):
                await running
            is_over(c, error)
            assert await peer.stream.read(100) in (b"", first)

    play(scene)


# -- passwords


def fails() -> str:
    raise Wrong("mine")


@pytest.mark.parametrize("secret", [{"password": fails}, {"token": fails}])
def test_an_error_of_the_function_for_a_password_leaves_the_connection_as_it_was(secret: Any) -> None:
    greeting = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR] ready\r\n"

    async def scene() -> None:
        async with pair(greeting) as (c, peer):
            with pytest.raises(Wrong):
                await c.login("joe", **secret)
            assert c.is_open
            running = asyncio.ensure_future(c.noop())
            await peer.hears(b"A1 NOOP\r\n")
            await peer.says(b"A1 OK done\r\n")
            await running

    play(scene)


def test_an_error_of_the_function_for_a_passphrase_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def make_context(options: TLSOptions, *, server_side: bool = False) -> None:
        assert options.key_password is not None
        options.key_password()

    async def scene() -> None:
        reported = handled()
        greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"
        async with pair(greeting, address=ELSEWHERE, tls=TLSOptions(key_password=fails)) as (c, peer):
            running = asyncio.ensure_future(c.starttls())
            await peer.hears(b"A1 STARTTLS\r\n")
            await peer.says(b"A1 OK begin\r\n")
            with pytest.raises(Wrong) as raised:
                await running
            is_over(c, raised.value)
            with pytest.raises((ConnectionLost, StateError)):
                await c.noop()
        assert reported == []

    monkeypatch.setattr("imapsh.transport.tls.make_context", make_context)
    play(scene)


# -- an end that is told of


def test_an_error_at_the_end_does_not_hide_why_the_connection_ended() -> None:
    async def scene() -> None:
        reported = handled()
        error = Wrong("mine")
        async with pair(on_event=raising(Closed, error)) as (c, peer):
            running = asyncio.ensure_future(c.noop())
            await peer.hears(b"A1 NOOP\r\n")
            await peer.says(b"* BYE going down\r\n")
            await peer.stream.close()
            with pytest.raises(ImapshError, match="going down"):
                await running
        assert reported == [error]

    play(scene)


def test_a_peer_that_goes_while_octets_wait_is_no_error_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        reported = handled()
        async with pair() as (c, peer):
            client = c._runner._client
            begun, goes = asyncio.Event(), asyncio.Event()

            async def write(octets: bytes) -> None:
                begun.set()
                await goes.wait()
                raise ConnectionLost("the peer reset the connection")

            monkeypatch.setattr(client.stream, "write", write)
            running = [asyncio.ensure_future(one) for one in (c.noop(), c.status("One"), c.status("Other"))]
            await begun.wait()
            await peer.stream.close()
            found = await asyncio.gather(*running, return_exceptions=True)
            assert [type(one) for one in found] == [ConnectionLost] * 3
            goes.set()
            await asyncio.wait(client._tasks)
            with pytest.raises(ConnectionLost) as later:
                await c.noop()
            assert "reset" not in str(later.value)
        assert reported == []

    play(scene)
