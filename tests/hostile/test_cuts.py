"""A recorded conversation, cut at every octet of either direction, and said octet by octet."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import socket
import threading
from functools import cache
from typing import Any
from unittest import mock

import pytest

from imapsh.client import imap4
from imapsh.client.blocking import BlockingClient
from imapsh.client.connect import Connection
from imapsh.errors import ConnectionLost, ConnectionTimeout, GreetingError, ImapshError
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.shell.main import main
from tests.patience import PATIENCE
from tests.session.player import Trace
from tests.shell.running import listening, url

from .recorded import MAIL, PASSWORD, USER, Recording, Replay, ReplayAsync, ReplaySocket, ReplayStream, record

APPENDED = b"Subject: new\r\n\r\nA1 OK\r\n"
LINES = (
    f"LOGIN {USER} {PASSWORD}", 'LIST "" *', "SELECT INBOX",
    "FETCH 1:2 (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])", "UID SEARCH SEEN",
    f"APPEND Archive {{{len(APPENDED)}}}\r\n{APPENDED.decode()}", "IDLE", "COMPRESS DEFLATE",
    "FETCH 1 BODY.PEEK[]", "LOGOUT",
)  # fmt: skip
DONE = "the talk came to its end"


class Told:
    """What a talk was told before its end."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.trace = Trace()
        self.error: BaseException | None = None
        self.status = 0
        self.out = b""
        self.err = ""

    @property
    def octets(self) -> bytes:
        """All octets of responses, in order."""
        return b"".join(one.response.frame.raw for one in self.events if isinstance(one, Received | Completed))

    @property
    def closed(self) -> Closed:
        (event,) = [event for event in self.events if isinstance(event, Closed)]
        assert self.events[-1] is event
        return event

    @property
    def unanswered(self) -> list[str]:
        """The commands that were sent, in whole or in part, and have no reply."""
        begun = {one.exchange: None for one in self.events if isinstance(one, Sent) and one.exchange is not None}
        return [f"{one.tag} {one.name}" for one in begun if one.response is None]


def sans_io(server: Any, told: Told) -> None:
    """The session alone, moved by hand."""
    session = Session(trace=told.trace)
    lines = iter(LINES)
    current = None
    while not session.closed:
        told.events.extend(session.events())
        while octets := session.to_send():
            try:
                server.write(octets)
            except ImapshError as error:
                session.lost(error)
            told.events.extend(session.events())
        if session.idling:
            session.done()
        elif session.greeting is not None and session.is_open and (current is None or current.response is not None):
            current = session.line(next(lines))
        elif not session.closed:
            session.receive(server.read(1 << 16))
    told.events.extend(session.events())
    told.error = told.closed.error


def blocking(server: Any, told: Told) -> None:
    session = Session(trace=told.trace)
    stream = ReplayStream(server)
    client = BlockingClient(stream, session, told.events.append)
    try:
        client.greet()
        for line in LINES:
            exchange = session.line(line)
            while line == "IDLE" and not session.idling:
                client.pump()
            session.done()
            client.run(exchange)
        while not session.closed:
            client.pump()
    except ImapshError as error:
        told.error = error
    assert stream.closed


def asynchronous(server: Any, told: Told) -> None:
    async def talk() -> None:
        stream = ReplayAsync(server)
        c = Connection(stream, on_event=told.events.append)
        try:
            await c.greet()
            async with asyncio.timeout(PATIENCE), c:
                await c.login(USER, PASSWORD)
                await c.list()
                await c.select("INBOX")
                async for message in c.fetch("1:2", "FLAGS BODY.PEEK[TEXT]"):
                    assert message.seq
                await c.search("SEEN", uid=True)
                await c.append("Archive", APPENDED)
                async with c.idle() as news:
                    assert news is not None
                await c.compress()
                async for message in c.fetch(1, "BODY.PEEK[]"):
                    assert message.items["BODY[]"] == MAIL
        except ImapshError as error:
            told.error = error
        finally:
            await c.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left, timeout=PATIENCE)
        assert not [task for task in left if not task.done()]
        assert stream.closed

    asyncio.run(talk())


def classes(server: Any, told: Told) -> None:
    class Client(imap4.IMAP4):
        def _create_socket(self, timeout: float | None) -> Any:
            return ReplaySocket(server)

    client = None
    try:
        with mock.patch("random.randint", return_value=5000):  # the same tags
            client = Client("replay")
        client.login(USER, PASSWORD)
        client.list()
        client.select("INBOX")
        client.fetch("1:2", "(FLAGS BODY.PEEK[TEXT])")
        client.uid("SEARCH", "SEEN")
        client.append("Archive", "", "", APPENDED)
        client.capabilities += ("IDLE",)  # it was said after the login only
        with client.idle(duration=0):
            pass
        client.compress()
        client.fetch("1", "(BODY.PEEK[])")
        client.logout()
    except (imap4.IMAP4.error, OSError) as error:  # its documentation names these
        told.error = error
    finally:
        if client is not None:
            client.shutdown()


