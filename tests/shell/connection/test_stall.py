"""A stall explained, and the way out of it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from imapsh.session.waiting import Waiting
from imapsh.shell.connection.opening import FAREWELL
from imapsh.shell.connection.stall import Stall, explained
from tests.session.player import SELECTED, play
from tests.shell.acting import ENTER, Peer, acting
from tests.shell.acting import play as scene_of
from tests.shell.clocks import FakeClock
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh, listening, says, url

FETCHING = f"{SELECTED}\n>>> FETCH 1 BODY[1]\nC: A2 FETCH 1 BODY[1]"
FETCH = b"* 1 FETCH (BODY[1] {4096}\r\nshort text\r\n)\r\n"


class Told:
    """A session that a stall is watched of, and what was told."""

    def __init__(self, script: str) -> None:
        self.player = play(script)
        self.clock = FakeClock()
        self.notes: list[Waiting] = []
        self.stall = Stall(self.player.session, 3, self.notes.append, self.clock)
        self.stall.heard()

    def hears(self, octets: bytes) -> None:
        self.player.session.receive(octets)
        self.player.pump()
        self.stall.heard()


def test_one_note_after_the_quiet_time() -> None:
    told = Told(f"{FETCHING}\nS: * 1 FETCH (BODY[1] {{4096}}")
    told.clock.move(2)
    told.hears(b"text\r\n")
    told.clock.move(2.9)
    assert told.notes == []
    told.clock.move(0.2)
    assert [str(note) for note in told.notes] == ["waiting for 4096 octets, 6 received"]
    told.clock.move(100)
    assert len(told.notes) == 1
    assert told.clock.waiting == []


def test_what_is_new_is_told_and_what_is_not_is_not() -> None:
    told = Told(f"{FETCHING}\nS: * 1 FETCH (BODY[1] {{4096}}")
    for octets in (b"a", b"b", b"c\r\nA2 OK done\r\n"):
        told.clock.move(10)
        told.hears(octets)
    told.clock.move(10)
    assert [(note.received, note.looks) for note in told.notes] == [(0, ""), (17, "a tagged reply")]


def test_no_timer_between_replies_and_none_that_tells_when_it_came() -> None:
    told = Told(FETCHING)
    assert told.clock.waiting == []
    told.hears(b"* 1 FETCH (BODY[1] {2}\r\n")
    told.hears(b"ab)\r\nA2 OK\r\n")
    told.clock.move(10)
    assert told.notes == []
    assert told.clock.waiting == []


def test_zero_seconds_are_never() -> None:
    told = Told(f"{SELECTED}\nS+: * OK ha")
    quiet = Stall(told.player.session, 0, told.notes.append, told.clock)
    told.clock.move(10)
    told.notes.clear()
    quiet.heard()
    assert told.clock.waiting == []


def test_the_way_out_is_said() -> None:
    literal = Waiting("literal", 4096, 1200, "a tagged reply", "A2 FETCH")
    assert explained(literal, at_prompt=True) == (
        "waiting for 4096 octets, 1200 received; the last look like a tagged reply: the announced size may be wrong. "
        "\\resync continues from there"
    )
    assert explained(literal._replace(looks=""), at_prompt=False).endswith("; Ctrl-C and \\resync continue from there")
    assert "\\raw" in explained(Waiting("+", 3, command="A2 APPEND"), at_prompt=True)


# -- on a screen


def test_a_stall_gives_the_prompt_back_and_resync_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types("FETCH 1 BODY[1]" + ENTER)
            await peer.hears(b"FETCH 1 BODY[1]\r\n")
            peer.says(FETCH + b"A1 OK done\r\n")
            await person.screen.shows("waiting for 4096 octets, 27 received; the last look like a tagged reply: the")
            await person.screen.shows("A1 FETCH is still running")
            await person.enters("\\resync", "4096 octets were announced and 12 come before", "< A1 OK done", "[literal")
            await person.screen.until(lambda: "still running" not in person.screen.text)
            person.types("NOOP" + ENTER)
            await peer.hears(b"A2 NOOP\r\n")
            peer.says(b"A2 OK\r\n")
            await person.screen.shows("< A2 OK")

    scene_of(scene)


def test_resync_tells_what_is_left_where_nothing_is_shown(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types(f"FETCH 1 BODY[1] > {tmp_path / 'out'}" + ENTER)
            await peer.hears(b"FETCH 1 BODY[1]\r\n")
            peer.says(b"* 1 FETCH (BODY[1] {99}\r\na poem\r\n")
            await person.screen.shows("waiting for 99 octets, 8 received")
            person.shell.driver.interrupt()
            await person.screen.shows("interrupted")
            await person.enters("\\resync", "\\resync again gives up what has no reply yet: A1 FETCH")
            await person.enters("\\resync", "given up: A1 FETCH")

    scene_of(scene)


def test_without_a_reply_in_it_ctrl_c_gives_the_prompt_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types("FETCH 1 BODY[1]" + ENTER)
            await peer.hears(b"FETCH 1 BODY[1]\r\n")
            peer.says(b"* 1 FETCH (BODY[1] {99}\r\na poem\r\n")
            await person.screen.shows("waiting for 99 octets, 8 received; Ctrl-C and \\resync continue from there")
            person.shell.driver.interrupt()
            await person.screen.shows("A1 FETCH is still running; \\last")
            left = "\\resync again gives up what has no reply yet: A1 FETCH"
            await person.enters("\\resync", "99 octets were announced and 8 came", left)
            peer.says(b"A1 OK done\r\n")
            await person.screen.shows("< A1 OK done")

    scene_of(scene)


@pytest.mark.parametrize("line", ["FETCH 1 BODY[1] > out", "\\each FETCH 1 BODY[1] > out"])
def test_where_the_output_goes_to_a_file_ctrl_c_gives_the_prompt_back(line: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types(line + ENTER)
            await peer.hears(b"FETCH 1 BODY[1]\r\n")
            peer.says(b"* 1 FETCH (BODY[1] {99}\r\na poem\r\n")
            await person.screen.shows("waiting for 99 octets, 8 received; Ctrl-C and \\resync continue from there")
            person.shell.driver.interrupt()
            await person.screen.shows("interrupted")
            await person.enters("\\resync")
            peer.says(b"A1 OK done\r\n")
            await person.screen.until(lambda: not person.shell.app.connection.busy)

    with contextlib.chdir(tmp_path):
        scene_of(scene)


def test_a_go_ahead_that_does_not_come(tmp_path: Path) -> None:
    async def scene() -> None:
        greeting = b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"
        async with Peer(greeting) as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types("APPEND x {3}" + ENTER + "abc" + ENTER)
            await peer.hears(b"{3}\r\n")
            await person.screen.shows("the server has not sent + for the literal of 3 octets of A1 APPEND")
            peer.says(b"+ go\r\n")
            await peer.hears(b"abc\r\n")
            peer.says(b"A1 OK\r\n")

    scene_of(scene)


def test_a_push_that_is_left_open_is_told_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            await person.screen.shows("hello")
            peer.says(b"* 1 FETCH (FLAGS (\\Seen)\r\n")
            await person.screen.shows(
                "inside a parenthesis; only the next line shows whether it continues; \\resync continues"
            )
            await person.enters("\\resync", "* 1 FETCH")
            await person.enters("\\resync", "there is nothing to give up")

    scene_of(scene)


def test_a_time_out_in_a_batch_explains_too() -> None:
    with listening(says(FETCH + b"TAG OK done\r\n")) as port:
        done = imapsh("-c", "FETCH 1 BODY[1]", "--timeout", "1", url(port))
    assert done.status == 7
    assert "waiting for 4096 octets, 27 received; the last look like a tagged reply" in done.err


@pytest.mark.parametrize("octets", [b"* OK ha", FETCH + b"A1 OK done\r\n"])
def test_a_script_may_resync(octets: bytes) -> None:
    """Octets that a \\raw brought."""
    with listening(says(octets, b"TAG OK there\r\n")) as port:
        script = ("-c", "\\raw x\\r\\n", "-c", "\\resync", "-c", "NOOP")
        done = imapsh(*script, "--timeout", "1", "--format", "pretty", url(port))
    assert done.status == 0, done.err
    assert "OK there" in done.lines[-1] or "OK there" in done.out.decode()


# -- A17: a tagged reply that never comes


def test_a17_it_is_told_and_resync_gives_it_up(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types("EXPUNGE" + ENTER)
            await peer.hears(b"A1 EXPUNGE\r\n")
            await person.screen.shows("A1 EXPUNGE has no reply yet; Ctrl-C gives the prompt back, and \\resync then")
            person.shell.driver.interrupt()
            await person.screen.shows("A1 EXPUNGE is still running; \\last will")
            await person.enters("FETCH 1 FLAGS", "A2 FETCH waits: A1 EXPUNGE is still running")
            assert peer.heard == b""
            await person.enters("\\resync", "given up: A1 EXPUNGE; imapsh no longer waits for the reply")
            await peer.hears(b"A2 FETCH 1 FLAGS\r\n")
            peer.says(b"A2 OK there\r\n")
            await person.screen.shows("< A2 OK there")
            peer.says(b"A1 OK at last\r\n")
            await person.screen.shows("< A1 OK at last", "this is the late reply to A1 EXPUNGE, which was given up")
            assert "no command with the tag" not in person.screen.text
            await person.enters("\\resync", "there is nothing to give up")

    scene_of(scene)


def test_a17_what_comes_is_shown_while_a_command_was_left_running(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0) as person:
            person.types("SEARCH ALL" + ENTER)
            await peer.hears(b"A1 SEARCH ALL\r\n")
            person.shell.driver.interrupt()
            await person.screen.shows("A1 SEARCH is still running")
            person.types("\\raw x1 CAPABILITY\\r\\n" + ENTER)
            await peer.hears(b"x1 CAPABILITY\r\n")
            peer.says(b"* CAPABILITY IMAP4rev1 XFOO\r\nx1 OK that is all\r\n* SEARCH 9\r\n* 4 EXISTS\r\n")
            await person.screen.shows("XFOO", "x1 OK that is all", "* 4 EXISTS")
            assert "* SEARCH 9" not in person.screen.text
            peer.says(b"A1 OK done\r\n")
            await person.screen.shows("A1 SEARCH is done: OK")

    scene_of(scene)


@pytest.mark.parametrize("line", ["FETCH 1 BODY[1] > out", "\\repeat 3 0 NOOP"])
def test_a17_it_is_told_of_lines_that_wait_in_their_own_way(line: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0.02) as person:
            person.types(line + ENTER)
            await peer.hears(b"\r\n")
            await person.screen.shows("has no reply yet; Ctrl-C gives the prompt back, and \\resync then gives")
            person.shell.driver.interrupt()
            await person.enters("\\resync", "given up: A1 ")
            peer.says(b"A1 OK late\r\n")
            await person.screen.shows("< A1 OK late")

    with contextlib.chdir(tmp_path):
        scene_of(scene)


def test_a17_what_is_half_sent_is_not_given_up(tmp_path: Path) -> None:
    async def scene() -> None:
        greeting = b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"
        async with Peer(greeting) as peer, acting(tmp_path, url=peer.url, stall=0) as person:
            person.types("APPEND x {3}" + ENTER + "abc" + ENTER)
            await peer.hears(b"{3}\r\n")
            person.shell.driver.interrupt()
            await person.screen.shows("A1 APPEND is still running")
            await person.enters("\\resync", "the server has not sent + for the literal of 3 octets of A1 APPEND; \\raw")
            peer.says(b"+ go\r\n")
            await peer.hears(b"abc\r\n")
            peer.says(b"A1 OK\r\n")

    scene_of(scene)


@pytest.mark.parametrize("line", ["\\connect", "\\disconnect"])
def test_a17_no_logout_goes_behind_what_hangs_and_that_is_said(line: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, stall=0) as person:
            person.types("EXPUNGE" + ENTER)
            await peer.hears(b"A1 EXPUNGE\r\n")
            person.shell.driver.interrupt()
            await person.screen.shows("A1 EXPUNGE is still running")
            begun = asyncio.get_running_loop().time()
            await person.enters(line, "LOGOUT was not sent: A1 EXPUNGE is still running")
            if line == "\\connect":
                await person.screen.until(lambda: peer.conversations == 2)
            assert asyncio.get_running_loop().time() - begun < FAREWELL
            assert b"LOGOUT" not in peer.heard

    scene_of(scene)


def test_a17_a_script_is_told_too() -> None:
    with listening(says(b"")) as port:
        done = imapsh("-c", "NOOP", "--stall", "0.1", "--timeout", "0.4", url(port))
    assert done.status == 7
    assert "A1 NOOP has no reply yet; --timeout limits the wait" in done.err


def test_a17_resync_says_what_it_gave_up_or_that_there_is_nothing() -> None:
    app = FakeApp(connected=True)
    app.does("\\resync")
    assert "no literal or line is unfinished, and no command waits for its reply" in app.text
    app.session.line("NOOP")
    app.does("\\resync")
    assert "given up: " in app.text
