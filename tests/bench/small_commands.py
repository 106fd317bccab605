"""Many small commands: a program with the classes beside the same program with imaplib, fed by one server on loopback.

What is compared is the CPU, user and system, of the whole process, from the start of Python to its end.
Run: python -m tests.bench.small_commands [REPEATS]
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

from tests.bench.figures import Figure

HEADER = b"From: signe@kelp.example\r\nSubject: tides\r\n\r\n"

#: Name -> how many, and the loop; `M` is the connection, `imaplib` the module, `port` the server's.
LOOPS = {
    "FETCH of a header": (2000, "M.fetch(str(number), '(BODY.PEEK[HEADER])')"),
    "FETCH, gc.collect() each": (300, "M.fetch(str(number), '(BODY.PEEK[HEADER])'); gc.collect()"),
    "UID FETCH FLAGS": (2000, "M.uid('FETCH', str(number), '(FLAGS)')"),
    "NOOP": (3000, "M.noop()"),
    "SEARCH": (2000, "M.search(None, 'UNSEEN')"),
    "STORE": (2000, r"M.store(str(number), '+FLAGS', r'(\Seen)')"),
    "APPEND of a message": (1500, "M.append('INBOX', None, None, MESSAGE)"),
    "LOGIN and LOGOUT": (200, "N = imaplib.IMAP4('127.0.0.1', port); N.login('ida', 'pencil'); N.logout()"),
}
_PROGRAM = """\
import gc
{module}
MESSAGE = {message!r}
port = {port}
M = imaplib.IMAP4('127.0.0.1', port)
M.login('ida', 'pencil')
M.select()
for number in range(1, {count} + 1):
    {loop}
M.logout()
"""
MODULES = {"imaplib": "import imaplib", "imapsh": "from imapsh.client import imap4 as imaplib"}


def serve(listener: socket.socket) -> None:
    """Answer every connection, each in a thread, until the listener is closed."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_converse, args=(connection,), daemon=True).start()


def _converse(connection: socket.socket) -> None:
    fetched = b"* %s FETCH (BODY[HEADER] {%d}\r\n%s)\r\n"
    with connection, connection.makefile("rb") as lines:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"* OK ready\r\n")
        for line in lines:
            tag, command, *words = line.split()
            if line.endswith(b"}\r\n"):
                connection.sendall(b"+ go on\r\n")
                if hasattr(socket, "TCP_QUICKACK"):  # else imaplib's last two octets wait 40 ms for it
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                lines.read(int(words[-1][1:-1]) + 2)
            untagged = {
                b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
                b"SELECT": b"* FLAGS (\\Seen)\r\n* 2000 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1]\r\n",
                b"FETCH": fetched % (words[0], len(HEADER), HEADER) if words else b"",
                b"UID": b"* 7 FETCH (FLAGS (\\Seen \\Answered) UID 70)\r\n",
                b"SEARCH": b"* SEARCH 1 2 3 5 8 13 21\r\n",
                b"STORE": b"* 7 FETCH (FLAGS (\\Seen \\Answered))\r\n",
                b"LOGOUT": b"* BYE\r\n",
            }.get(command, b"")
            connection.sendall(untagged + tag + b" OK done\r\n")
            if command == b"LOGOUT":
                return


def program(name: str, peer: str, port: int, share: float = 1) -> list[str]:
    """Return the command line of the program that runs one loop; `share` of its count, to try it."""
    count, loop = LOOPS[name]
    text = _PROGRAM.format(
        module=MODULES[peer], message=HEADER + b"x\r\n", port=port, count=max(1, int(count * share)), loop=loop
    )
    return [sys.executable, "-c", text]


def cpu(command: list[str]) -> float:
    """Run a program; return the seconds of CPU that it took.  Raises CalledProcessError."""
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


def measured(name: str, port: int, repeats: int) -> dict[str, float]:
    """Return the best of so many runs of each, which are run in turns."""
    runs: dict[str, list[float]] = {peer: [] for peer in MODULES}
    for _ in range(repeats):
        for peer, taken in runs.items():
            taken.append(cpu(program(name, peer, port)))
    return {peer: min(taken) for peer, taken in runs.items()}


def figures(repeats: int = 5) -> Iterator[Figure]:
    """Yield the CPU of each loop beside imaplib's."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        for name, (count, _) in LOOPS.items():
            best = measured(name, listener.getsockname()[1], repeats)
            ratio = best["imapsh"] / best["imaplib"]
            yield Figure(
                f"IMAP4, {count:,} x {name}",
                "1.0 x imaplib",
                f"{best['imapsh'] * 1000:.0f} ms, x {ratio:.2f}",
                ratio <= 1.0,
                f"imaplib {best['imaplib'] * 1000:.0f} ms",
            )


if __name__ == "__main__":
    from tests.bench.figures import table

    for row in table(figures(int(sys.argv[1]) if len(sys.argv) > 1 else 5)):
        print(row, flush=True)
