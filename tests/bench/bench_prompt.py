"""How long the first prompt takes beside a bare PromptSession, and what the prompt costs once it stands.

    python -m tests.bench.bench_prompt

First prompt: a fresh process in a pseudo-terminal, until the prompt's text comes out; the median of several runs.
The rest is measured in one process: a push above the prompt, Ctrl-C in a flood, and 100,000 lines.
"""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
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
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, *arguments], {**os.environ, **ENVIRONMENT, "HOME": home})
    seen = b""
    while text not in seen:
        if not select.select([terminal], [], [], 30)[0]:
            raise SystemExit(f"no prompt came: {seen!r}")
        seen += os.read(terminal, 1 << 16)
    taken = time.perf_counter() - began
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)
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


async def flood(folder: Path, lines: int) -> None:
    async with Peer() as peer, acting(folder, url=peer.url) as person:
        person.screen.blind = True
        await opened(person, peer)
        person.types("FETCH 1:* FLAGS\r")
        await peer.hears(b"FETCH 1:* FLAGS\r\n")
        began = time.perf_counter()
        for start in range(0, lines, 1000):
            rows = (b"* %d FETCH (FLAGS (\\Seen))\r\n" % (start + number) for number in range(1, 1001))
            await peer.says_much(b"".join(rows))
        peer.says(b"A2 OK fetched\r\n")
        await person.screen.until(partial(seen, person, "fetched"))
        print(f"{lines:,} lines, pretty and coloured: {time.perf_counter() - began:.2f} s")


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
    rows = b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % number for number in range(1, 1001))
    while True:
        await peer.says_much(rows)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        asyncio.run(served(home))
        asyncio.run(pushes(folder))
        asyncio.run(interrupted(folder))
        asyncio.run(flood(folder, 100_000))


if __name__ == "__main__":
    main()
