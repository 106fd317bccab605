"""Servers on sockets that are slow on purpose."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterable

#: A TLS record of 16 KiB begins, and its octets follow one by one.
RECORD = b"\x16\x03\x03\x40\x00" + b"\2" * 300
GREETING = b"* OK " + b"x" * 300


def trickle(sock: socket.socket, octets: Iterable[int]) -> None:
    """Send octets one by one, with a pause between them, until the peer has closed."""
    for octet in octets:
        readable, _, _ = select.select([sock], [], [], 0.01)
        if readable and not sock.recv(65536):
            return
        sock.sendall(bytes((octet,)))
