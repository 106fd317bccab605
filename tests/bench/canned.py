"""A server on loopback that sends what no real server has at hand, from memory.

Run: python -m tests.bench.canned PEM SEARCH LIST LITERAL, which prints a plain port and one for TLS, and runs until it
is ended.  SEARCH finds so many ids, LIST so many mailboxes, and BODY[] is of so many octets.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from typing import NamedTuple

GREETING = b"* OK [CAPABILITY IMAP4rev1] here\r\n"
HEADER = b"From: signe@kelp.example\r\nTo: olu@kelp.example\r\nSubject: tides\r\n\r\n"
_BLOCK = b"0123456789abcde\n" * (1 << 16)


class Sizes(NamedTuple):
    """How many ids, mailboxes, and octets of a message."""

    search: int = 1_000_000
    list: int = 100_000
    literal: int = 1 << 30


class Canned:
    """The answers, made before anybody asks."""

    def __init__(self, sizes: Sizes) -> None:
        found = (b"%d" % (number + number // 3) for number in range(1, sizes.search + 1))  # with gaps
        self.search = b"* SEARCH " + b" ".join(found) + b"\r\n"
        self.list = b"".join(map(_mailbox, range(sizes.list)))
        self.literal = sizes.literal

    def answer(self, command: bytes, words: list[bytes]) -> list[bytes]:
        """Return the untagged octets that answer a command, in pieces."""
        if command == b"SEARCH":
            return [self.search]
        if command in (b"LIST", b"CAPABILITY"):
            return [self.list if command == b"LIST" else b"* CAPABILITY IMAP4rev1\r\n"]
        if command in (b"SELECT", b"EXAMINE"):
            return [b"* FLAGS (\\Seen)\r\n* 1000000 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n"]
        if command != b"FETCH":
            return [b"* BYE\r\n"] if command == b"LOGOUT" else []
        if b"HEADER" in words[1]:
            return [b"* %s FETCH (BODY[HEADER] {%d}\r\n%s)\r\n" % (words[0], len(HEADER), HEADER)]
        whole, rest = divmod(self.literal, len(_BLOCK))
        return [b"* 1 FETCH (BODY[] {%d}\r\n" % self.literal, *[_BLOCK] * whole, _BLOCK[:rest], b")\r\n"]

    def serve(self, peer: socket.socket) -> None:
        """Answer lines until the client ends."""
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as lines:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.sendall(GREETING)
            for line in lines:
                tag, command, *words = line.split()
                pieces = [*self.answer(command.upper(), words), tag + b" OK done\r\n"]
                for piece in pieces if len(pieces) > 3 else [b"".join(pieces)]:
                    peer.sendall(piece)


def _mailbox(number: int) -> bytes:
    """Return a line of LIST; one name in 20 has letters beyond ASCII (RFC 3501 section 5.1.3)."""
    folder = b"&AMQ-rger" if number % 20 == 0 else b"Archive"
    flags = b"\\HasChildren" if number % 7 == 0 else b"\\HasNoChildren \\Subscribed"
    return b'* LIST (%s) "/" "%s/%d/Project %d"\r\n' % (flags, folder, number % 100, number)


def listening(canned: Canned, listener: socket.socket, context: ssl.SSLContext | None = None) -> None:
    """Serve each that connects, in a thread, over TLS if there is a context."""

    def converse(peer: socket.socket) -> None:
        with contextlib.suppress(OSError):
            canned.serve(context.wrap_socket(peer, server_side=True) if context else peer)

    while True:
        threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()


def main(pem: str, *sizes: str) -> None:
    """Listen on both ports."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    canned = Canned(Sizes(*map(int, sizes)))
    with socket.create_server(("127.0.0.1", 0)) as plain, socket.create_server(("127.0.0.1", 0)) as secure:
        threading.Thread(target=listening, args=(canned, secure, context), daemon=True).start()
        print(plain.getsockname()[1], secure.getsockname()[1], flush=True)
        listening(canned, plain)


if __name__ == "__main__":
    main(*sys.argv[1:])
