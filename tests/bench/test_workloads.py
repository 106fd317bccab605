"""The work of each job of the benchmark grows with its size: counted, for 1, 10 and 100 times as much (E6).

Counted are the steps in Python, and the octets of memory that are taken, which show copying.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from imapsh.client.connect import Connection
from imapsh.shell.main import main
from tests.bench import canned, reading
from tests.bench.bench_parse import envelope
from tests.bench.bench_prompt import opened, rows
from tests.client.test_connect_peer import pair, selected
from tests.client.test_connection import Peer
from tests.growth import MOST_TENFOLD, Make, effort, tenfold
from tests.shell import acting
from tests.shell.running import listening, says, url

SIZE = 3  # messages or names; a hundred times as many are the most
PIECE = 1 << 16  # octets that a socket gives at once

_SUBJECT = re.compile('"(Re: minutes[^"]*)"')


def messages(size: int) -> bytes:
    """Return the replies to FETCH 1:* ALL; one subject in 50 is a literal."""
    date = '"17-Jul-2024 02:44:25 +0200"'
    lines = (
        f"* {n} FETCH (FLAGS (\\Seen) INTERNALDATE {date} RFC822.SIZE {n + 900} ENVELOPE {envelope(n)})\r\n"
        for n in range(1, size + 1)
    )
    return "".join(_SUBJECT.sub(_as_literal, line) if n % 50 == 0 else line for n, line in enumerate(lines)).encode()


def _as_literal(found: re.Match[str]) -> str:
    return f"{{{len(found[1])}}}\r\n{found[1]}"


def answered(size: int) -> canned.Canned:
    """Return the server of the benchmark with so many of all things, and a literal of so many times 256 KiB."""
    return canned.Canned(canned.Sizes(size, size, size << 18))


# -- the asyncio client

Client = Callable[[Connection, Peer], Awaitable[object]]


def conversation(client: Client, size: int) -> Callable[[], object]:
    """Return a conversation of a client that has a mailbox with so many messages selected."""

    async def play() -> None:
        async with pair(spool=1 << 14) as (c, peer):
            await selected(c, peer, size)
            assert await client(c, peer) == size

    return lambda: asyncio.run(play())


async def replied(peer: Peer, octets: bytes) -> None:
    """Wait for a command, and answer it."""
    said = octets + (await peer.hears_line()).split()[0] + b" OK done\r\n"
    for start in range(0, len(said), PIECE):
        await peer.says(said[start : start + PIECE])


async def both(wanted: Awaitable[Any], peer: Peer, octets: bytes) -> Any:
    """Return what a command gives that is answered so."""
    found, _ = await asyncio.gather(wanted, replied(peer, octets))
    return found


def fetched(read: Callable[..., Awaitable[int]]) -> Make:
    def make(size: int) -> Callable[[], object]:
        octets = messages(size)
        return conversation(lambda c, peer: both(read(c.fetch("1:*", "ALL")), peer, octets), size)

    return make


def searched(size: int) -> Callable[[], object]:
    octets = answered(size).search

    async def search(c: Connection, peer: Peer) -> int:
        return len(list(await both(c.search("ALL"), peer, octets)))

    return conversation(search, size)


def listed(size: int) -> Callable[[], object]:
    octets = answered(size).list

    async def names(c: Connection, peer: Peer) -> int:
        return len({one.mailbox for one in await both(c.list(), peer, octets)})

    return conversation(names, size)


def literal(size: int) -> Callable[[], object]:
    """A literal of so many times 256 KiB, which goes to a file."""
    octets = b"".join(answered(size).answer(b"FETCH", [b"1", b"BODY.PEEK[]"]))

    async def one(c: Connection, peer: Peer) -> int:
        async def saved() -> int:
            async for message in c.fetch(1, "BODY.PEEK[]"):
                spilled = message.items["BODY[]"]
                if isinstance(spilled, bytes):
                    return len(spilled) >> 18
                with spilled.where as file:  # type: ignore[union-attr]
                    return len(file.read()) >> 18
            return 0

        return int(await both(saved(), peer, octets))

    return conversation(one, size)


def small(size: int) -> Callable[[], object]:
    server = answered(1)

    async def many(c: Connection, peer: Peer) -> int:
        count = 0
        for number in range(1, size + 1):
            (octets,) = server.answer(b"FETCH", [b"%d" % number, b"BODY.PEEK[HEADER]"])
            count += await both(reading.counted(c.fetch(number, "BODY.PEEK[HEADER]")), peer, octets)
        return count

    return conversation(many, size)


ASYNCIO: dict[str, Make] = {
    "FETCH, not touched": fetched(reading.counted),
    "FETCH, every value": fetched(reading.read),
    "SEARCH": searched,
    "LIST": listed,
    "a literal": literal,
    "small commands": small,
}

RUNS = 10 * SIZE  #: messages and names of a listing: with fewer, what is taken once outweighs them

SIZES = {
    **dict.fromkeys(("FETCH", "FETCH, not touched", "FETCH, every value", "LIST"), RUNS),
    "SEARCH": 100 * SIZE,
    "a literal": 1,
    "small commands": 1,
}


@pytest.mark.parametrize("job", ASYNCIO)
def test_e6_a_job_of_the_asyncio_client_takes_linear_work(job: str) -> None:
    assert max(tenfold(ASYNCIO[job], SIZES.get(job, SIZE))) < MOST_TENFOLD


# -- a batch


def batch(form: str, commands: list[str], answer: Callable[[int], bytes], out: Path) -> Make:
    """Return the making of a batch whose last command is answered by so much."""

    def make(size: int) -> Callable[[], object]:
        octets = answer(size) + b"TAG OK done\r\n"
        given = [word for command in commands for word in ("-c", command)]

        def run() -> None:
            exists = b"* %d EXISTS\r\nTAG OK [READ-WRITE] selected\r\n" % size
            answers = says(exists, octets)
            with listening(answers) as port, out.open("w") as stdout, mock.patch("sys.stdout", stdout):
                assert main([url(port), "--no-config", "--format", form, *given]) == 0
            assert out.stat().st_size > (len(octets) if form == "wire" else 0)

        return run

    return make


BATCHES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "FETCH": ("FETCH 1:* ALL", messages),
    "SEARCH": ("SEARCH ALL", lambda size: answered(size).search),
    "LIST": ('LIST "" *', lambda size: answered(size).list),
}


@pytest.mark.parametrize("form", ["wire", "json", "pretty"])
@pytest.mark.parametrize("job", BATCHES)
def test_e6_a_job_of_a_batch_takes_linear_work(job: str, form: str, tmp_path: Path) -> None:
    command, answer = BATCHES[job]
    make = batch(form, ["SELECT INBOX", command], answer, tmp_path / "out")
    assert max(tenfold(make, SIZES.get(job, SIZE))) < MOST_TENFOLD


def test_e6_a_literal_of_a_batch_takes_linear_work(tmp_path: Path) -> None:
    saved = tmp_path / "saved"

    def answer(size: int) -> bytes:
        return b"".join(answered(size).answer(b"FETCH", [b"1", b"BODY.PEEK[]"]))

    def make(size: int) -> Callable[[], object]:
        octets = answer(size) + b"TAG OK done\r\n"
        saved.unlink(missing_ok=True)  # the first run, which is not counted, must do all that the next ones do

        def run() -> None:
            with listening(says(b"* 1 EXISTS\r\nTAG OK selected\r\n", octets)) as port:
                words = ["--yes", "-c", "SELECT INBOX", "-c", f"FETCH 1 BODY.PEEK[] > {saved}"]
                assert main([url(port), "--no-config", *words]) == 0
            assert saved.stat().st_size == size << 18

        return run

    assert max(tenfold(make, 1)) < MOST_TENFOLD


def test_e6_small_commands_of_a_batch_take_linear_work(tmp_path: Path) -> None:
    script = tmp_path / "script"

    def make(size: int) -> Callable[[], object]:
        (octets,) = answered(1).answer(b"FETCH", [b"1", b"BODY.PEEK[HEADER]"])

        def run() -> None:
            script.write_text("SELECT INBOX\n" + "FETCH 1 BODY.PEEK[HEADER]\n" * size)
            with listening(says(b"* 1 EXISTS\r\nTAG OK selected\r\n", *[octets + b"TAG OK done\r\n"] * size)) as port:
                assert main([url(port), "--no-config", "-f", str(script)]) == 0

        return run

    assert max(tenfold(make, 1)) < MOST_TENFOLD


# -- a terminal

LINES = 200  #: with fewer, what a start takes, which is not the same each time, outweighs them


def test_e6_lines_in_a_terminal_take_linear_work(tmp_path: Path) -> None:
    def make(size: int) -> Callable[[], object]:
        octets = rows(1, size)

        async def scene() -> None:
            async with acting.Peer() as peer, acting.acting(tmp_path, url=peer.url) as person:
                person.screen.blind = True
                await opened(person, peer)
                person.types("FETCH 1:* FLAGS\r")
                await peer.hears(b"FETCH 1:* FLAGS\r\n")
                await peer.says_much(octets + b"A2 OK fetched\r\n")
                await person.screen.until(lambda: any("fetched" in piece for piece in person.screen.pieces[-99:]))
                peer.hangs_up()

        return lambda: acting.play(scene)

    assert max(tenfold(make, LINES)) < MOST_TENFOLD


# -- the count itself


def test_the_count_shows_copying() -> None:
    def joined(size: int) -> Callable[[], object]:
        def run() -> None:
            text = b""
            for _ in range(size):
                text = bytes(text) + b"x" * 100

        return run

    def listed(size: int) -> Callable[[], object]:
        return lambda: b"".join([b"x" * 100 for _ in range(size)])

    assert 8 < tenfold(joined, 10)[0] < 12
    assert tenfold(joined, 10)[1] > 50
    assert max(tenfold(listed, 10)) < 13
    assert effort(lambda: bytes(10_000)).octets > 10_000
