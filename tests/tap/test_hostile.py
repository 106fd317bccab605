"""Peers that mean it ill, on both sides of a tap that runs as a process.

Whatever they do, the tap goes on, says what happened in a sentence, loses nothing that came, and takes little memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bench.terminal import peak
from tests.patience import PATIENCE
from tests.tap.running import Tap, tapped

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS COMPRESS=DEFLATE LITERAL+] hi\r\n"
PREAUTH = b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE LITERAL+] hi\r\n"
JUNK = os.urandom(1 << 16)
MEBIBYTE = b"x" * (1 << 20)
MEMORY = 96 << 10  # KiB

Side = Callable[[socket.socket], object]


def everything(sock: socket.socket) -> bytes:
    """Read to the end, or to a reset."""
    found = bytearray()
    with contextlib.suppress(ConnectionError):
        while octets := sock.recv(1 << 20):
            found += octets
    return bytes(found)


def says(*octets: bytes, ends: bool = True) -> Side:
    """Send octets, and no more after that if it `ends`; and read to the end."""

    def side(sock: socket.socket) -> bytes:
        sending = threading.Thread(target=send, args=(sock, ends, *octets))
        sending.start()
        found = everything(sock)
        sending.join()
        return found

    return side


def send(sock: socket.socket, ends: bool, *octets: bytes) -> None:
    with contextlib.suppress(OSError):
        for piece in octets:
            sock.sendall(piece)
        if ends:
            sock.shutdown(socket.SHUT_WR)


def resets(octets: bytes) -> Side:
    """Send octets when the first of the other side came, and reset the connection."""

    def side(sock: socket.socket) -> None:
        sock.sendall(octets)
        sock.recv(1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return side


def upgrades(sock: socket.socket) -> None:
    """Begin TLS as a client that expects it from the first octet; it is refused."""
    with pytest.raises(ssl.SSLError):
        ssl._create_unverified_context().wrap_socket(sock)


def after(line: bytes, *octets: bytes) -> Side:
    """Greet, wait for a line that ends so, and send octets, as a server."""

    def side(sock: socket.socket) -> bytes:
        sock.sendall(PREAUTH)
        seen = b""
        while not seen.endswith(line) and (octet := sock.recv(1)):
            seen += octet
        return seen + bytes(says(*octets)(sock))  # type: ignore[call-overload, no-any-return]

    return side


def compressing(octets: bytes) -> Side:
    """Begin COMPRESS as a client, and send octets under it."""

    def side(sock: socket.socket) -> object:
        sock.sendall(b"a COMPRESS DEFLATE\r\n")
        seen = b""
        while b"a OK go\r\n" not in seen:
            seen += sock.recv(1)
        return seen + bytes(says(octets)(sock))  # type: ignore[call-overload]

    return side


def digest(octets: object) -> tuple[int, str]:
    """Return what tells octets apart, and is short if they differ."""
    assert isinstance(octets, bytes)
    return len(octets), hashlib.sha256(octets).hexdigest()


def deflated(octets: bytes) -> bytes:
    pressing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return pressing.compress(octets) + pressing.flush(zlib.Z_SYNC_FLUSH)


def bomb() -> bytes:
    """64 MiB that are small on their way."""
    return deflated(b"b NOOP " + b"x" * (1 << 26) + b"\r\n")


class Peers:
    """A server that listens, and what it got on each connection, in the order in which they were accepted."""

    def __init__(self, server: Side) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._listener.getsockname()[1]
        self.server: list[object] = []
        self._side = server
        self._threads: list[threading.Thread] = []

    def accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.server.append(None)
            serving = threading.Thread(target=self._serve, args=(sock, len(self.server) - 1))
            serving.start()  # before others see it: `wait` joins what is listed
            self._threads.append(serving)

    def _serve(self, sock: socket.socket, place: int) -> None:
        with sock, contextlib.suppress(ConnectionError):
            sock.settimeout(PATIENCE)
            self.server[place] = self._side(sock)

    def wait(self) -> None:
        """Wait until all connections have ended: what a client has sent may still be on its way."""
        for thread in list(self._threads):
            thread.join(PATIENCE)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.wait()


@contextlib.contextmanager
def between(
    server: Side, folder: Path, *options: str, listen: str = "0", scheme: str = "imap"
) -> Iterator[tuple[Tap, Peers]]:
    """Run a tap before a server, and check that it holds."""
    peers = Peers(server)
    accepting = threading.Thread(target=peers.accept)
    accepting.start()
    try:
        with tapped(f"{scheme}://127.0.0.1:{peers.port}", folder, *options, listen=listen) as tap:
            yield tap, peers
            peers.wait()
            assert tap.process.poll() is None
            assert peak(tap.process.pid) < MEMORY
    finally:
        peers.close()
        accepting.join()
    assert tap.process.returncode == 130
    assert "Traceback" not in tap.said + tap.shown
    assert "imapsh itself" not in tap.said


def connected(tap: Tap) -> socket.socket:
    return socket.create_connection(("127.0.0.1", tap.port), PATIENCE)


class Case(NamedTuple):
    """What the two sides do, and what is said; `up` and `down` are what must pass, None if that is not to be known."""

    server: Side
    client: Side
    said: str = ""
    up: bytes | None = None
    down: bytes | None = None
    options: tuple[str, ...] = ()
    listen: str = "0"
    scheme: str = "imap"


NULS = b"a " + b"\0" * 50_000 + b"\r\n"
ENDLESS = (PREAUTH, b"* ", *[MEBIBYTE] * 60)
LITERAL = PREAUTH + b"* 1 FETCH (BODY[] {4611686018427387904}\r\nabc"
LIMIT = "what follows on this connection passes unseen"

CASES: dict[str, Callable[[], Case]] = {
    "resets of the client": lambda: Case(says(GREETING, ends=False), resets(b"a NOOP\r\n"), "reset the connection"),
    "resets of the server": lambda: Case(
        resets(GREETING), says(b"a", ends=False), "reset the connection", down=GREETING
    ),
    "the client half-closes": lambda: Case(says(GREETING), says(b"a NOOP\r\n"), "ended after", b"a NOOP\r\n", GREETING),
    "garbage of both": lambda: Case(says(JUNK), says(JUNK), "ended after", JUNK, JUNK),
    "garbage after a login": lambda: Case(says(PREAUTH + JUNK), says(JUNK), "ended after", JUNK, PREAUTH + JUNK),
    "NULs": lambda: Case(says(PREAUTH + NULS), says(NULS), "ended after", NULS, PREAUTH + NULS),
    "TLS to a plain tap": lambda: Case(says(GREETING), upgrades, "the client begins TLS, but the tap listens without"),
    "plain text to a TLS tap": lambda: Case(
        says(GREETING), says(b"a NOOP\r\n"), "does not speak TLS where the tap expects it", listen="imaps://0"
    ),
    "TLS to a plain server": lambda: Case(
        says(GREETING), says(b"a NOOP\r\n"), "does not speak TLS from the start", scheme="imaps"
    ),
    "plain text to a TLS server": lambda: Case(
        says(b"\x15\x03\x03\x00\x02\x02\x28"), says(b""), "the server speaks TLS, and the tap does not there"
    ),
    "a line of the server that never ends": lambda: Case(
        says(*ENDLESS), says(b""), "and the server sent", b"", b"".join(ENDLESS)
    ),
    "a line of the client that never ends": lambda: Case(
        says(PREAUTH), says(b"a ", *[MEBIBYTE] * 60), "and the client sent", b"a " + MEBIBYTE * 60, PREAUTH
    ),
    "the same under rules": lambda: Case(
        says(PREAUTH), says(b"a ", *[MEBIBYTE] * 60), "and the client sent", b"a " + MEBIBYTE * 60, PREAUTH,
        ("--tap-rule", "answer NOOP OK", "--tap-rule", "hide IDLE"),
    ),
    "a literal of 2^62 of the server": lambda: Case(says(LITERAL), says(b""), LIMIT, b"", LITERAL),
    "a literal of 2^62 in a login": lambda: Case(
        says(GREETING), says(b"a LOGIN u {4611686018427387904+}\r\nsecretpw"), LIMIT,
        b"a LOGIN u {4611686018427387904+}\r\nsecretpw", GREETING,
    ),
    "a literal that does not come": lambda: Case(says(PREAUTH + b"* 1 X {100}\r\n"), says(b""), "ended after"),
    "BYE within a literal": lambda: Case(
        says(PREAUTH + b"* 1 X {100}\r\nab\r\n* BYE out\r\n"), says(b""), "ended after"
    ),
    "a bomb of the server": lambda: Case(
        after(b"DEFLATE\r\n", b"a OK go\r\n", bomb()), compressing(b""),
        "1: the inflated limit is 4194304 and the server",
    ),
    "a bomb of the client": lambda: Case(
        after(b"DEFLATE\r\n", b"a OK go\r\n"), compressing(bomb()), LIMIT, b"a COMPRESS DEFLATE\r\n" + bomb()
    ),
    "two STARTTLS, refused": lambda: Case(
        says(GREETING + b"a NO no\r\nb NO no\r\n"), says(b"a STARTTLS\r\nb STARTTLS\r\n"), "ended after",
        down=GREETING + b"a NO no\r\nb NO no\r\n",
    ),
    "STARTTLS with no TLS behind it": lambda: Case(
        says(GREETING + b"a OK go\r\n* OK injected\r\n"), says(b"a STARTTLS\r\nb LOGIN eve x\r\n"), "1: ended "
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_peer_is_one_sentence_and_the_tap_goes_on(name: str, tmp_path: Path) -> None:
    case = CASES[name]()
    with between(case.server, tmp_path, *case.options, listen=case.listen, scheme=case.scheme) as (tap, peers):
        with connected(tap) as sock:
            got = case.client(sock)
        with connected(tap):
            pass  # it still listens
    if case.down is not None:
        assert digest(got) == digest(case.down)
    if case.up is not None:
        assert digest(peers.server[0]) == digest(case.up)
    assert case.said in tap.said
    assert "secretpw" not in tap.said + tap.shown
    assert "injected" not in tap.shown


def test_a_hundred_connections_at_once(tmp_path: Path) -> None:
    def server(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        tag = sock.recv(1 << 16).split()[0]
        sock.sendall(tag + b" OK in\r\n")
        everything(sock)

    with between(server, tmp_path) as (tap, _), contextlib.ExitStack() as stack:
        socks = [stack.enter_context(connected(tap)) for _ in range(100)]
        for number, sock in enumerate(socks):
            sock.sendall(b"t%d LOGIN u p\r\n" % number)
        for number, sock in enumerate(socks):
            wanted = GREETING + b"t%d OK in\r\n" % number
            with sock.makefile("rb") as file:
                assert file.read(len(wanted)) == wanted
    assert "100 connections" in tap.said


def test_sides_that_do_not_read_stop_each_other_and_silent_ones_cost_nothing(tmp_path: Path) -> None:
    stopped = threading.Event()

    def server(sock: socket.socket) -> None:
        sock.sendall(PREAUTH)
        fill(sock, b"* 1 FETCH (FLAGS ())\r\n" * 1000)
        stopped.wait(PATIENCE)

    with between(server, tmp_path, "--tap-quiet") as (tap, _), connected(tap) as sock, connected(tap):
        sock.sendall(b"a NOOP\r\n")
        assert fill(sock, b"* a NOOP\r\n" * 1000) > 1 << 16
        stopped.set()


def fill(sock: socket.socket, octets: bytes) -> int:
    """Send until nobody takes any more.  Return the octets sent."""
    sent = 0
    sock.settimeout(1)
    with contextlib.suppress(OSError):
        while True:
            sent += sock.send(octets)
    return sent
