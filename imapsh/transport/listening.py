"""The other side of a connection: accept streams over TCP, TLS or a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Awaitable, Callable

from imapsh.errors import ConnectError, ConnectionLost, TLSError, UsageError
from imapsh.transport.address import Address
from imapsh.transport.aio import AioStream
from imapsh.transport.base import CONNECT_TIMEOUT
from imapsh.transport.tls import TLSFilter, TLSOptions, make_context
from imapsh.transport.tuning import tune

Accept = Callable[[AioStream], Awaitable[None]]


class Listener:
    """Accepts connections until closed; `address` has the port that the system chose for port 0.

    `tasks` are those of the open connections.
    """

    def __init__(self, address: Address, accept: Accept, tls: TLSOptions | None) -> None:
        self.address = address
        self._accept = accept
        self._tls = tls
        self._server: asyncio.Server | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to accept.

        Raises ConnectError when the address cannot be had, TLSError when the certificate cannot be used.
        """
        if self._tls is not None:
            make_context(self._tls, server_side=True)  # so that a wrong file is told now, not to each client
        loop, address = asyncio.get_running_loop(), self.address
        try:
            if address.scheme == "unix":
                self._server = await loop.create_unix_server(self._protocol, address.path)
            else:
                self._server = await loop.create_server(self._protocol, address.host, address.port)
                self.address = address._replace(port=self._server.sockets[0].getsockname()[1])
        except OSError as error:
            raise ConnectError(f"cannot listen on {address.where}: {_why(error, address)}") from error

    async def close(self) -> None:
        """Accept no more, and end open connections."""
        if self._server is not None:
            self._server.close()
            if self.address.scheme == "unix":
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.address.path)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _protocol(self) -> AioStream:
        return _Accepted("a client", self._start)

    def _start(self, stream: AioStream) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(stream))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, stream: AioStream) -> None:
        try:
            if self.address.scheme == "imaps" and self._tls is not None:
                stream.settimeout(CONNECT_TIMEOUT)
                await stream.secure(TLSFilter(self._tls, "", "a client", server_side=True, implicit=True))
                stream.settimeout(None)
            await self._accept(stream)
        except (ConnectionLost, TLSError):
            pass  # the client's end is the client's affair
        finally:
            await stream.close()


class _Accepted(AioStream):
    """A stream that tells the listener when it is connected."""

    def __init__(self, where: str, start: Callable[[AioStream], None]) -> None:
        super().__init__(where)
        self._start = start

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note that the transport is ready, and so is the stream."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock.family != socket.AF_UNIX:
            tune(sock)
            self._where = _named(transport.get_extra_info("peername"))
        self._start(self)


def _named(peer: tuple[str, int] | None) -> str:
    """Return the client's place, for messages; it may be gone already."""
    if peer is None:
        return "a client"
    host, port = peer[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why(error: OSError, address: Address) -> str:
    """Return why nobody can listen on an address, and the way out."""
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; choose another " + ("path" if address.scheme == "unix" else "port")
    if error.errno == errno.EACCES and 0 < address.port < 1024 and address.scheme != "unix":
        return "ports below 1024 need special rights; choose a port from 1024 to 65535"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address; choose another address"
    return f"{error.strerror or error}; choose another address"


async def listen(address: Address, accept: Accept, *, tls: TLSOptions | None = None) -> Listener:
    """Accept connections on `imap`, `imaps` or `unix`; `accept` is awaited with each stream, which is closed after it.

    `tls` holds the certificate and key that `imaps` needs.
    Raises UsageError, ConnectError when the address cannot be had, TLSError when the certificate cannot be used.
    """
    if address.scheme == "exec" or address.tls:
        raise UsageError(
            "a server cannot listen on a command, or with TLS on a Unix socket; use imap://, imaps:// or unix:"
        )
    if address.scheme == "imaps" and tls is None:
        raise UsageError("a server needs a certificate to listen with TLS; give it one, or listen on imap://")
    listener = Listener(address, accept, tls)
    await listener.open()
    return listener
