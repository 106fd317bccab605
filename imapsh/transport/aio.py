"""The asyncio stream: octets are pushed into it, and it pushes back when nobody reads."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import deque
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionLost, TLSError, UsageError
from imapsh.transport.address import Address
from imapsh.transport.base import CHUNK, CONNECT_TIMEOUT, StreamInfo
from imapsh.transport.blocking import BlockingStream, open_socket
from imapsh.transport.deadline import ENDLESS, Deadline, within
from imapsh.transport.failures import cannot_connect, closed, lost
from imapsh.transport.resolving import Outcome, Place, ask, literal, settled, silent
from imapsh.transport.tuning import tune

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from imapsh.transport.tls import TLSFilter, TLSOptions

HIGH_WATER = 1024 * 1024
"""Octets unread beyond which the socket is no longer read."""

_FAREWELL = 0.5  # seconds that a close may wait for a peer who does not read


async def connect(
    address: Address,
    *,
    tls: TLSOptions | None = None,
    connect_timeout: float | None = CONNECT_TIMEOUT,
    idle_timeout: float | None = None,
) -> AioStream:
    """Connect; for `imaps` the TLS handshake is finished too.

    Without a proxy, a host's addresses race (RFC 8305).  `connect_timeout` is in seconds, for the name, the connection,
    the proxy and the handshake together; `due` is the moment when it is over.  `idle_timeout` is for each read and
    write thereafter.

    Raises ConnectError or TLSError.
    """
    due = Deadline(connect_timeout)
    stream = await _open(address, due)
    if address.speaks_tls:
        from imapsh.transport.tls import TLSFilter, TLSOptions

        try:
            filter_ = TLSFilter(tls or TLSOptions(), address.server_name, address.where, implicit=True)
            await stream.secure(filter_, due)
        except BaseException:
            await stream.close()
            raise
    stream.settimeout(idle_timeout)
    return stream


async def adopt(blocking: BlockingStream) -> AioStream:
    """Take over a connected blocking stream, TLS and child included; it is closed, the connection lives on.

    Raises UsageError for a stream that stands on no socket of the operating system.
    """
    parts = blocking.detach()
    if not isinstance(parts.sock, socket.socket):
        raise UsageError("only a stream on a socket of the operating system can be adopted")
    stream = AioStream(parts.where, timeout=parts.timeout, tls=parts.tls, child=parts.child, due=parts.due)
    await _attach(stream, parts.sock)
    return stream


async def _open(address: Address, due: Deadline) -> AioStream:
    if address.scheme == "exec":
        sock, child = open_socket(address, due)
        stream = AioStream(address.where, child=child, due=due)
        await _attach(stream, sock)
        return stream
    stream = AioStream(address.where, due=due)
    if address.proxy is not None:
        from imapsh.transport.aside import aside

        sock, _ = await aside(lambda: open_socket(address, due), lambda opened: opened[0].close())
        await _attach(stream, sock)
        return stream
    try:
        if address.scheme == "unix":
            async with asyncio.timeout(due.left()):
                await asyncio.get_running_loop().create_unix_connection(lambda: stream, address.path)
            return stream
        from imapsh.transport.racing import race

        places = await _resolve(address, due)
        async with asyncio.timeout(due.left()):
            sock = await race(places)
        tune(sock)
        await _attach(stream, sock)
    except (OSError, UnicodeError) as error:
        raise cannot_connect(error, address, due.seconds) from error
    return stream


async def _resolve(address: Address, due: Deadline) -> list[Place]:
    """Return a host's places.  After a time-out, the loop's own look-up would keep the program from ending."""
    if places := literal(address.host, address.port):
        return places
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Outcome] = loop.create_future()

    def settle(outcome: Outcome) -> None:
        if not found.done():
            found.set_result(outcome)

    def tell(outcome: Outcome) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    ask(address.host, address.port, tell)
    try:
        async with asyncio.timeout(due.left()):
            return settled(await found)
    except TimeoutError:
        raise silent() from None


async def _attach(stream: AioStream, sock: socket.socket) -> None:
    sock.setblocking(False)
    await asyncio.get_running_loop().create_connection(lambda: stream, sock=sock)


class AioStream(asyncio.BufferedProtocol):
    """A stream fed by an asyncio transport; see base.AsyncStream.

    The system writes into one buffer again and again, so no memory is taken for what may come and does not.
    """

    def __init__(
        self,
        where: str,
        *,
        timeout: float | None = None,
        tls: TLSFilter | None = None,
        child: subprocess.Popen[bytes] | None = None,
        due: Deadline = ENDLESS,
    ) -> None:
        self.due = due
        self._where = where
        self._timeout = timeout
        self._tls = tls
        self._child = child
        self._transport: asyncio.Transport | None = None
        self._room = memoryview(bytearray(CHUNK))  # where the system puts octets
        self._chunks: deque[bytes] = deque()
        self.unread = 0  # octets that came and that nobody has read yet
        self.full = False  # the system takes no more for now
        self._paused = False  # the socket is not read
        self._ended = False
        self._closed = False
        self._finished = False  # nothing is sent any more
        self._error: ConnectionLost | TLSError | None = None
        self.on_arrival: Callable[[], bool] | None = None
        self._news = asyncio.Event()  # something was received, or it ended
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()

    # The methods that a person calls.

    @property
    def info(self) -> StreamInfo:
        """The peer and, under TLS, its version, cipher and certificate."""
        return self._tls.info(self._where) if self._tls else StreamInfo(self._where)

    @property
    def unsent(self) -> int:
        """Return the number of octets that were written and that the system has not taken yet."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    async def read(self, max_octets: int) -> bytes:
        """Return 1 to `max_octets` octets as soon as there are any, b"" at the peer's end.

        May be cancelled without loss.  Raises ConnectionLost, ConnectionTimeout, or TLSError when the peer's TLS fails.
        """
        while not self._over():
            await self._wait_for_news()
        return self.take(max_octets) if self._chunks else b""

    async def arrival(self) -> None:
        """Wait until `read` has something to return, or `on_arrival` has returned false.  Raises what `read` raises."""
        if not self._over():
            await self._wait_for_news()

    def _over(self) -> bool:
        """Return whether there is something to read, or the peer's end has come.  Raises what `read` raises."""
        if self._chunks:
            return True
        if self._closed:
            raise closed(self._where)
        if self._error is not None:
            raise self._error
        return self._ended

    async def write(self, data: bytes) -> None:
        """Send all of `data`, waiting while the peer is slow.  Raises ConnectionLost or ConnectionTimeout."""
        self._open_transport()
        for piece in self._tls.encrypt(data) if self._tls else (data,):
            self._open_transport().write(piece)
            await self.drained()

    def put(self, data: bytes) -> None:
        """Hand `data` to the system without waiting; await `drained` before more.  Raises ConnectionLost."""
        if self._tls is None:
            self._open_transport().write(data)
            return
        self._open_transport()
        for piece in self._tls.encrypt(data):
            self._open_transport().write(piece)

    async def drained(self) -> None:
        """Wait while the peer is slow.  Raises ConnectionLost or ConnectionTimeout."""
        if not self._writable.is_set():
            await self._wait(self._writable)
            self._open_transport()

    async def finish(self) -> None:
        """Send no more, and tell the peer so when it has what was written; reading goes on.  Raises nothing."""
        transport = self._transport
        if self._finished or transport is None or transport.is_closing():
            return
        if self._tls is not None:
            transport.write(self._tls.close())
        self._finished = True
        with contextlib.suppress(OSError):  # the peer is gone already
            transport.write_eof()

    def discard(self) -> int:
        """Forget what came and was not read.  Return the number of octets."""
        octets = self.unread
        while self._chunks:
            self.take(CHUNK)
        return octets

    async def start_tls(self, options: TLSOptions, server_name: str, *, server_side: bool = False) -> None:
        """Put TLS in and finish the handshake; `server_name` is what a client finds in the certificate.

        Raises TLSError, after which the stream is closed: nothing falls back to plain text.
        """
        from imapsh.transport.tls import TLSFilter
        from imapsh.transport.tlsfailures import injected

        try:
            if self._tls is not None:
                raise TLSError(f"the connection to {self._where} already uses TLS")
            tls = TLSFilter(options, server_name, self._where, server_side=server_side)
            if self._chunks and not server_side:
                raise injected(self._where, self.unread)
            await self.secure(tls)
        except BaseException:
            await self.close()
            raise

    async def secure(self, tls: TLSFilter, due: Deadline | None = None) -> None:
        """Put a filter in and finish its handshake before `due`.  Raises TLSError.

        After STARTTLS it may take as long as connecting.
        """
        from imapsh.transport.tlsfailures import handshake_failed

        # A client's first TLS octets may have come with, or right behind, its STARTTLS.
        while self._chunks:
            tls.receive(self.take(CHUNK))
        if self._ended:
            tls.receive(b"")
        self._tls = tls
        limit = due or Deadline(within(self._timeout, self.due.seconds))
        try:
            async with asyncio.timeout(limit.left()):
                while not self._shake_hands(tls):
                    await self._wait_for_news(limited=False)
        except (TimeoutError, ConnectionLost) as error:
            raise handshake_failed(error, self._where, limit.seconds) from error
        self._decrypt(tls)

    def settimeout(self, seconds: float | None) -> None:
        """Let a read or write wait so many seconds, None for ever; holds from the next one."""
        self._timeout = seconds

    def fileno(self) -> int:
        """Return the socket's descriptor, or -1 if there is none."""
        sock = self._transport.get_extra_info("socket") if self._transport else None
        return sock.fileno() if sock is not None else -1

    async def close(self) -> None:
        """End the connection, and a child with it.  May be called again; raises nothing."""
        if self._closed:
            return
        self._closed = True
        self._news.set()
        self._writable.set()
        try:
            await self._close_transport()
        finally:
            if self._child is not None:
                from imapsh.transport.child import reap

                await asyncio.to_thread(reap, self._child)

    # The methods that asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note that the transport is ready."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._tls is not None:
            self._decrypt(self._tls)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the place for the next octets."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Take in the octets that were put there."""
        if self._tls is None:
            self._keep(bytes(self._room[:nbytes]))
        else:
            self._tls.receive(self._room[:nbytes])
            if self._tls.done:
                self._decrypt(self._tls)
        more = self._timeout is None and not self._ended and self._error is None  # TLS may have ended right behind
        if not (more and self.unread and self.on_arrival is not None and self.on_arrival()):
            self._news.set()

    def eof_received(self) -> bool:
        """Note that the peer sends no more.  Return True, so that our side stays open until close()."""
        self._ended = True
        if self._tls is not None:
            self._tls.receive(b"")
        self._news.set()
        return True

    def pause_writing(self) -> None:
        """Pause writing, because the peer is slow."""
        self.full = True
        self._writable.clear()

    def resume_writing(self) -> None:
        """Resume writing, because the peer has caught up."""
        self.full = False
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the transport is gone."""
        if isinstance(exc, OSError):
            self._last_words()
        self._ended = True
        self.full = False
        if isinstance(exc, OSError) and self._error is None:
            self._error = lost(exc, self._where, self._timeout)
        for event in (self._news, self._writable, self._gone):
            event.set()

    # Inside.

    def _last_words(self) -> None:
        """Read what came before a write failed.  asyncio leaves it in the socket, and it may say why the peer left."""
        try:
            while data := os.read(self.fileno(), CHUNK):
                self._room[: len(data)] = data
                self.buffer_updated(len(data))
        except OSError:
            pass  # no more octets, or no socket any more

    def _keep(self, data: bytes) -> None:
        self._chunks.append(data)
        self.unread += len(data)
        if self.unread > HIGH_WATER and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def take(self, max_octets: int) -> bytes:
        """Return 1 to `max_octets` octets that came already; there must be some."""
        chunk = self._chunks.popleft()
        if len(chunk) > max_octets:
            self._chunks.appendleft(chunk[max_octets:])
            chunk = chunk[:max_octets]
        self.unread -= len(chunk)
        if self._paused and self.unread <= HIGH_WATER // 2 and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return chunk

    def _decrypt(self, tls: TLSFilter) -> None:
        try:
            while data := tls.read(CHUNK):
                self._keep(data)
            if data == b"":
                self._ended = True
        except TLSError as error:
            self._error = error
        self._flush(tls)

    def _shake_hands(self, tls: TLSFilter) -> bool:
        try:
            return tls.handshake()
        finally:
            self._flush(tls)

    def _flush(self, tls: TLSFilter) -> None:
        data = tls.outgoing()
        if data and self._transport is not None and not (self._finished or self._transport.is_closing()):
            self._transport.write(data)

    def _open_transport(self) -> asyncio.Transport:
        if self._error is not None:
            raise self._error
        if self._closed or self._finished or self._transport is None or self._transport.is_closing():
            raise closed(self._where)
        return self._transport

    async def _wait_for_news(self, *, limited: bool = True) -> None:
        if self._gone.is_set():
            raise self._error or closed(self._where)
        self._news.clear()
        await (self._wait(self._news) if limited else self._news.wait())

    async def _wait(self, event: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await event.wait()
        except TimeoutError as error:
            raise lost(error, self._where, self._timeout) from error

    async def _close_transport(self) -> None:
        transport = self._transport
        if transport is None:
            return
        try:
            if self._tls is not None and not (self._finished or transport.is_closing()):
                transport.write(self._tls.close())
            transport.close()
            async with asyncio.timeout(_FAREWELL):
                await self._gone.wait()
        except TimeoutError:
            pass
        finally:
            if not self._gone.is_set():  # asyncio's transports cannot be aborted once they are gone
                transport.abort()
