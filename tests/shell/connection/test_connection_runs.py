"""A listing that comes in runs is shown, kept and remembered as if each response had come by itself."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from imapsh.session.events import ReceivedRun
from imapsh.session.inbox import Inbox
from imapsh.shell.batch.batch import Batch
from imapsh.shell.batch.script import Script
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.options import parse
from tests.grammar.listings import listing
from tests.shell.acting import Actor, Peer, acting, play
from tests.shell.running import listening, says, url

PERSON = '("P{0} of \\"the\\" office" NIL "p{0}" "example.org")'
SUBJECTS = ("Re: minutes", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", 'the \\"quoted\\" word', "a {5}", "")


def line(number: int) -> str:
    """Return a FETCH as a server lists it; every ninth has an 8-bit subject in a literal."""
    subject = f'"{SUBJECTS[number % 5]} {number}"' if number % 9 else "{6}\r\nGr\xc3\xbc\xc3\x9f"[:11]
    to = "".join(PERSON.format(number + other) for other in range(number % 3 + 1))
    one = f"({PERSON.format(number % 4)})"
    envelope = f'("Thu, 1 Feb 2024 09:15:00 +0100" {subject} {one} {one} NIL ({to}) NIL NIL NIL "<{number}@b>")'
    flags = r"\Seen $Work" if number % 2 else ""
    return (
        f'* {number} FETCH (UID {number + 7} FLAGS ({flags}) INTERNALDATE " 1-Feb-2024 09:{number % 60:02}:00 +0100" '
        f"RFC822.SIZE {number * 9} ENVELOPE {envelope})\r\n"
    )


LISTING = "".join(map(line, range(1, 61))).encode("latin-1")
MARKED = b"".join(
    b"* %d FETCH (FLAGS (%s))\r\n" % (number, (b"\\Seen", b"", b"$Work UID", b"FLAGS \\Seen")[number % 4])
    for number in range(1, 61)
)
OTHERS = b"* OK still here\r\n* 61 EXISTS\r\n* 7 EXPUNGE\r\n"
SELECTED = (
    b"* FLAGS (\\Seen)\r\n* 60 EXISTS\r\n* OK [UIDVALIDITY 3]\r\n* OK [UIDNEXT 90]\r\nTAG OK [READ-WRITE] done\r\n"
)


def ran(
    monkeypatch: pytest.MonkeyPatch, together: bool, octets: bytes, script: bytes, *words: str, terminal: bool
) -> str:
    """Return what a batch writes, without times and ports; with `together` false, nothing comes in runs."""
    with monkeypatch.context() as patch:
        if not together:
            patch.setattr(Inbox, "together", lambda inbox, most: None)
        with listening(says(SELECTED, octets + b"TAG OK done\r\n")) as port:
            options = parse([url(port), "--no-config", "--no-starttls", *words])
            out = io.BytesIO()
            Batch(make_plan(options), options, out, terminal=terminal).run(Script(b"SELECT INBOX\n" + script))
    text = out.getvalue().decode("utf-8", "surrogateescape")
    return re.sub(r"elapsed\":[\d.]+|(, first after )?[\d.]+ m?s\b|127.0.0.1:\d+", "", text)


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        ["--format", "wire"],
        ["--format", "json"],
        ["--format", "json", "--json-raw"],
        ["--format", "pretty", "--color", "never"],
        ["--format", "pretty", "--color", "always"],
        ["--format", "view", "--color", "never"],
        ["--format", "hex", "--color", "never"],
    ],
    ids=" ".join,
)
def test_each_format_shows_the_same(monkeypatch: pytest.MonkeyPatch, words: list[str], terminal: bool) -> None:
    script = b"UID FETCH 1:* ALL\n\\last\nNOOP\n"
    octets = LISTING + OTHERS + LISTING.replace(b"Re: ", b"AW: ") + MARKED
    together, apart = (ran(monkeypatch, both, octets, script, *words, terminal=terminal) for both in (True, False))
    assert together == apart
    assert len(together) > 1000


@given(octets=listing())
@settings(max_examples=20)
def test_any_listing_is_shown_the_same(octets: bytes) -> None:
    for words in (["--format", "json"], ["--format", "pretty", "--color", "never"], ["--format", "wire"]):
        with pytest.MonkeyPatch.context() as patch:
            shown = [ran(patch, both, octets, b"FETCH 1:* ALL\n", *words, terminal=False) for both in (True, False)]
        assert shown[0] == shown[1]


def test_what_is_redirected_and_what_the_shell_asks_is_taken_one_by_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for together in (True, False):
        target = tmp_path / str(together)
        shown = ran(monkeypatch, together, LISTING, b"FETCH 1:* ALL > %s\n" % str(target).encode(), terminal=False)
        assert "minutes" not in shown
    assert (tmp_path / "True").read_bytes() == (tmp_path / "False").read_bytes() != b""


def test_a_run_comes_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def counted(take: Callable[[Connection, ReceivedRun], None]) -> Callable[[Connection, ReceivedRun], None]:
        def count(self: Connection, run: ReceivedRun) -> None:
            taken.append(len(run.uids))
            take(self, run)

        return count

    monkeypatch.setattr(Connection, "take_run", counted(Connection.take_run))
    ran(monkeypatch, True, LISTING, b"FETCH 1:* ALL\n", terminal=False)
    assert sum(taken) > 40


def test_what_completion_offers_is_learned(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await listed(person, peer, LISTING)
            record = person.shell.app.connection.record
            newest = list(record.known.messages.newest())
            assert [number for number, _ in newest] == list(range(60, 0, -1))
            assert [(seen.subject, seen.sender, seen.uid, seen.day) for _, seen in newest[:2]] == [
                ("Re: minutes 60", 'P0 of "the" office', 67, "1-Feb-2024"),
                (" 59", 'P3 of "the" office', 66, "1-Feb-2024"),
            ]
            assert list(record.known.messages.keywords) == ["$Work"]
            assert record.results.found is not None
            assert bytes(record.results.found.marks).rstrip(b"\0") == b"\1" * 60
            assert record.viewer.memory.subject(60, None) == "Re: minutes 60"

    play(scene)


async def listed(person: Actor, peer: Peer, octets: bytes) -> None:
    await person.prompted_once()
    person.types("SELECT INBOX\r")
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(SELECTED.replace(b"TAG", b"A1"))
    await person.screen.shows("READ-WRITE")
    await person.prompted_once()
    person.types("FETCH 1:* ALL\r")
    await peer.hears(b"FETCH 1:* ALL\r\n")
    peer.says(octets + b"A2 OK fetched\r\n")
    await person.screen.shows("fetched")


@pytest.mark.parametrize("octets", [LISTING, MARKED], ids=["all", "flags"])
@pytest.mark.parametrize("color", ["always", "never"])
def test_the_prompt_shows_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, octets: bytes, color: str) -> None:
    shown: list[str] = []

    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, color=color) as person:
            await listed(person, peer, octets)
            listing = person.screen.written.partition("-> selected")[2].partition("FLAGS")[2]
            shown.append(listing.partition("fetched")[0])

    play(scene)
    monkeypatch.setattr(Inbox, "together", lambda inbox, most: None)
    play(scene)
    assert shown[0] == shown[1]
    assert shown[0].count("FETCH") > 50
    assert ("\x1b[" in shown[0]) == (color == "always")
