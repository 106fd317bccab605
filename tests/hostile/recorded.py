"""A conversation with the demo server, recorded once, and played again up to any octet of either direction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from imapsh.errors import ConnectionLost, ConnectionTimeout
from imapsh.server.core import ServerSession
from imapsh.server.store import Store
from imapsh.transport.base import StreamInfo
from imapsh.transport.deadline import ENDLESS
from imapsh.wire.deflate import Deflate
from imapsh.wire.limits import Limits

USER, PASSWORD = "ida", "hunter-77"
WHEN = datetime(2026, 6, 15, 12, tzinfo=UTC)
MAIL = b"Subject: \xc3\xbcber\r\nFrom: Ida <ida@isle.example>\r\n\r\n* 9 EXISTS\r\n)\r\nA1 OK no\r\n"


def store() -> Store:
    """Three mailboxes and two messages, one of which looks like IMAP."""
    made = Store(lambda: WHEN)
    account = made.add_account(USER, PASSWORD, 7)
    account.find("INBOX").add(lambda: MAIL, WHEN, ("\\Seen",))
    account.find("INBOX").add(lambda: b"Subject: two\r\n\r\n" + b"x" * 90 + b"\r\n", WHEN, ())
    account.create("Entw\u00fcrfe")
    account.create("Archive")
    return made


class Recording:
    """What both sides said: for each piece of the server's, how many octets the client had sent before."""

    def __init__(self) -> None:
        self.client = b""
        self.server = b""
        self.pieces: list[tuple[int, bytes]] = []

    def says(self, octets: bytes) -> None:
        if octets:
            self.pieces.append((len(self.client), octets))
            self.server += octets

    @property
    def deflated(self) -> int:
        """The number of the server's octets before the deflated ones."""
        return self.server.index(b"deflated from here on\r\n") + len(b"deflated from here on\r\n")

    def plain(self, cut: int) -> bytes:
        """The server's octets up to `cut`, inflated."""
        coded = self.server[self.deflated : cut]
        inflater = Deflate(Limits(inflated=0))
        return self.server[: min(cut, self.deflated)] + (inflater.inflate(coded, 1 << 20) if coded else b"")


class Recorder:
    """A demo server that keeps what is said."""

    def __init__(self) -> None:
        self.recording = Recording()
        self._session = ServerSession(store())
        self.recording.says(self._session.data_to_send())
        self._due = self.recording.server

    def write(self, octets: bytes) -> None:
        self.recording.client += octets
        self._session.receive_data(octets)
        said = self._session.data_to_send()
        self.recording.says(said)
        self._due += said

    def read(self, most: int) -> bytes:
        due, self._due = self._due[:most], self._due[most:]
        if not due and not self._session.closed:
            raise ConnectionTimeout("nothing is due")
        return due


class Replay:
    """The server of a recording.

    After `said` octets of its own, or `heard` octets of the client, it is gone.  It says `step` octets at a time.
    """

    def __init__(
        self, recording: Recording, *, said: int | None = None, heard: int | None = None, step: int = 0
    ) -> None:
        self._recording = recording
        self._left = len(recording.server) if said is None else said
        self._heard_most = heard
        self._pieces = list(recording.pieces)[::-1]
        self._due = b""
        self.step = step
        self.heard = b""
        self.said = 0
        self.gone = False

    def write(self, octets: bytes) -> None:
        """Take octets of the client.  Raises ConnectionLost if the peer is gone."""
        if self.gone:
            raise ConnectionLost("the connection to the peer was lost: it closed it")
        self.heard += octets
        if self._heard_most is not None and len(self.heard) > self._heard_most:
            self.heard = self.heard[: self._heard_most]
            self.gone = True
            raise ConnectionLost("the connection to the peer was lost: it closed it")

    def read(self, most: int) -> bytes:
        """Return octets that are due, b"" if the peer is gone.  Raises ConnectionTimeout if nothing can come."""
        while self._pieces and self._pieces[-1][0] <= len(self.heard):
            self._due += self._pieces.pop()[1]
        count = min(most, self.step or most, self._left)
        data, self._due = self._due[:count], self._due[count:]
        self.said += len(data)
        self._left -= len(data)
        if not self._left or (self.gone and not data):
            self.gone = True
        if not data and not self.gone and self._heard_most != len(self.heard):
            raise ConnectionTimeout("nothing is due")
        return data


class ReplayStream:
    """A blocking stream to a Recorder or a Replay."""

    due = ENDLESS

    def __init__(self, server: Any) -> None:
        self.server = server
        self.closed = False
        self.info = StreamInfo("the replay")

    def read(self, most: int) -> bytes:
        found: bytes = self.server.read(most)
        return found

    def write(self, data: bytes) -> None:
        self.server.write(data)

    def start_tls(self, *_: Any, **__: Any) -> None:
        raise AssertionError("the recording has no TLS")

    def settimeout(self, seconds: float | None) -> None:
        """Nothing waits."""

    def limit(self, due: Any) -> None:
        """Nothing waits."""

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.closed = True


class ReplayAsync:
    """The same for asyncio: a read waits until something was written."""

    due = ENDLESS
    unsent = 0

    def __init__(self, server: Any) -> None:
        self.server = server
        self.closed = False
        self.info = StreamInfo("the replay")
        self._news = asyncio.Event()

    async def read(self, most: int) -> bytes:
        while not self.closed:
            try:
                found: bytes = self.server.read(most)
            except ConnectionTimeout:
                self._news.clear()
                await self._news.wait()
            else:
                return found
        raise ConnectionLost("the connection is closed")

    def put(self, data: bytes) -> None:
        """Let the server hear what is said to it."""
        self._news.set()
        self.server.write(data)

    async def write(self, data: bytes) -> None:
        self.put(data)

    async def start_tls(self, *_: Any, **__: Any) -> None:
        raise AssertionError("the recording has no TLS")

    def settimeout(self, seconds: float | None) -> None:
        """Nothing waits."""

    def limit(self, due: Any) -> None:
        """Nothing waits."""

    def fileno(self) -> int:
        return -1

    async def close(self) -> None:
        self.closed = True
        self._news.set()


class ReplaySocket:
    """The same with a socket's methods, for the classes of imapsh.client.imap4."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.closed = False

    def recv_into(self, buffer: Any) -> int:
        data = self.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def recv(self, most: int) -> bytes:
        try:
            found: bytes = self.server.read(most)
        except ConnectionTimeout:
            raise TimeoutError("nothing is due") from None
        return found

    def sendall(self, data: bytes) -> None:
        try:
            self.server.write(bytes(data))
        except ConnectionLost:
            raise BrokenPipeError("the peer is gone") from None

    def settimeout(self, seconds: float | None) -> None:
        """Nothing waits."""

    def gettimeout(self) -> float | None:
        return None

    def setsockopt(self, *_: Any) -> None:
        """Nothing is set."""

    def shutdown(self, how: int) -> None:
        """Nothing is to be told."""

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.closed = True


def record(talk: Callable[[Any], Any]) -> Recording:
    """Let `talk` speak with a demo server, and return what was said."""
    recorder = Recorder()
    talk(recorder)
    return recorder.recording
