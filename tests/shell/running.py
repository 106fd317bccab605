"""imapsh as a process, and servers in threads that say what a test tells them to."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]

#: What a server says after each line of the client, `TAG` in it being that line's tag; None closes.
Answer = bytes | None
Handler = Callable[[socket.socket], None]

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"


class Done(NamedTuple):
    """How a process ended."""

    status: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.decode().splitlines()


def environment(**more: str) -> dict[str, str]:
    """The tests' environment, without what would change the output, and with no configuration."""
    changes = ("NO_COLOR", "IMAPSH_PASSWORD", "PYTHONUNBUFFERED")  # with the last no octets are left to write at exit
    kept = {name: value for name, value in os.environ.items() if name not in changes}
    return {**kept, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": "/nonexistent", **more}


def command(*words: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "imapsh", *words]


def imapsh(*words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
    """Run it to its end, without a terminal."""
    done = subprocess.run(
        command(*words),
        input=stdin,
        capture_output=True,
        timeout=60,
        env=environment(**(env or {})),
        check=False,
        start_new_session=True,
    )
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    return Done(done.returncode, done.stdout, err)


def running(*words: str) -> subprocess.Popen[bytes]:
    """Start it, with pipes to its stdout and stderr."""
    return subprocess.Popen(
        command(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )


@contextlib.contextmanager
def listening(handler: Handler) -> Iterator[int]:
    """A server on loopback that gives each connection to `handler`; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                with sock, contextlib.suppress(OSError):
                    sock.settimeout(PATIENCE)
                    handler(sock)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(2 * PATIENCE)
    assert not thread.is_alive(), "a connection was not left"


def says(*answers: Answer, greeting: bytes = GREETING, heard: list[bytes] | None = None) -> Handler:
    """A server that greets, gives one answer to each line it reads, and OK to every line behind the last answer.

    The lines are put into `heard`.
    """

    def handler(sock: socket.socket) -> None:
        sock.sendall(greeting)
        waiting = list(answers)
        with sock.makefile("rb") as lines:
            for line in lines:
                if heard is not None:
                    heard.append(line)
                bye = b"* BYE bye\r\n" if b" LOGOUT" in line.upper() else b""
                answer = waiting.pop(0) if waiting else bye + b"TAG OK done\r\n"
                if answer is None:
                    return
                sock.sendall(answer.replace(b"TAG", line.split(b" ", 1)[0]))

    return handler


def url(port: int, scheme: str = "imap", user: str = "") -> str:
    return f"{scheme}://{user + '@' if user else ''}127.0.0.1:{port}"
