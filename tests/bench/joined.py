"""A server, a plain relay and a reader for the bench of the tap, each with nothing but sockets.

Run: python -m tests.bench.joined server, or: python -m tests.bench.joined relay PORT.  Both print the port they have.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable

CHUNK = 1 << 18

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1] here\r\n"


def said(words: bytes) -> list[tuple[bytes, int]]:
    """What is answered to a SELECT or a FETCH of so many: octets, and how often.

    The name of the mailbox says how many messages it has.  A FETCH of a BODY is of so many octets, one of FLAGS of so
    many messages.
    """
    tag, kind, number = words.split()[:3]
    end = (tag + b" OK done\r\n", 1)
    if kind == b"SELECT":
        return [(b"* %d EXISTS\r\n" % int(number), 1), end]
    if b"FLAGS" in words:
        number = number.rpartition(b":")[2]
        lines = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n" % (at, at + 7) for at in range(1, int(number) + 1))
        return [(lines, 1), end]
    number = words.rpartition(b"<0.")[2].rstrip(b">\r\n")
    block = b"0123456789abcdef" * (CHUNK // 16)
    return [(b"* 1 FETCH (BODY[] {%d}\r\n" % int(number), 1), (block, int(number) // CHUNK), (b")\r\n", 1), end]


def serve(peer: socket.socket) -> None:
    """Answer lines until the client ends."""
    with peer, peer.makefile("rb") as lines, contextlib.suppress(OSError):
        peer.sendall(GREETING)
        for line in lines:
            for octets, times in said(line):
                for _ in range(times):
                    peer.sendall(octets)


def relay(peer: socket.socket, port: int) -> None:
    """Pass octets in both directions until one side ends."""
    with peer, socket.create_connection(("127.0.0.1", port)) as server:
        up = threading.Thread(target=_move, args=(peer, server))
        up.start()
        _move(server, peer)
        up.join()


def _move(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while octets := source.recv(CHUNK):
            target.sendall(octets)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def ask(port: int, *lines: bytes) -> int:
    """Connect, send the lines together, and read to the answer to the last.  Return the octets read."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"".join(line + b"\r\n" for line in lines))
        end, tail, count = b"\r\n" + lines[-1].split()[0] + b" OK done\r\n", b"", 0
        view = bytearray(CHUNK)
        while not tail.endswith(end):
            got = sock.recv_into(view)
            if not got:
                raise SystemExit("the connection ended early")
            count += got
            tail = (tail + view[max(0, got - len(end)) : got])[-len(end) :]
    return count


def listening(work: Callable[[socket.socket], None]) -> None:
    """Print a port, and do the work with each that connects, in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=work, args=(listener.accept()[0],), daemon=True).start()


def main(words: list[str]) -> None:
    """Run the server, or the relay to a port."""
    listening(serve if words[0] == "server" else lambda peer: relay(peer, int(words[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
