"""What a session costs beside parsing: FETCH 1:* FLAGS of many messages, next to imaplib on the same octets.

python -m tests.bench.bench_session [MESSAGES]
"""

from __future__ import annotations

import imaplib
import io
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from imapsh import table
from imapsh.grammar.responses import Parser
from imapsh.session.core import Session
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader

MESSAGES = 200_000
_CHUNK = 1 << 16


def lines(messages: int) -> bytes:
    """The untagged responses."""
    return b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n" % (at, at + 7) for at in range(1, messages + 1))


def chunks(octets: bytes) -> Iterator[bytes]:
    """As a socket gives them."""
    for at in range(0, len(octets), _CHUNK):
        yield octets[at : at + _CHUNK]


def framed(octets: bytes) -> int:
    """Frames alone."""
    pusher = Pusher(FrameReader())
    count = 0
    for chunk in chunks(octets):
        pusher.feed(chunk)
        count += sum(1 for _ in pusher)
    return count


def parsed(octets: bytes) -> int:
    """Frames, and typed values."""
    parser = Parser(table.readers)
    pusher = Pusher(FrameReader())
    count = 0
    for chunk in chunks(octets):
        pusher.feed(chunk)
        for frame in pusher:
            assert isinstance(frame, Frame)
            parser.parse(frame)
            count += 1
    return count


def in_session(octets: bytes) -> int:
    """All that a driver takes: typed values, state, UIDs by number, findings."""
    session = Session()
    session.receive(b"* PREAUTH hi\r\n")
    select = session.line("SELECT INBOX")
    sum(1 for _ in session.events())
    session.receive(b"* %d EXISTS\r\n%s OK done\r\n" % (octets.count(b"\n"), select.tag.encode()))
    session.line("FETCH 1:* (UID FLAGS)")
    sum(1 for _ in session.events())
    count = 0
    for chunk in chunks(octets):
        session.receive(chunk)
        count += sum(1 for _ in session.events())
    return count


class Canned(imaplib.IMAP4):
    """imaplib with the octets for a server."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self._said = io.BytesIO(b"* PREAUTH hi\r\n")

    def send(self, data: Any) -> None:
        tag, name = data.split()[:2]
        untagged = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", b"FETCH": self._octets}.get(name, b"")
        self._said = io.BytesIO(untagged + tag + b" OK done\r\n")

    def readline(self) -> bytes:
        return self._said.readline()

    def read(self, size: int) -> bytes:
        return self._said.read(size)


def by_imaplib(octets: bytes) -> int:
    """imaplib: lines in a list, nothing read in them."""
    client = Canned(octets)
    client.state = "SELECTED"
    return len(client.fetch("1:*", "(UID FLAGS)")[1])


def main(messages: int) -> None:
    """Print seconds of CPU, microseconds a response, and by how much the peak of memory grew."""
    octets = lines(messages)
    print(f"{messages} responses, {len(octets) / 1e6:.1f} MB")
    ways: list[tuple[str, Callable[[bytes], int]]] = [
        ("frames", framed), ("parsed", parsed), ("session", in_session), ("imaplib", by_imaplib),
    ]  # fmt: skip
    for name, way in ways:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        count = way(octets)
        seconds = time.process_time() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"{name:8} {seconds:6.2f} s {seconds / messages * 1e6:6.2f} us each  +{grown / 1024:5.1f} MiB  ({count})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES)
