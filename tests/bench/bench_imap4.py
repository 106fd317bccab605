"""The classes beside imaplib and IMAPClient, each in a process of its own, fed by one server over loopback.

What is measured is one FETCH of many responses: seconds, seconds of CPU, and the growth of memory while it runs.
Run: python -m tests.bench.bench_imap4 [REPEATS]
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench import small_commands
from tests.bench.figures import Figure
from tests.bench.peers import Peers
from tests.bench.terminal import peak

ENVELOPE = (
    b'ENVELOPE ("Sat, 02 Apr 2022 06:15:00 +0200" "=?utf-8?q?Tidevand_og?= kaj" '
    b'(("Signe Dahl" NIL "signe" "kelp.example")) NIL NIL (("Olu" NIL "olu" "kelp.example")'
    b'("Nuru" NIL "nuru" "fjord.test")) NIL NIL NIL "<r@kelp.example>") '
    b'BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 20 2)'
    b'("image" "gif" NIL NIL NIL "base64" 600) "mixed")'
)
HEADER = b"From: signe@kelp.example\r\nTo: olu@kelp.example\r\nSubject: tides\r\nDate: Sat, 02 Apr 2022\r\n\r\n" * 5
GIB = 1 << 30


def _flags() -> Iterator[bytes]:
    for begin in range(1, 200_001, 1000):
        numbers = range(begin, begin + 1000)
        yield b"".join(b"* %d FETCH (FLAGS (\\Seen \\Answered) UID %d)\r\n" % (n, n) for n in numbers)


def _envelopes() -> Iterator[bytes]:
    for begin in range(1, 20_001, 100):
        yield b"".join(b"* %d FETCH (UID %d %s)\r\n" % (n, n, ENVELOPE) for n in range(begin, begin + 100))


def _headers() -> Iterator[bytes]:
    for begin in range(1, 20_001, 100):
        yield b"".join(
            b"* %d FETCH (UID %d BODY[HEADER] {%d}\r\n%s)\r\n" % (n, n, len(HEADER), HEADER)
            for n in range(begin, begin + 100)
        )


def _huge() -> Iterator[bytes]:
    yield b"* 1 FETCH (BODY[] {%d}\r\n" % GIB
    piece = b"0123456789abcde\n" * (1 << 16)
    for _ in range(GIB // len(piece)):
        yield piece
    yield b")\r\n"


#: What is fetched, by the item that asks for it, and of how many messages.
STREAMS: dict[str, tuple[int, Callable[[], Iterator[bytes]]]] = {
    "FLAGS": (200_000, _flags),
    "ENVELOPE": (20_000, _envelopes),
    "BODY[HEADER]": (20_000, _headers),
    "BODY[]": (1, _huge),
}
PEERS = ("imaplib", "imapsh", "IMAPClient")


def serve(listener: socket.socket) -> None:
    """Answer each connection until LOGOUT, one after another."""
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n")
            for line in lines:
                tag, command, *rest = line.split(None, 2)
                command = command.upper()
                if command == b"CAPABILITY":
                    connection.sendall(b"* CAPABILITY IMAP4rev1\r\n")
                elif command == b"FETCH":
                    _, make = STREAMS[rest[0].split(b"(")[1].split(b")")[0].decode()]
                    for piece in make():
                        connection.sendall(piece)
                elif command == b"LOGOUT":
                    connection.sendall(b"* BYE\r\n" + tag + b" OK\r\n")
                    break
                connection.sendall(tag + b" OK done\r\n")


def _peak() -> int:
    """KiB; not of `resource`, where a process begins with its parent's."""
    return peak("self")


def measure(peer: str, item: str, port: int) -> dict[str, float]:
    """In this process: one FETCH by one peer."""
    fetch: Callable[[], Any]
    if peer == "IMAPClient":
        import imapclient

        client = imapclient.IMAPClient("127.0.0.1", port, use_uid=False, ssl=False)
        client.select_folder("INBOX")
        fetch = lambda: client.fetch(range(1, STREAMS[item][0] + 1), [item])  # noqa: E731
    else:
        if peer == "imaplib":
            import imaplib as module
        else:
            from imapsh.client import imap4 as module  # type: ignore[no-redef]
        connection = module.IMAP4("127.0.0.1", port)
        connection.literal_limit = 0  # type: ignore[attr-defined]  # one of 1 GiB is measured
        connection.select()
        fetch = lambda: connection.fetch("1:*", f"({item})")  # noqa: E731
    before, began, cpu = _peak(), time.perf_counter(), time.process_time()
    kept = fetch()
    found = {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "MiB": (_peak() - before) / 1024,
    }
    assert kept
    return found


def _serving() -> int:
    """The port of a server in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    return int(listener.getsockname()[1])


def _best(peer: str, item: str, port: int, repeats: int) -> dict[str, float]:
    """The best of so many runs, each in a process of its own."""
    best: dict[str, float] = {}
    for _ in range(repeats):
        command = [sys.executable, "-m", "tests.bench.bench_imap4", "--measure", peer, item, str(port)]
        done = subprocess.run(command, capture_output=True, check=True, timeout=120)
        for key, value in json.loads(done.stdout).items():
            best[key] = min(value, best.get(key, value))
    return best


def figures(peers: Peers) -> Iterator[Figure]:
    """200,000 FETCH FLAGS lines through the classes, then many small commands."""
    port = _serving()
    theirs, ours = (_best(peer, "FLAGS", port, 3) for peer in ("imaplib", "imapsh"))
    for key, form in (("cpu", "CPU {:.2f} s"), ("MiB", "{:.0f} MiB")):
        ratio = ours[key] / theirs[key]
        what = f"IMAP4, 200,000 FETCH FLAGS, {'memory' if key == 'MiB' else 'time'}"
        shown = form.format(ours[key])
        yield Figure(
            what, "1.0 x imaplib", f"{shown}, x {ratio:.2f}", ratio <= 1.05, f"imaplib {form.format(theirs[key])}"
        )
    yield from small_commands.figures()


def main() -> None:
    """Print a table, and in parentheses how many times imaplib's."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    port = _serving()
    print(f"{'':14}{'':11}{'seconds':>16}{'CPU':>16}{'MiB':>18}")
    for item in STREAMS:
        base: dict[str, float] = {}
        for peer in PEERS:
            best = _best(peer, item, port, repeats)
            base = base or best
            cells = "".join(f"{value:10.2f} ({value / base[key]:.2f})" for key, value in best.items())
            print(f"{item:14}{peer:11}{cells}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
    else:
        main()
