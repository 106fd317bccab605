"""Two AioStreams joined in memory, with the back-pressure of a real connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

from imapsh.transport.aio import AioStream

HIGH_WATER = 64 * 1024
"""Octets under way beyond which a writer waits."""


async def aio_pair(where: str = "memory") -> tuple[AioStream, AioStream]:
    """Return two ends of one connection in this loop; `where` names it in messages."""
    streams = AioStream(where), AioStream(where)
    a, b = (MemoryTransport(stream) for stream in streams)
    a.peer, b.peer = b, a
    for stream, transport in zip(streams, (a, b), strict=True):
        stream.connection_made(transport)
    return streams


class MemoryTransport(asyncio.Transport):
    """An asyncio transport in memory.

    What one end writes, the other end's protocol receives in the loop's next turn.
    """

    def __init__(self, protocol: AioStream) -> None:
        super().__init__()
        self.peer = self
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[bytes] = deque()
        self._waiting = 0  # octets in the inbox
        self._reading = True
        self._peer_ended = False
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Put octets into the peer's inbox; the writer is paused while that is full."""
        if self._closing or self.peer._closing:
            return
        peer = self.peer
        peer._inbox.append(bytes(data))
        peer._waiting += len(data)
        if peer._waiting > HIGH_WATER:
            self._protocol.pause_writing()
        self._loop.call_soon(peer._deliver)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        """Write the items one by one."""
        for data in list_of_data:
            self.write(data)

    def can_write_eof(self) -> bool:
        """Return True, because an end may send no more and still receive."""
        return True

    def write_eof(self) -> None:
        """Send no more.  The peer learns of it when it has what was written."""
        self.peer._peer_ended = True
        self._loop.call_soon(self.peer._deliver)

    def get_write_buffer_size(self) -> int:
        """Return the number of octets that the peer has not received yet."""
        return self.peer._waiting

    def pause_reading(self) -> None:
        """Deliver no more for now."""
        self._reading = False

    def resume_reading(self) -> None:
        """Deliver octets again."""
        if not self._reading:
            self._reading = True
            self._loop.call_soon(self._deliver)

    def is_closing(self) -> bool:
        """Return whether close() was called."""
        return self._closing

    def close(self) -> None:
        """Close this end.  Both ends learn of it in the loop's next turn."""
        if self._closing:
            return
        self._closing = True
        self._loop.call_soon(self._protocol.connection_lost, None)
        self.peer._peer_ended = True
        self._loop.call_soon(self.peer._deliver)
        self._loop.call_soon(self.peer._protocol.resume_writing)

    def abort(self) -> None:
        """Do as close(), because there is nothing to flush."""
        self.close()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return `default`, because there is no socket."""
        return default

    def _deliver(self) -> None:
        while self._inbox and self._reading and not self._closing:
            data = self._inbox.popleft()
            self._waiting -= len(data)
            self._hand_on(data)
            if self._waiting <= HIGH_WATER // 2:
                self.peer._protocol.resume_writing()
        if self._peer_ended and not self._inbox and not self._closing:
            self._peer_ended = False
            self._protocol.eof_received()

    def _hand_on(self, data: bytes) -> None:
        """Put octets where the protocol wants them, as asyncio does."""
        view = memoryview(data)
        while view:
            room = self._protocol.get_buffer(len(view))
            octets = min(len(room), len(view))
            room[:octets] = view[:octets]
            self._protocol.buffer_updated(octets)
            view = view[octets:]
