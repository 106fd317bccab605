"""The files and sockets that the classes read: a buffered file that survives time-outs, and a socket under COMPRESS.

The file of `socket.makefile` refuses to be read after a time-out, and the part of a line that had come is lost.  IDLE
waits with time-outs, so here the octets that came are kept, and reading goes on after them.
"""

from __future__ import annotations

import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket
    from typing import Any

    from imapsh.wire.deflate import Deflate

_CHUNK = 1 << 16


class _Octets(io.RawIOBase):
    """The octets of a socket as a raw stream.

    An error that the socket raises is kept in `fault`, because the buffer above would drop what it holds.
    """

    def __init__(self, sock: socket) -> None:
        self.sock = sock
        self.fault: OSError | None = None
        self.again = b""  # to be read once more
        self.gated = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self.again:
            octets = min(len(buffer), len(self.again))
            buffer[:octets], self.again = self.again[:octets], self.again[octets:]
            return octets
        if self.gated:
            return None
        try:
            return self.sock.recv_into(buffer)
        except OSError as fault:
            self.fault = fault
            return None


class SocketFile(io.BufferedReader):
    """A buffered file over `sock`.  If a read gives fewer octets than it asked for, call `short` before all else."""

    def __init__(self, sock: socket) -> None:
        self._octets = _Octets(sock)
        super().__init__(self._octets)

    def short(self, data: bytes) -> None:
        """Raise the fault if one ended `data`; `data` will then be read again."""
        fault, self._octets.fault = self._octets.fault, None
        if fault is not None:
            self._octets.again = data + self._octets.again
            raise fault

    def buffered(self) -> bytes:
        """Take out what was received and not read."""
        self._octets.gated = True
        try:
            return self.read() or b""
        finally:
            self._octets.gated = False


class DeflatedSocket:
    """A socket whose octets are compressed both ways (RFC 4978).  Other attributes are those of the socket under it."""

    def __init__(self, sock: socket, deflate: Deflate, received: bytes, abort: Callable[[str], Exception]) -> None:
        self._sock = sock
        self._deflate = deflate
        self._abort = abort
        self._inflated = self._inflate(received)

    def _inflate(self, data: bytes) -> bytes:
        """Inflate octets; raise what `abort` makes for octets that cannot be inflated, or become too many."""
        from imapsh.errors import ConnectionLost

        try:
            return self._deflate.inflate(data, _CHUNK)
        except ConnectionLost as fault:
            raise self._abort(str(fault)) from fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv_into(self, buffer: Any, /) -> int:
        """Do as the socket's `recv_into`, and inflate the octets."""
        view = memoryview(buffer)
        while not self._inflated:
            self._inflated = self._inflate(b"")
            if self._inflated or self._deflate.ended:
                break
            data = self._sock.recv(_CHUNK)
            if not data:
                break
            self._inflated = self._inflate(data)
        octets = min(len(view), len(self._inflated))
        view[:octets] = self._inflated[:octets]
        self._inflated = self._inflated[octets:]
        return octets

    def recv(self, octets: int) -> bytes:
        """Do as the socket's `recv`, and inflate the octets."""
        buffer = bytearray(octets)
        return bytes(buffer[: self.recv_into(buffer)])

    def sendall(self, data: bytes) -> None:
        """Deflate the octets, and do as the socket's `sendall`."""
        self._sock.sendall(self._deflate.deflate(data))
