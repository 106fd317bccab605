"""How long the first prompt takes beside a bare PromptSession, and what the prompt costs once it stands.

    python -m tests.bench prompt

First prompt: a fresh process in a pseudo-terminal, until the prompt's text comes out.  Pushes and Ctrl-C are measured
in one process, 100,000 lines in the real program: server and reader are other processes, as they are for a person.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, listed
from tests.bench.peers import Peers, imapsh
from tests.bench.terminal import Terminal, peak, seconds, shown
from tests.shell.acting import Actor, Peer, acting
from tests.shell.running import listening, says, url

RUNS = 15
LINES = 100_000
BARE = "from prompt_toolkit import PromptSession; PromptSession('ready> ').prompt()"


def first_prompts(peers: Peers, home: str, runs: int = RUNS) -> dict[str, float]:
    """Milliseconds, the best of some runs, in which all take turns."""
    with listening(says()) as port, peers.prompts() as others:
        every = {
            "bare": ([sys.executable, "-c", BARE], b"ready>"),
            "imapsh": (imapsh(url(port)), b"127.0.0.1:"),
            **others,
        }
        taken: dict[str, float] = {}
        for _ in range(runs):
            for name, (words, text) in every.items():
                taken[name] = min(taken.get(name, float("inf")), shown(words, text, home))
    return taken


def seen(person: Actor, text: str) -> bool:
    return text in "".join(person.screen.pieces[-9:])


async def pushes(folder: Path, number: int = 50) -> list[float]:
    """Milliseconds until an unsolicited line stands above the prompt, in order."""
    async with Peer() as peer, acting(folder, url=peer.url) as person:
        await person.prompted(f"127.0.0.1:{peer.port}>")
        taken = []
        for index in range(number):
            began = time.perf_counter()
            peer.says(b"* OK push %d\r\n" % index)
            await person.screen.until(partial(seen, person, f"push {index}\n"))
            taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


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


def flood(home: str, lines: int) -> tuple[float, float, int]:
    """Seconds, seconds of CPU, and by how many KiB the peak of memory grew."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = multiprocessing.get_context("fork").Process(target=many_rows, args=(listening, lines))
        server.start()
        terminal = Terminal(imapsh("--no-ask", f"imap://127.0.0.1:{listening.getsockname()[1]}"), home)
        terminal.until(b"127.0.0.1")
        terminal.types(b"SELECT INBOX\r")
        terminal.until(b" INBOX\x1b[0;1m>")
        before, most, began = seconds(terminal.child), peak(terminal.child), time.perf_counter()
        terminal.types(b"FETCH 1:* FLAGS\r")
        terminal.until(b"fetched\r\n\x1b")
        taken = time.perf_counter() - began
        spent, grown = seconds(terminal.child) - before, peak(terminal.child) - most
        terminal.end()
        server.terminate()
        server.join()
    return taken, spent, grown


def litecli_flood(peers: Peers, home: str, lines: int) -> tuple[float, float]:
    """The same of a SELECT of so many rows: seconds, and seconds of CPU."""
    path = Path(home) / "rows.db"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE IF NOT EXISTS t (number INTEGER, flags TEXT)")
    database.executemany("INSERT INTO t VALUES (?, ?)", ((number, "(\\Seen)") for number in range(1, lines + 1)))
    database.commit()
    database.close()
    terminal = Terminal([peers.program("litecli"), str(path)], home)
    terminal.until(b"rows.db>")
    terminal.types(b"nopager\r")
    terminal.until(b"Pager disabled")
    terminal.until(b"rows.db>")
    before, began = seconds(terminal.child), time.perf_counter()
    terminal.types(b"SELECT * FROM t;\r")
    terminal.until(b"rows in set")
    taken, spent = time.perf_counter() - began, seconds(terminal.child) - before
    terminal.end()
    return taken, spent


async def opened(person: Actor, peer: Peer) -> None:
    """INBOX selected, with 100,000 messages."""
    await person.prompted_once()
    person.types("SELECT INBOX\r")
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(b"* 100000 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
    await person.screen.until(lambda: "READ-WRITE" in person.screen.written)


async def interrupted(folder: Path) -> float:
    """Milliseconds from Ctrl-C in a flood to the prompt."""
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
        taken = (time.perf_counter() - began) * 1000
        flooding.cancel()
        peer.hangs_up()
    return taken


async def forever(peer: Peer) -> None:
    many = rows(1, 1000)
    while True:
        await peer.says_much(many)


def figures(peers: Peers) -> Iterator[Figure]:
    """First prompt, pushes, Ctrl-C and a flood."""
    with tempfile.TemporaryDirectory() as home:
        taken = first_prompts(peers, home)
        ours = taken.pop("imapsh")
        ratio = round(ours / taken["bare"], 2)
        others = listed(taken, "{:.0f} ms")
        beside = f"{ours:.0f} ms; {others}"
        yield Figure("first prompt, local server", "1.15 x bare", f"x {ratio:.2f}", ratio <= 1.15, beside)
        pushed = asyncio.run(pushes(Path(home)))
        late = pushed[len(pushed) * 95 // 100]
        shown = f"{late:.1f} ms p95"
        yield Figure("unsolicited line above the prompt", "10 ms", shown, late <= 10)
        taken_back = asyncio.run(interrupted(Path(home)))
        yield Figure("Ctrl-C in a flood to the prompt", "50 ms", f"{taken_back:.0f} ms", taken_back <= 50)
        yield _flood(peers, home)


def _flood(peers: Peers, home: str) -> Figure:
    runs, others = [], []
    for _ in range(3):  # in turns
        runs.append(flood(home, LINES))
        others.append(litecli_flood(peers, home, LINES) if "litecli" in peers.names else (0.0, 0.0))
    taken, spent, grown = (min(values) for values in zip(*runs, strict=True))
    theirs, their_cpu = (min(values) for values in zip(*others, strict=True))
    what, budget = "100,000 lines, pretty, in a terminal", "0.25 x litecli"
    ours = f"{taken:.2f} s, CPU {spent:.2f}"
    beside = f"memory +{grown / 1024:.0f} MiB"
    if not theirs:
        return Figure(what, budget, ours, None, f"{beside}; litecli is not installed")
    ratio = taken / theirs
    return Figure(
        what, budget, f"x {ratio:.2f}", ratio <= 0.25,
        f"{ours}, {beside}; litecli, as many rows: {theirs:.2f} s, CPU {their_cpu:.2f}",
    )  # fmt: skip
