"""Who is measured beside imapsh, in a virtual environment of the benchmark's own: iredis, litecli and ptpython."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = ("iredis", "litecli", "ptpython")
FOLDER = Path(__file__).parents[2] / "build" / "peers"


class Peers:
    """Those that are installed in the virtual environment in `folder`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.names = [name for name in PACKAGES if Path(self.program(name)).exists()]

    @property
    def missing(self) -> str:
        """What is not there, and how it comes; "" where all are."""
        names = ", ".join(name for name in PACKAGES if name not in self.names)
        return f"not measured beside {names}: --install puts them into {self.folder}" if names else ""

    def program(self, name: str) -> str:
        """Its path."""
        return str(self.folder / "bin" / name)

    def install(self) -> None:
        """Make the environment, and have pip put them there."""
        venv.create(self.folder, with_pip=True)
        subprocess.run([self.program("python"), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)

    def milliseconds(self, name: str, script: str, text: str) -> float | None:
        """What a script prints that is run by the environment's Python, `text` its argument; None without the peer."""
        if name not in self.names:
            return None
        done = subprocess.run([self.program("python"), "-c", script, text], check=True, capture_output=True)
        return float(json.loads(done.stdout))

    @contextmanager
    def prompts(self) -> Iterator[dict[str, tuple[list[str], bytes]]]:
        """Name -> the words that bring its prompt, and what the prompt shows."""
        with _redis() as port:
            every = {
                "ptpython": ([], b">>>"),
                "iredis": (["-p", str(port), "--no-greetings"], b"127.0.0.1:"),
                "litecli": ([":memory:"], b":memory:>"),
            }
            yield {name: ([self.program(name), *every[name][0]], every[name][1]) for name in self.names}


@contextmanager
def _redis() -> Iterator[int]:
    """Enough of a Redis for a prompt: it says OK to everything."""

    def serve() -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with peer:
                while data := peer.recv(1 << 16):
                    peer.sendall(b"+OK\r\n" * data.count(b"*"))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def imapsh(*words: str) -> list[str]:
    """The words that run it."""
    return [sys.executable, "-m", "imapsh", *words]
