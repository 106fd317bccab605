"""SEARCH of a million ids, LIST of 100,000 mailboxes, a literal of 1 GiB, 10,000 small commands: who is first.

    python -m tests.bench jobs

imapsh in its three forms is measured beside imaplib, IMAPClient and curl.  Each is a process of its own, they run in
turns, and the best of each counts.  The server is a process that sends what it has in memory, for a server that looks
for a million messages would be all that is measured.  `drain` is a socket from which the same octets are read.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench import reading
from tests.bench.canned import HEADER, Sizes
from tests.bench.figures import Figure
from tests.bench.listing import opened
from tests.bench.peers import Peers, imapsh
from tests.bench.taken import Program, Taken, counts, in_turns, run, says
from tests.servers import certs

RUNS = 5
SMALL = 10_000
SIZES = Sizes()
USER, PASSWORD = "ida", "pencil"
VARIABLES = {"IMAPSH_PASSWORD": PASSWORD}
#: imapsh's forms, and who is like them.
PAIRS = (("imap4", "imaplib"), ("asyncio", "IMAPClient"), ("-c", "curl"))
_OURS = tuple(ours for ours, _ in PAIRS)


class Job(NamedTuple):
    """A job of `tests.bench.reading`: its title, and what each gives."""

    name: str
    title: str
    gives: dict[str, str]


def jobs(sizes: Sizes, small: int) -> list[Job]:
    """Return the four."""
    octets = dict.fromkeys(("imaplib", "imap4", "curl", "-c", "drain"), "octets")
    read = {"IMAPClient": "read", "asyncio": "read"}
    return [
        Job("search", f"SEARCH of {sizes.search:,} ids", octets | {"IMAPClient": "a list", "asyncio": "a set"}),
        Job("list", f"LIST of {sizes.list:,} mailboxes", octets | {"IMAPClient": "tuples", "asyncio": "values"}),
        Job("literal", f"{sizes.literal >> 20:,} MiB to a file, TLS", octets | read),
        Job("small", f"{small:,} small FETCHes", octets | read),
    ]


class Server(NamedTuple):
    """Where the canned server is, and whom TLS trusts."""

    port: int
    tls_port: int
    cafile: Path

    def url(self, job: str, user: str = f"{USER}@", mailbox: object = 1) -> str:
        """Return the URL for a job."""
        place = f"127.0.0.1:{self.tls_port if job == 'literal' else self.port}/{mailbox}"
        return f"{'imaps' if job == 'literal' else 'imap'}://{user}{place}"


@contextlib.contextmanager
def serving(folder: Path, sizes: Sizes) -> Iterator[Server]:
    """Run the server in a process of its own."""
    made = certs.make(folder / "certs")
    words = [sys.executable, "-m", "tests.bench.canned", str(made.server_pem), *map(str, sizes)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            port, tls_port = map(int, process.stdout.readline().split())
            yield Server(port, tls_port, made.ca)
        finally:
            process.kill()


class Bench:
    """The programs for the jobs on one server."""

    def __init__(self, server: Server, folder: Path, sizes: Sizes, small: int) -> None:
        self.server, self.folder, self.sizes, self.small = server, folder, sizes, small

    def programs(self, job: str) -> dict[str, Program]:
        """Return all by name."""
        ways = ("drain", "imaplib", "imap4", "IMAPClient", "asyncio")
        found = {way: self.library(way, job) for way in ways if reading.present(way)}
        found["-c"] = self.shell(job)
        if shutil.which("curl"):
            found["curl"] = self.curl(job)
        return found

    def library(self, way: str, job: str) -> Program:
        """Return a way of `tests.bench.reading`."""
        more = [str(self.server.cafile), str(self.folder / way)]
        words = reading.words(way, job, self.server.url(job, mailbox=self.small), *more)
        expected = {**self.sizes._asdict(), "small": self.small}[job]
        return Program(words, says(self.octets(job) if way == "drain" else expected))

    def octets(self, job: str) -> int:
        """Return how many octets a drain reads."""
        place = self.server.url(job, mailbox=self.small)
        return reading.drain(reading.Job(job, place, str(self.server.cafile), password=PASSWORD))

    def shell(self, job: str) -> Program:
        """Return `imapsh -c`, which writes octets, or of the small commands a script."""
        script = self.folder / "small.imap"
        script.write_text("".join(f"FETCH {n} BODY.PEEK[HEADER]\n" for n in range(1, self.small + 1)))
        saved = self.folder / "-c"
        commands = {
            "search": ["-c", "SEARCH ALL"],
            "list": ["-c", 'LIST "" *'],
            "literal": ["-c", f"FETCH 1 BODY.PEEK[] > {saved}"],
            "small": ["-f", str(script)],
        }
        options = ["--no-config", "--read-only", "--format", "wire", "--cafile", str(self.server.cafile), "--yes"]
        return Program(imapsh(*options, self.server.url(job), *commands[job]), self.written(job, saved))

    def curl(self, job: str) -> Program:
        """Return curl, which writes lines as they come, and of a FETCH the literal."""
        more = {
            "search": "?ALL",
            "list": "",
            "literal": ";MAILINDEX=1",
            "small": f";MAILINDEX=[1-{self.small}];SECTION=HEADER",
        }
        url = self.server.url(job, user="", mailbox="" if job == "list" else 1)
        words = ["curl", "-sS", "--user", f"{USER}:{PASSWORD}", "--cacert", str(self.server.cafile), url + more[job]]
        saved = self.folder / "curl"
        check = counts(HEADER.split()[0], self.small) if job == "small" else self.written(job, saved)
        return Program([*words, "-o", str(saved)] if job == "literal" else words, check)

    def written(self, job: str, saved: Path) -> Callable[[Path], None]:
        """Return the check of what a program wrote: the ids, the mailboxes, the octets in a file, or the headers."""
        patterns = {"list": rb"^\* LIST ", "small": rb"^From: ", "search": rb"(?<=[\dH]) \d+"}
        if job in patterns:
            return counts(patterns[job], {**self.sizes._asdict(), "small": self.small}[job])

        def check(out: Path) -> None:
            octets = saved.stat().st_size
            saved.unlink()
            if octets != self.sizes.literal:
                raise SystemExit(f"{self.sizes.literal} octets were expected in a file, and {octets} came")

        return check


def able(programs: dict[str, Program]) -> dict[str, Program]:
    """Return the programs without curl if that fails: some versions read no long lines, or not many of them."""
    try:
        if "curl" in programs:
            run(programs["curl"], VARIABLES)
    except SystemExit:
        return {name: program for name, program in programs.items() if name != "curl"}
    return programs


def compared(job: Job, best: dict[str, Taken]) -> Iterator[Figure]:
    """Yield a figure for each form of imapsh beside the one that is like it, and who was first of all."""
    for ours, theirs in PAIRS:
        taken = best[ours]
        if theirs not in best:
            yield Figure(f"{job.title}: {ours}", "", "", None, f"{taken}, {job.gives[ours]}; {theirs} cannot")
            continue
        ratio = round(taken.wall / best[theirs].wall, 2)
        beside = f"{taken}, {job.gives[ours]}; {theirs} {best[theirs]}, {job.gives[theirs]}"
        yield Figure(f"{job.title}: {ours}", f"1.0 x {theirs}", f"x {ratio:.2f}", ratio <= 1, beside)
    first = min((name for name in best if name != "drain"), key=lambda name: best[name].wall)
    yield Figure("  first of all", "imapsh", first, first in _OURS, f"{best[first]}; drain {best['drain']}")


def figures(peers: Peers, sizes: Sizes = SIZES, small: int = SMALL, runs: int = RUNS) -> Iterator[Figure]:
    """Yield the figures of the four jobs."""
    with opened() as folder, serving(folder, sizes) as server:
        bench = Bench(server, folder, sizes, small)
        for job in jobs(sizes, small):
            yield from compared(job, in_turns(able(bench.programs(job.name)), runs, VARIABLES))
