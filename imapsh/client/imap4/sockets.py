"""What the classes read from: a buffered file over a socket that survives time-outs, and a socket under COMPRESS.

The file of `socket.makefile` refuses to be read after a time-out, and the part of a line that had come is lost.  IDLE
waits with time-outs, so here the octets that came are kept, and reading goes on behind them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socket import socket

    from imapsh.wire.deflate import Deflate

_CHUNK = 1 << 16


class _Octets(io.RawIOBase):
    """A socket's octets; an exception is kept in `fault` so that the buffer above does not drop what it holds."""

    def __init__(self, sock: socket) -> None:
        self.sock = sock
        self.fault: OSError | None = None
        self.gated = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self.gated:
            return None
        try:
            return self.sock.recv_into(buffer)
        except ConnectionError:
            return 0  # whoever reads finds the end, as if it had been closed in order
        except OSError as fault:
            self.fault = fault
            return None


class SocketFile:
    """`read` and `readline` as a binary file's; each raises what the socket raises, and may be called again after."""

    def __init__(self, sock: socket) -> None:
        self.sock = sock
        self._octets = _Octets(sock)
        self._buffer = io.BufferedReader(self._octets, io.DEFAULT_BUFFER_SIZE)
        self._held = b""  # came before a time-out

    def readline(self, limit: int = -1) -> bytes:
        """The next line with its LF, or `limit` octets of it; at the end what is left."""
        line = self._buffer.readline(limit)
        if self._held or self._octets.fault is not None:
            return self._after_fault(line)
        return line

    def read(self, size: int) -> bytes:
        """So many octets, fewer at the end."""
        if size <= len(self._held):
            data, self._held = self._held[:size], self._held[size:]
            return data
        data = self._buffer.read(size - len(self._held)) or b""
        if self._held or self._octets.fault is not None:
            return self._after_fault(data)
        return data

    def buffered(self) -> bytes:
        """Take out what was received and not read."""
        self._octets.gated = True
        try:
            held, self._held = self._held, b""
            return held + (self._buffer.read() or b"")
        finally:
            self._octets.gated = False

    def close(self) -> None:
        """Drop the buffer; the socket stays open."""
        self._buffer.close()

    def _after_fault(self, data: bytes) -> bytes:
        fault, self._octets.fault = self._octets.fault, None
        data, self._held = self._held + data, b""
        if fault is not None:
            self._held = data
            raise fault
        return data


class DeflatedSocket:
    """A socket whose octets are compressed both ways (RFC 4978).  What it does not know, the socket under it does."""

    def __init__(self, sock: socket, deflate: Deflate, received: bytes) -> None:
        self._sock = sock
        self._deflate = deflate
        self._inflated = deflate.inflate(received)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv_into(self, buffer: Any, /) -> int:
        """As the socket's, inflated."""
        view = memoryview(buffer)
        while not self._inflated:
            self._inflated = self._deflate.inflate(b"", _CHUNK)
            if self._inflated or self._deflate.ended:
                break
            data = self._sock.recv(_CHUNK)
            if not data:
                break
            self._inflated = self._deflate.inflate(data, _CHUNK)
        octets = min(len(view), len(self._inflated))
        view[:octets] = self._inflated[:octets]
        self._inflated = self._inflated[octets:]
        return octets

    def recv(self, octets: int) -> bytes:
        """As the socket's, inflated."""
        buffer = bytearray(octets)
        return bytes(buffer[: self.recv_into(buffer)])

    def sendall(self, data: bytes) -> None:
        """As the socket's, deflated."""
        self._sock.sendall(self._deflate.deflate(data))
