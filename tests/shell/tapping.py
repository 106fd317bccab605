"""A tap in this process, between a server that a test writes and clients that it makes, on loopback."""

from __future__ import annotations

import asyncio
import io
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from imapsh.shell.modes.judging import Judgement
from imapsh.shell.modes.tap import TapMode
from imapsh.shell.settings.options import Options
from imapsh.transport import aio
from imapsh.transport.address import Address
from imapsh.transport.aio import AioStream
from imapsh.transport.listening import Listener, listen
from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE

Server = Callable[["Line"], Awaitable[None]]

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n"


class Line:
    """A stream that is read by lines; `seen` has all that came."""

    def __init__(self, stream: AioStream) -> None:
        self.stream = stream
        self.seen = b""
        self._rest = b""

    async def say(self, octets: bytes) -> None:
        await self.stream.write(octets)

    async def hear(self, octets: bytes) -> None:
        """Read exactly these octets."""
        found = await self.read(len(octets))
        assert found == octets

    async def read(self, count: int) -> bytes:
        while len(self._rest) < count and await self._more():
            pass
        found, self._rest = self._rest[:count], self._rest[count:]
        return found

    async def line(self) -> bytes:
        """Return the next line, without its end; what there is, at the end."""
        while b"\n" not in self._rest and await self._more():
            pass
        found, _, self._rest = self._rest.partition(b"\n")
        return found.rstrip(b"\r")

    async def rest(self) -> bytes:
        """Read to the end."""
        while await self._more():
            pass
        found, self._rest = self._rest, b""
        return found

    async def until(self, tag: bytes) -> bytes:
        """Return the tagged line, and pass over those before it."""
        while not (line := await self.line()).startswith(tag + b" "):
            assert line, "the connection ended"
        return line

    async def _more(self) -> bool:
        octets = await self.stream.read(65536)
        self.seen += octets
        self._rest += octets
        return bool(octets)


async def login(server: Line) -> None:
    """A server that greets, takes a LOGIN, and answers OK until LOGOUT."""
    await server.say(GREETING)
    while line := await server.line():
        tag, _, rest = line.partition(b" ")
        if rest.upper() == b"LOGOUT":
            await server.say(b"* BYE bye\r\n")
        await server.say(tag + b" OK done\r\n")
        if rest.upper() == b"LOGOUT":
            return


class Tapping:
    """`text` is what the tap showed so far, and `mode` what runs; `options` are those of the command line.

    `server` is what each connection to the server does; without it, `url` says where the server is.
    """

    def __init__(self, server: Server | None = None, *, tls: TLSOptions | None = None, **options: Any) -> None:
        self._server = server
        self._tls = tls
        self._options = {"tap": "0", **options}
        self._listener: Listener | None = None
        self.out = io.BytesIO()
        self._clients: list[AioStream] = []

    async def __aenter__(self) -> Tapping:
        if self._server is not None:
            scheme = "imaps" if self._tls is not None else "imap"
            self._listener = await listen(Address(scheme, "127.0.0.1", 0), self._serve, tls=self._tls)
            self._options.setdefault("url", f"{scheme}://127.0.0.1:{self._listener.address.port}")
        options = Options(**self._options)
        self.mode = TapMode(options, self.out, Judgement(options), terminal=False)
        self.running = asyncio.create_task(self.mode.run())
        listens = asyncio.create_task(self.mode.listens.wait())
        await asyncio.wait((listens, self.running), return_when=asyncio.FIRST_COMPLETED)
        listens.cancel()
        if self.running.done():
            await self._close()
            self.running.result()
        return self

    async def _serve(self, stream: AioStream) -> None:
        assert self._server is not None
        await self._server(Line(stream))

    async def __aexit__(self, *error: object) -> None:
        for client in self._clients:
            await client.close()
        self.mode.end(signal.SIGINT)
        await asyncio.gather(self.running, return_exceptions=error[0] is not None)
        await self._close()

    async def _close(self) -> None:
        if self._listener is not None:
            await self._listener.close()

    async def client(self, tls: TLSOptions | None = None) -> Line:
        """Return a new client's connection."""
        address = self.mode.tap.address._replace(scheme="imap" if tls is None else "imaps")
        stream = await aio.connect(address, tls=tls)
        self._clients.append(stream)
        return Line(stream)

    async def quiet(self) -> None:
        """Wait until no connection is open."""
        listener = self.mode.tap.listener
        assert listener is not None
        for _ in range(5):  # so that what was connected is accepted
            await asyncio.sleep(0)
        await asyncio.gather(*listener.tasks)

    @property
    def text(self) -> str:
        return self.out.getvalue().decode()

    @property
    def lines(self) -> list[str]:
        """What was shown, without times."""
        return [line.partition(" ")[2] for line in self.text.splitlines()]


def run(main: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(PATIENCE):
            await main()

    asyncio.run(limited())
