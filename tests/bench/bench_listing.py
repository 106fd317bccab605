"""FETCH 1:* ALL of 100,000 messages on Dovecot, by all who can, beside a socket that is drained.

    python -m tests.bench listing
    python -m tests.bench.bench_listing URL [RUNS]       another mailbox, its user's password in IMAPSH_PASSWORD

Each is a process of its own: its time is from its start to its end, with the login.  They run in turns, and the best of
each counts.  What came is counted each time, so that no failure is measured.
"""

from __future__ import annotations

import imaplib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench import listing, reading
from tests.bench.figures import Figure, table
from tests.bench.machine import compiled, described
from tests.bench.peers import Peers, imapsh
from tests.bench.taken import Program, counts, in_turns, says
from tests.servers.base import Missing

RUNS = 3


class Way(NamedTuple):
    """A row of the table: who reads, what that gives, and how many times the drain's time it may take.

    `program` is a way of `tests.bench.reading`, or a format of the shell's; `compiled` is for the compiled core.
    """

    what: str
    program: str
    allowed: float | None = None
    compiled: float | None = None

    @property
    def budget(self) -> float | None:
        """Return what is allowed for the core that runs."""
        return self.compiled if self.compiled is not None and compiled() else self.allowed


WAYS = (
    Way("imaplib, octets", "imaplib"),
    Way("imapsh.client.imap4, octets", "imap4"),
    Way("IMAPClient, values", "IMAPClient"),
    Way("asyncio, values not touched", "asyncio", 1.2),
    Way("asyncio, every value read", "values", 2.0, 1.3),
    Way("-c, wire to a file", "wire", 1.3),
    Way("-c, json to a file", "json", 3.0),
    Way("-c, pretty to a file", "pretty", 5.0),
)


#: Dovecot says so after ten seconds of a slow client.
_PROGRESS = re.compile(rb"^\* OK Searched .*\r\n", re.MULTILINE)
_MUCH_PROGRESS = 10_000  # octets of it


def wire(octets: int) -> Callable[[Path], None]:
    """Return the check of output in which so many octets were the untagged replies to FETCH."""

    def check(out: Path) -> None:
        written = _PROGRESS.sub(b"", out.read_bytes())
        found = written.rfind(b"\n", 0, -2) - written.find(b"* 1 FETCH") + 1
        if found != octets:
            raise SystemExit(f"{octets} octets were drained, and {found} were written: {written[-200:]!r}")

    return check


def drains(octets: int) -> Callable[[Path], None]:
    """Return the check of the drain, which counts progress too."""

    def check(out: Path) -> None:
        found = int(out.read_text())
        if not octets <= found <= octets + _MUCH_PROGRESS:
            raise SystemExit(f"{octets} octets were drained before, and now {found}")

    return check


def programs(place: listing.Place, octets: int) -> dict[str, Program]:
    """Return all by name: the drain, which reads so many octets, and the ways."""
    checks = {
        "wire": wire(octets),
        "json": counts(rb'"name": ?"FETCH"', place.messages),
        "pretty": counts(rb"^\S \* \d+ FETCH ", place.messages),
    }
    found = {"drain": Program(reading.words("drain", "fetch", place.url), drains(octets))}
    for way in (way.program for way in WAYS if reading.present(way.program)):
        words = imapsh("--no-config", "--read-only", "--format", way, place.url, "-c", "FETCH 1:* ALL")
        known = Program(words, checks[way]) if way in checks else None
        found[way] = known or Program(reading.words(way, "fetch", place.url), says(place.messages))
    return found


def drained(place: listing.Place) -> int:
    """Return the octets of the listing, without progress.  After three times the server has all of it in its memory."""
    return min(reading.drain(reading.Job("fetch", place.url, password=place.password)) for _ in range(3))


def measured(place: listing.Place, runs: int = RUNS) -> Iterator[Figure]:
    """Yield a figure for each way, and one for the drain."""
    octets = drained(place)
    best = in_turns(programs(place, octets), runs, {"IMAPSH_PASSWORD": place.password})
    base = best["drain"]
    size = f"FETCH 1:* ALL of {place.messages:,}, {octets / 1e6:.1f} MB"
    yield Figure(f"{size}: drained raw", "", str(base), None)
    for way in (way for way in WAYS if way.program in best):
        taken = best[way.program]
        ratio, allowed = taken.wall / base.wall, way.budget
        budget = f"{allowed:.1f} x drain" if allowed else ""
        yield Figure(
            f"  {way.what}", budget, f"x {ratio:.2f}", None if allowed is None else ratio <= allowed, str(taken)
        )


def figures(peers: Peers) -> Iterator[Figure]:
    """Fill a mailbox, and read it."""
    try:
        with listing.opened() as folder, listing.filled(folder) as place:
            yield from measured(place)
    except Missing as missing:
        yield Figure("FETCH 1:* ALL of 100,000", "", f"not measured: {missing}", None)


def main(url: str, runs: int = RUNS) -> None:
    """Print the table for a mailbox that is there."""
    job = reading.Job("fetch", url)
    with imaplib.IMAP4(job.host, job.port) as peer:
        peer.login(job.user, job.password)
        place = listing.Place(url, job.password, int(peer.select(job.mailbox, readonly=True)[1][0] or 0))
    print(described())
    for line in table(measured(place, runs)):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
