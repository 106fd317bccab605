"""The options of every TCP socket of ours."""

from __future__ import annotations

import socket

#: Where the system has them: seconds of silence before it asks the peer, seconds between questions, and how many.
KEEPALIVE = {"TCP_KEEPIDLE": 120, "TCP_KEEPINTVL": 30, "TCP_KEEPCNT": 4}


def tune(sock: socket.socket) -> None:
    """Send small writes at once, and notice within about four minutes that a silent peer has vanished."""
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    options += [
        (socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in KEEPALIVE.items() if hasattr(socket, name)
    ]
    try:
        for option in options:
            sock.setsockopt(*option)
    except OSError:
        pass  # it is no TCP, or the peer has reset it already, which the first read tells
