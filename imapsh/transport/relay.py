"""Joins two streams: what one side sends goes to the other, in both directions at once.

The octets pass as they came.  A side that does not read stops the other (back-pressure), the end of what one side sends
is passed on while the other may still send (a half-close), and what came before a connection broke is still delivered.

A `Relay` has two ways.  Its observer is asked for each chunk before any of it passes, and nothing more of that way is
read until it returns.  So the observer decides what passes: usually all (`Way.put`), or a part, or other octets, and it
may begin TLS in between (`Way.secure`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from imapsh.errors import ConnectionLost, ImapshError, TLSError
from imapsh.transport.base import CHUNK, CONNECT_TIMEOUT
from imapsh.transport.deadline import Deadline

if TYPE_CHECKING:
    from imapsh.transport.aio import AioStream
    from imapsh.transport.tls import TLSFilter

LINGER = 10.0  #: seconds in which one side may read what came for it, after the other is gone


class Way:
    """One direction: what `source` sends goes to `target`.

    `passed` counts the octets that were handed on.  `ended` is true if the source sends no more, and `error` is what
    ended it then; None for a regular end.
    """

    def __init__(self, source: AioStream, target: AioStream) -> None:
        self.source = source
        self.target = target
        self.passed = 0
        self.ended = False
        self.error: ImapshError | None = None

    def put(self, octets: bytes) -> None:
        """Hand octets on at once.  The observer may take its time then; await `drained` at the end.

        Raises ConnectionLost if the target is gone.
        """
        self.passed += len(octets)
        self.target.put(octets)

    async def drained(self) -> None:
        """Wait while the target does not read.  Raises ConnectionLost if it is gone."""
        await self.target.drained()

    async def write(self, octets: bytes) -> None:
        """Do `put` and `drained`."""
        self.put(octets)
        await self.drained()

    async def secure(self, tls: TLSFilter) -> int:
        """Begin TLS with the source, whose octets nobody may be reading, and finish the handshake.

        Return the number of octets in plain text that came before and were not read.  They are dropped, because
        somebody else may have sent them (RFC 9051 section 11.1).  Raises TLSError.
        """
        dropped = self.source.discard()
        await self.source.secure(tls, Deadline(CONNECT_TIMEOUT))
        return dropped


class Observer(Protocol):
    """Sees what passes a relay, before it passes."""

    async def came(self, way: Way, octets: bytes) -> None:
        """Take a chunk, and hand on what is to pass.  Raises ConnectionLost or TLSError, which end the relay."""

    def ended(self, way: Way) -> None:
        """Take note that the source of a way sends no more.  Its target is told after that."""


class Relay:
    """Two streams that are joined: `up` is the way from the client to the server, `down` the way back."""

    def __init__(self, client: AioStream, server: AioStream, observer: Observer) -> None:
        self.up = Way(client, server)
        self.down = Way(server, client)
        self._observer = observer
        self._gone = asyncio.Event()

    async def run(self) -> None:
        """Move octets until both sides have ended, or one is gone, and close both.

        The ways say what ended them.  If one side is gone, the other has `LINGER` seconds to read what came for it.
        Raises what the observer raises, except the loss of a connection.
        """
        tasks = [asyncio.create_task(self._move(way)) for way in (self.up, self.down)]
        gone = asyncio.create_task(self._gone.wait())
        try:
            left = {*tasks, gone}
            while not gone.done() and left != {gone}:
                done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {gone}:
                    task.result()
            await asyncio.wait(tasks, timeout=LINGER, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in (*tasks, gone):
                task.cancel()
            try:
                await asyncio.gather(*tasks, gone, return_exceptions=True)
            finally:
                await asyncio.gather(self.up.source.close(), self.down.source.close())

    async def _move(self, way: Way) -> None:
        passes = True
        while octets := await self._read(way):
            if passes:
                try:
                    await self._observer.came(way, octets)
                except ConnectionLost:
                    # The target is gone.  What it said before is still delivered; a source that is closed while it
                    # sends would lose that, so it is read on.
                    passes = False
                    self._gone.set()
        self._observer.ended(way)
        await way.target.finish()
        if way.error is not None:
            self._gone.set()

    @staticmethod
    async def _read(way: Way) -> bytes:
        """Return what came next, b"" at the end."""
        try:
            octets = await way.source.read(CHUNK)
        except (ConnectionLost, TLSError) as error:
            way.error = error
            octets = b""
        way.ended = not octets
        return octets
