"""How long the first prompt takes beside a bare PromptSession, and what the prompt costs once it stands.

    python -m tests.bench.bench_prompt

First prompt: a fresh process in a pseudo-terminal, until the prompt's text comes out; the median of several runs.
The rest is measured in one process: a push above the prompt, Ctrl-C in a flood, and 100,000 lines.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pty
import select
import signal
import socket
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.shell.acting import Actor, Peer, acting

RUNS = 9
BARE = "from prompt_toolkit import PromptSession; PromptSession('ready> ').prompt()"
ENVIRONMENT = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}


def first_prompt(arguments: list[str], text: bytes, home: str) -> float:
    """Milliseconds until `text` is written by a process in a terminal of its own."""
    began = time.perf_counter()
    terminal = Terminal(arguments, home)
    terminal.until(text)
    taken = time.perf_counter() - began
    terminal.end()
    return taken * 1000


async def served(home: str) -> None:
    async with Peer() as peer:
        bare, ours = [], []
        for _ in range(RUNS):
            bare.append(await asyncio.to_thread(first_prompt, ["-c", BARE], b"ready>", home))
            ours.append(await asyncio.to_thread(first_prompt, ["-m", "imapsh", peer.url], b"127.0.0.1", home))
    ratio = statistics.median(ours) / statistics.median(bare)
    medians = f"bare {statistics.median(bare):.0f} ms, imapsh {statistics.median(ours):.0f} ms"
    print(f"first prompt: {medians}, x {ratio:.2f}")


def seen(person: Actor, text: str) -> bool:
    return text in "".join(person.screen.pieces[-9:])


async def pushes(folder: Path) -> None:
    async with Peer() as peer, acting(folder, url=peer.url) as person:
        await person.prompted(f"127.0.0.1:{peer.port}>")
        taken = []
        for number in range(50):
            began = time.perf_counter()
            peer.says(b"* OK push %d\r\n" % number)
            await person.screen.until(partial(seen, person, f"push {number}\n"))
            taken.append((time.perf_counter() - began) * 1000)
    print(f"a push above the prompt: median {statistics.median(taken):.1f} ms, worst {max(taken):.1f} ms")


class Terminal:
    """A process in a pseudo-terminal of its own."""

    def __init__(self, arguments: list[str], home: str) -> None:
        self.child, self._fd = pty.fork()
        if self.child == 0:
            os.execve(sys.executable, [sys.executable, *arguments], {**os.environ, **ENVIRONMENT, "HOME": home})
        os.set_blocking(self._fd, False)

    def types(self, text: bytes) -> None:
        os.write(self._fd, text)

    def until(self, text: bytes) -> None:
        """Read on until `text` was written, as fast as a terminal does."""
        seen = b""
        while text not in seen:
            try:
                seen = seen[-len(text) :] + os.read(self._fd, 1 << 16)
            except BlockingIOError:
                if not select.select([self._fd], [], [], 10)[0]:
                    raise SystemExit(f"{text!r} never came: {seen[-300:]!r}") from None

    def end(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self._fd)


def rows(first: int, last: int) -> bytes:
    return b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % number for number in range(first, last + 1))


def many_rows(listening: socket.socket, lines: int) -> None:
    """The server's side of one conversation: INBOX holds `lines` messages, and all are fetched."""
    data = rows(1, lines) + b"A2 OK fetched\r\n"
    replies = (b"* %d EXISTS\r\nA1 OK [READ-WRITE] ok\r\n" % lines, data)
    peer = listening.accept()[0]
    peer.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n")
    for reply in replies:
        peer.recv(1 << 10)
        peer.sendall(reply)
    peer.recv(1)


def flood(home: str, lines: int) -> None:
    """The real program in a terminal; server and reader are other processes, as they are for a person."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = multiprocessing.get_context("fork").Process(target=many_rows, args=(listening, lines))
        server.start()
        url = f"imap://127.0.0.1:{listening.getsockname()[1]}"
        terminal = Terminal(["-m", "imapsh", "--no-ask", url], home)
        terminal.until(b"127.0.0.1")
        terminal.types(b"SELECT INBOX\r")
        terminal.until(b" INBOX\x1b[0;1m>")
        began = time.perf_counter()
        terminal.types(b"FETCH 1:* FLAGS\r")
        terminal.until(b"fetched\r\n\x1b")
        taken = time.perf_counter() - began
        spent = process_seconds(terminal.child)
        terminal.end()
        server.terminate()
        server.join()
    print(f"{lines:,} lines, pretty and coloured, to a terminal: {taken:.2f} s; CPU of all of the run {spent:.2f} s")


def process_seconds(child: int) -> float:
    """CPU seconds of a process that still runs."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def opened(person: Actor, peer: Peer) -> None:
    """INBOX selected, with 100,000 messages."""
    await person.prompted_once()
    person.types("SELECT INBOX\r")
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(b"* 100000 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
    await person.screen.until(lambda: "READ-WRITE" in person.screen.written)


async def interrupted(folder: Path) -> None:
    async with Peer() as peer, acting(folder, url=peer.url) as person:
        person.screen.blind = True
        await opened(person, peer)
        person.types("FETCH 1:* FLAGS\r")
        await peer.hears(b"FETCH 1:* FLAGS\r\n")
        flooding = asyncio.create_task(forever(peer))
        await person.screen.until(lambda: len(person.screen.pieces) > 50)
        began = time.perf_counter()
        signal.raise_signal(signal.SIGINT)
        await person.screen.until(lambda: person.shell.prompt.app.is_running)
        print(f"Ctrl-C in a flood to the prompt: {(time.perf_counter() - began) * 1000:.0f} ms")
        flooding.cancel()
        peer.hangs_up()


async def forever(peer: Peer) -> None:
    many = rows(1, 1000)
    while True:
        await peer.says_much(many)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        asyncio.run(served(home))
        asyncio.run(pushes(folder))
        asyncio.run(interrupted(folder))
        flood(home, 100_000)


if __name__ == "__main__":
    main()