def batch(server: Any, told: Told) -> None:
    """The whole program, with the recording behind a socket, and stdout as a file."""

    def handler(sock: socket.socket) -> None:
        sock.settimeout(0.02)
        with contextlib.suppress(ImapshError):
            while not (isinstance(server, Replay) and server.gone):
                with contextlib.suppress(ConnectionTimeout):
                    if data := server.read(1 << 16):
                        sock.sendall(data)
                with contextlib.suppress(TimeoutError):
                    if not (typed := sock.recv(1 << 16)):
                        return
                    server.write(typed)

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(listening(handler))
        for name, stream in (("stdout", out), ("stderr", err), ("stdin", io.StringIO("DONE\n"))):
            stack.enter_context(mock.patch(f"sys.{name}", stream))
        commands = [word for line in LINES for word in ("-c", line) if line != "IDLE"]
        told.status = main(["--no-config", "--no-ask", "--format", "wire", url(port), *commands])
    told.out = out.buffer.getvalue()
    told.err = err.buffer.getvalue().decode()


TALKS = (sans_io, blocking, asynchronous, classes)


@cache
def recorded(talk: Any) -> Recording:
    told = Told()
    made = record(lambda recorder: talk(recorder, told))
    assert told.error is None
    assert b"deflated from here on" in made.server
    return made


def played(talk: Any, **cut: int) -> tuple[Told, Replay]:
    told, server = Told(), Replay(recorded(talk), **cut)
    talk(server, told)
    return told, server


def check(talk: Any, told: Told, server: Replay) -> None:
    """Everything that was received is told, and the error says what was in flight."""
    parting = b"* BYE" in recorded(talk).plain(server.said)
    if talk is classes:
        assert parting or isinstance(told.error, imap4.IMAP4.error | OSError)
        return
    closed = told.closed
    assert told.octets == recorded(talk).plain(server.said)
    if talk is not asynchronous:
        assert told.trace.from_server == told.octets
    assert [f"{one.tag} {one.name}" for one in closed.in_flight] == told.unanswered
    if parting and told.error is None:
        return
    assert isinstance(closed.error, ConnectionLost | GreetingError)
    leaving = sum(isinstance(event, Completed) for event in told.events) >= len(LINES) - 1
    assert isinstance(told.error, ConnectionLost | GreetingError) or leaving  # nothing is raised at the end of `with`


def cuts(talk: Any, octets: bytes) -> range:
    """Every octet for the session; the drivers over it share them, each with every third, begun elsewhere."""
    drivers = (blocking, asynchronous, classes)
    return range(drivers.index(talk), len(octets), 3) if talk in drivers else range(len(octets))


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.__name__)
def test_cut_after_every_octet_of_the_server(talk: Any) -> None:
    before = set(threading.enumerate())
    for said in cuts(talk, recorded(talk).server):
        told, server = played(talk, said=said)
        check(talk, told, server)
    gc.collect()
    assert set(threading.enumerate()) <= before  # those of other tests may end meanwhile


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.__name__)
def test_cut_after_every_octet_of_the_client(talk: Any) -> None:
    for heard in cuts(talk, recorded(talk).client):
        told, server = played(talk, heard=heard)
        check(talk, told, server)


@pytest.mark.parametrize("step", [1, 2, 3, 7])
@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.__name__)
def test_octet_by_octet_the_talk_is_the_same(talk: Any, step: int) -> None:
    told, server = played(talk, step=step)
    assert told.error is None
    assert server.heard == recorded(talk).client
    check(talk, told, server)


@pytest.mark.parametrize("talk", [sans_io, blocking], ids=lambda talk: talk.__name__)
def test_the_error_names_what_was_in_flight(talk: Any) -> None:
    for said in range(0, len(recorded(talk).server) - 60, 13):
        told, _ = played(talk, said=said)
        for name in told.unanswered:
            assert name in str(told.error), said


@pytest.mark.slow
def test_batch_shows_all_that_came_before_the_cut() -> None:
    whole = recorded(batch)
    for said in range(0, len(whole.server), 41):
        told, server = played(batch, said=said)
        assert told.out == whole.plain(server.said), said
        parting = b"* BYE" in told.out
        assert parting or told.status in (4, 7), (said, told.err)
        assert parting or (told.err.startswith("imapsh: ") and told.err.count("\n") == 1), told.err
