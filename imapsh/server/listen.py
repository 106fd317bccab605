"""The server on a socket, for any client: `imapsh --serve-demo`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from imapsh.errors import ConnectionLost, ConnectionTimeout
from imapsh.server.core import ServerSession
from imapsh.server.memory import WHERE
from imapsh.server.postman import Postman
from imapsh.server.store import Store
from imapsh.transport.address import Address
from imapsh.transport.aio import AioStream
from imapsh.transport.base import CHUNK
from imapsh.transport.listening import Listener, listen
from imapsh.transport.memory_aio import aio_pair
from imapsh.transport.tls import TLSOptions

IDLE_TIMEOUT = 1800.0  #: seconds without BYE from the client (RFC 9051 section 5.4)


async def serve(address: Address, store: Store, tls: TLSOptions | None = None) -> Listener:
    """Accept clients until the listener is closed; with `tls` (certificate and key) STARTTLS is offered.

    Raises UsageError, ConnectError if the address is not available, TLSError if the certificate cannot be used.
    """
    starttls = tls is not None and address.scheme == "imap"

    async def accept(stream: AioStream) -> None:
        await converse(stream, store, tls if starttls else None)

    return await listen(address, accept, tls=tls)


async def serve_forever(
    address: Address, store: Store, announce: Callable[[Address], None], tls: TLSOptions | None = None
) -> None:
    """Do `serve` until cancelled.  `announce` is given the address, with the port that the system chose for port 0."""
    listener = await serve(address, store, tls)
    try:
        announce(listener.address)
        await asyncio.Event().wait()
    finally:
        await listener.close()


async def connect(store: Store, postman: Postman | None = None) -> tuple[AioStream, asyncio.Task[None]]:
    """Return a client's end of a new connection in memory, and the task that serves it.

    `postman` delivers messages while the client idles.
    """
    client, server = await aio_pair(WHERE)

    async def answer() -> None:
        try:
            await converse(server, store, postman=postman)
        except ConnectionLost:
            pass  # closing the client's end is up to the client
        finally:
            await server.close()

    return client, asyncio.create_task(answer())


async def converse(
    stream: AioStream, store: Store, tls: TLSOptions | None = None, *, postman: Postman | None = None
) -> None:
    """Serve one stream until either end closes.  Raises ConnectionLost or TLSError if the stream fails."""
    pushed = asyncio.Event()
    sending = asyncio.Lock()  # so that what is taken first is also sent first
    session = ServerSession(store, tls=tls is not None, on_output=pushed.set)

    async def send() -> None:
        async with sending:
            if data := session.data_to_send():
                await stream.write(data)

    async def push() -> None:
        while True:
            await pushed.wait()
            pushed.clear()
            await send()

    tasks = [asyncio.create_task(push())]
    if postman is not None:
        tasks.append(asyncio.create_task(postman.work(lambda: session.idling)))
    try:
        stream.settimeout(IDLE_TIMEOUT)
        await send()
        while not session.closed:
            try:
                data = await stream.read(CHUNK)
            except ConnectionTimeout:
                session.bye("no command came for half an hour")
                await send()
                break
            if not data:
                break
            session.receive_data(data)
            await send()
            if session.wants_tls and tls is not None:
                await stream.start_tls(tls, "", server_side=True)
                session.tls_started()
    finally:
        session.eof()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
