"""Streams without an operating system, for tests and for a server in the same process.

`pair()` gives two ends of one connection.  In one thread nobody runs the other end, so `attach()` gives an end a
function that does: a read on the other end that finds nothing calls it.

    client, server = pair()
    attach(server, lambda data: b"* OK hello\\r\\n" if data else b"")
    client.write(b"a CAPABILITY\\r\\n")
    client.read(4096)               # -> b"* OK hello\\r\\n"

A read when nothing can arrive any more returns b"" if the other end is closed, and raises ConnectionTimeout, at once,
if not.  TLS may be put in on both ends, as on any stream.  `Scripted` is a peer that says what it was told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from imapsh.errors import ConnectionLost, ConnectionTimeout, TLSError, UsageError
from imapsh.transport.base import CHUNK, StreamInfo
from imapsh.transport.blocking import BlockingStream
from imapsh.transport.deadline import ENDLESS, Deadline
from imapsh.transport.failures import closed
from imapsh.transport.tls import TLSOptions


class MemorySocket:
    """One end of a connection in memory, with the methods of a socket that BlockingStream needs."""

    def __init__(self) -> None:
        self.peer = self
        self.pump: Callable[[], None] | None = None
        self._inbox = bytearray()
        self._closed = False
        self._pumping = False

    def recv(self, size: int, /) -> bytes:
        """Return octets that the peer has sent; if there are none, the peer's pump is called first."""
        if not self._inbox:
            self.peer.run_pump()
        if not self._inbox and not self.peer._closed:
            raise TimeoutError("nothing can arrive")
        data = bytes(self._inbox[:size])
        del self._inbox[:size]
        return data

    def recv_into(self, buffer: memoryview, /) -> int:
        """Do as `recv`, and put the octets into a buffer.  Return how many they are."""
        data = self.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def send(self, data: bytes | memoryview, /) -> int:
        """Do as `sendall`, and return how many octets that are, because memory takes all."""
        self.sendall(data)
        return len(data)

    def sendall(self, data: bytes | memoryview, /) -> None:
        """Put octets into the peer's inbox."""
        if self.peer._closed:
            raise BrokenPipeError("the peer is closed")
        self.peer._inbox += data

    def run_pump(self) -> None:
        """Let this end's owner work, unless it is at work already."""
        if self.pump is None or self._pumping or self._closed:
            return
        self._pumping = True
        try:
            self.pump()
        finally:
            self._pumping = False

    def settimeout(self, seconds: float | None, /) -> None:
        """Do nothing, because nothing waits in memory."""

    def shutdown(self, how: int, /) -> None:
        """Do nothing, because closing does all."""

    def fileno(self) -> int:
        """Return -1, because there is no descriptor."""
        return -1

    def close(self) -> None:
        """Close this end: the peer reads what is left, then b""."""
        self._closed = True
        self.peer.run_pump()


class MemoryStream(BlockingStream):
    """A stream over a MemorySocket, with the same methods as any other."""

    def __init__(self, sock: MemorySocket, where: str) -> None:
        super().__init__(sock, where)
        self.sock = sock


def pair(where: str = "memory") -> tuple[MemoryStream, MemoryStream]:
    """Return two ends of one connection; `where` names it in messages."""
    a, b = MemorySocket(), MemorySocket()
    a.peer, b.peer = b, a
    return MemoryStream(a, where), MemoryStream(b, where)


def attach(stream: MemoryStream, receive: Callable[[bytes], bytes]) -> None:
    """Let `receive` own this end: it is called with what the other end wrote, and what it returns is sent back.

    It is called with b"" once, when the other end has closed or its TLS has failed.  It may also write to the stream,
    close it, or start TLS.
    """

    def pump() -> None:
        data = b" "
        while data and not stream.sock._closed:
            try:
                data = stream.read(CHUNK)
            except ConnectionTimeout:
                return
            except (ConnectionLost, TLSError):
                data = b""  # the other end would not have our TLS
            answer = receive(data)
            if answer and not stream.sock.peer._closed:
                stream.write(answer)
        stream.sock.pump = None

    stream.sock.pump = pump


class Scripted:
    """A peer that says what it was told to, one item a read, and then ends.

    An item is octets, or an exception that the read raises.  `written` holds what was written to it.
    """

    def __init__(self, script: Iterable[bytes | Exception], *, where: str = "script") -> None:
        self.due = ENDLESS
        self._items = list(script)[::-1]
        self._where = where
        self._closed = False
        self.written = bytearray()
        self.tls_started = False
        """True if start_tls was called; the octets stay as they are."""

    @property
    def info(self) -> StreamInfo:
        """The script's name."""
        return StreamInfo(self._where)

    def read(self, max_octets: int) -> bytes:
        """Return the next item, cut at `max_octets`, or b"" after the last."""
        self._check_open()
        item = self._items.pop() if self._items else b""
        if isinstance(item, Exception):
            raise item
        if len(item) > max_octets:
            self._items.append(item[max_octets:])
        return item[:max_octets]

    def write(self, data: bytes) -> None:
        """Keep `data` in `written`."""
        self._check_open()
        self.written += data

    def start_tls(self, options: TLSOptions, server_name: str, *, server_side: bool = False) -> None:
        """Note the call in `tls_started`."""
        if self.tls_started:
            raise UsageError("TLS was already started")
        self.tls_started = True

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing, because a script does not wait."""

    def limit(self, due: Deadline) -> None:
        """Do nothing, because a script does not wait."""

    def fileno(self) -> int:
        """Return -1, because there is no descriptor."""
        return -1

    def close(self) -> None:
        """Close the stream: reads and writes fail from now on."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise closed(self._where)
