"""Watching: IDLE between commands, or NOOP now and then; and what is told beside being shown."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from imapsh.session.core import RENEWAL
from imapsh.session.pace import PAUSES
from imapsh.shell.app import at_once
from imapsh.shell.connection.watch import Watch
from tests.servers.base import Server
from tests.shell.acting import ENTER, Peer, acting, play
from tests.shell.clocks import FakeClock
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh, listening, says, url

CAPABILITIES = b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"


class Watched:
    """The demo with INBOX selected and watched, on a clock of the test's."""

    def __init__(self, *, selected: bool = True) -> None:
        self.host = FakeApp(connected=True)
        if selected:
            self.host.does("SELECT INBOX")
        self.talk = self.host.connection
        self.session = self.talk.session
        self.clock = FakeClock()
        self.free = True
        self.notes: list[str] = []
        self.watch = Watch(self.talk, self.clock, lambda: self.free, self.notes.append)

    @property
    def running(self) -> list[str]:
        return [exchange.name for exchange in self.session.running.values()]

    def replied(self) -> str:
        """Read the reply to what watches, and let the prompt wait again; its status."""
        ours = self.watch.exchange
        assert ours is not None
        at_once(self.host.fake.run(self.talk, ours))
        self.watch.completed(ours)
        self.watch.look()
        return ours.status

    def does(self, line: str) -> None:
        """A line of the person's; afterwards the prompt waits again."""
        ours = self.watch.exchange
        self.free = False
        self.host.does(line)
        if ours is not None and ours.response is not None:
            self.watch.completed(ours)
        self.free = True
        self.watch.look()


def test_idle_begins_ends_for_a_command_and_is_taken_up_again() -> None:
    watched = Watched()
    watched.watch.begin()
    assert watched.running == ["IDLE"]
    first = watched.watch.exchange
    watched.watch.look()
    assert watched.watch.exchange is first
    watched.does("NOOP")
    assert watched.running == ["IDLE"]
    assert watched.watch.exchange is not first
    assert watched.notes == ["watching by IDLE: news is shown as it comes; \\watch off ends it"]
    watched.watch.end()
    assert watched.replied() == "OK"
    assert watched.running == []
    assert not watched.watch.watching


def test_it_waits_for_a_mailbox_and_for_the_prompt() -> None:
    watched = Watched(selected=False)
    watched.watch.begin()
    assert watched.running == []
    watched.does("SELECT INBOX")
    assert watched.running == ["IDLE"]
    watched.does("UNSELECT")
    assert watched.running == []
    assert watched.clock.waiting == []
    watched.does("EXAMINE INBOX")
    assert watched.running == ["IDLE"]
    watched.does("LOGOUT")
    assert not watched.watch.watching


def test_it_does_not_begin_while_something_is_done() -> None:
    watched = Watched()
    watched.free = False
    watched.watch.begin()
    assert watched.running == []


def test_idle_is_renewed_every_29_minutes() -> None:
    watched = Watched()
    watched.watch.begin()
    for _ in range(3):
        ours = watched.watch.exchange
        watched.clock.move(RENEWAL - 1)
        assert watched.watch.exchange is ours
        watched.clock.move(1)
        assert watched.replied() == "OK"
        assert watched.watch.exchange is not ours
        assert watched.running == ["IDLE"]
    assert len(watched.clock.waiting) == 1
    assert len(watched.notes) == 1


def test_a19_a_server_that_ends_idle_at_once_is_asked_by_noop() -> None:
    watched = Watched()
    watched.watch.begin(30)
    idles = 0
    for pause in (*PAUSES, 30):
        ours = watched.watch.exchange
        assert ours is not None
        assert ours.name == "IDLE"
        idles += 1
        watched.session.receive(f"+ go\r\n{ours.tag} OK done\r\n".encode())
        assert list(watched.session.events())
        watched.watch.completed(ours)
        watched.watch.look()
        assert watched.running == []
        watched.clock.move(pause - 0.5)
        assert watched.running == []
        watched.clock.move(0.5)
    assert idles == 4
    assert watched.running == ["NOOP"]
    assert [note.partition(": ")[0] for note in watched.notes] == [
        "watching by IDLE",
        "watching by NOOP every 30 s, because the server ends IDLE at once",
    ]


def test_noop_where_there_is_no_idle() -> None:
    watched = Watched()
    watched.session.known.capabilities -= {"IDLE", "IMAP4REV2"}
    watched.watch.begin(30)
    assert watched.notes == [
        "watching by NOOP every 30 s, because the server has no IDLE: news is shown as it comes; \\watch off ends it"
    ]
    watched.clock.move(29)
    assert watched.running == []
    watched.clock.move(1)
    assert watched.running == ["NOOP"]
    assert watched.replied() == "OK"
    watched.free = False
    watched.clock.move(60)
    assert watched.running == []
    watched.free = True
    watched.clock.move(30)
    assert watched.running == ["NOOP"]


# -- on a screen


async def opened(person: object, peer: Peer, line: str = "SELECT INBOX") -> None:
    person.types(line + ENTER)  # type: ignore[attr-defined]
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(b"* 23 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
    await person.screen.shows("INBOX>")  # type: ignore[attr-defined]


def test_a_push_comes_above_a_half_typed_line_and_a_command_ends_idle(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            await person.enters("\\watch on", "INBOX (watching)>", "watching by IDLE")
            await peer.hears(b"A2 IDLE\r\n")
            peer.says(b"+ idling\r\n")
            person.types("FETCH 24 (FLA")
            await person.screen.shows("FETCH 24 (FLA")
            peer.says(b"* OK Still here\r\n* 24 EXISTS\r\n* 1 RECENT\r\n")
            await person.screen.shows("~ * 24 EXISTS  EXISTS 23 -> 24", "~ * 1 RECENT", "EXISTS 24")
            assert person.screen.line("~ * 1 RECENT") + 1 == person.screen.line("FETCH 24 (FLA")
            person.types("GS)" + ENTER)
            await peer.hears(b"DONE\r\n")
            peer.says(b"A2 OK idled\r\n")
            await peer.hears(b"A3 FETCH 24 (FLAGS)\r\n")
            peer.says(b"* 24 FETCH (FLAGS ())\r\nA3 OK fetched\r\n")
            await peer.hears(b"A4 IDLE\r\n")
            peer.says(b"+ idling\r\n* 25 EXISTS\r\n")
            await person.screen.shows("24 -> 25")
            await person.enters("\\last wire")
            await person.screen.until(lambda: person.screen.text.count("A3 FETCH 24 (FLAGS)") == 2)
            await person.screen.until(lambda: person.screen.text.count("* 25 EXISTS") == 2)
            for unseen in ("Still here", "IDLE\n", "idled", "idling", "DONE"):
                assert unseen not in person.screen.text
            await person.enters("\\watch off", "not watching")
            await peer.hears(b"DONE\r\n")
            peer.says(b"A4 OK idled\r\n")
            await person.prompted(f"127.0.0.1:{peer.port} INBOX>")

    play(scene)


def test_a_server_that_refuses_idle_is_asked_by_noop(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            person.types("\\watch 0.05" + ENTER)
            await peer.hears(b"A2 IDLE\r\n")
            peer.says(b"A2 NO not now\r\n")
            await person.screen.shows("watching by NOOP every 0.05 s, because the server has no IDLE")
            await peer.hears(b"A3 NOOP\r\n")
            peer.says(b"* 24 EXISTS\r\nA3 OK [X] done\r\n")
            await person.screen.shows("~ * 24 EXISTS  EXISTS 23 -> 24")
            assert "NOOP\n" not in person.screen.text
            await peer.hears(b"A4 NOOP\r\n")
            peer.says(b"A4 OK done\r\n")
            await person.enters("\\watch off", "not watching")

    play(scene)


def test_each_connection_watches_for_itself_also_anew(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, watch=True) as person:
            await person.enters("SELECT INBOX", "INBOX (watching)>")
            await person.enters("\\connect -n two", "two demo@demo>")
            await person.enters("APPEND INBOX {3}")
            await person.enters("abc", "1   | ~ * 12 EXISTS  EXISTS 11 -> 12")
            await person.enters("\\sessions", "1         demo@demo INBOX selected, watching")
            await person.enters("\\use 1", "1 demo@demo INBOX (watching)>")
            await person.enters("\\connect", "1 demo@demo INBOX (watching)>")

    play(scene)


def test_ctrl_c_at_the_prompt_does_not_take_what_watches_for_a_command(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, watch=True) as person:
            await person.enters("SELECT INBOX", "INBOX (watching)>")
            person.types("\x03")
            await person.enters("NOOP", "nothing done")
            assert "disconnect?" not in person.screen.text
            assert "still running" not in person.screen.text

    play(scene)


class LoopClock(FakeClock):
    """Moves when told to, but for what is due at once."""

    def call_soon(self, *work: object) -> None:
        asyncio.get_running_loop().call_soon(*work)  # type: ignore[arg-type]


@pytest.mark.parametrize(("reply", "mark"), [("OK enough", "<"), ("NO not any more", "! ")])
def test_a18_a_typed_idle_that_the_server_ends_gives_the_prompt_back(tmp_path: Path, reply: str, mark: str) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            person.types("IDLE" + ENTER)
            await peer.hears(b"A2 IDLE\r\n")
            peer.says(b"+ go\r\n")
            await person.screen.shows("INBOX (idle)>")
            peer.says(f"* 24 EXISTS\r\nA2 {reply}\r\n".encode())
            await person.screen.shows(f"A2 {reply}")
            await person.prompted(f"127.0.0.1:{peer.port} INBOX>")
            person.types("NOOP" + ENTER)
            await peer.hears(b"A3 NOOP\r\n")
            peer.says(b"A3 OK\r\n")
            await person.prompted(f"127.0.0.1:{peer.port} INBOX>")

    play(scene)


@pytest.mark.parametrize("reply", ["OK enough", "NO not any more"])
def test_a18_an_idle_that_is_answered_at_once_gives_the_prompt_back(tmp_path: Path, reply: str) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            person.types("IDLE" + ENTER)
            await peer.hears(b"A2 IDLE\r\n")
            peer.says(f"+ go\r\nA2 {reply}\r\n".encode())
            await person.screen.shows(f"A2 {reply}")
            await person.prompted(f"127.0.0.1:{peer.port} INBOX>")
            assert peer.heard == b""

    play(scene)


def test_a_typed_idle_is_renewed_too_and_shown(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            talk, clock = person.shell.app.here, LoopClock()
            assert talk is not None
            person.shell.driver.attending(talk)._clock = clock  # type: ignore[assignment]
            person.types("IDLE" + ENTER)
            await peer.hears(b"A2 IDLE\r\n")
            peer.says(b"+ go\r\n")
            await person.screen.shows("INBOX (idle)>")
            clock.move(RENEWAL)
            await peer.hears(b"DONE\r\n")
            peer.says(b"A2 OK\r\n")
            await peer.hears(b"A3 IDLE\r\n")
            peer.says(b"+ go\r\n")
            await person.screen.shows("IDLE ends and begins again", "> A3 IDLE", "INBOX (idle)>")
            person.types(ENTER)
            await peer.hears(b"DONE\r\n")
            peer.says(b"A3 OK\r\n")
            await person.prompted(f"127.0.0.1:{peer.port} INBOX>")
            clock.move(RENEWAL)
            assert peer.heard == b""

    play(scene)


# -- in a script


def pushes(sock: socket.socket) -> None:
    """SELECT, then IDLE with news."""
    sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n")
    with sock.makefile("rb") as lines:
        for line in lines:
            tag = line.split()[0]
            if line.endswith(b"SELECT INBOX\r\n"):
                sock.sendall(b"* 3 EXISTS\r\n" + tag + b" OK in\r\n")
            elif line.endswith(b"IDLE\r\n"):
                sock.sendall(b"+ go\r\n* OK Still here\r\n* 4 EXISTS\r\n")
            elif line == b"DONE\r\n":
                sock.sendall(b"A2 OK idled\r\n")
            else:
                sock.sendall(tag + b" OK there\r\n")


def test_a_script_watches_for_so_long() -> None:
    with listening(pushes) as port:
        script = ("-c", "SELECT INBOX", "-c", "\\watch 0.3", "-c", "NOOP")
        done = imapsh(*script, "--format", "json", url(port))
    assert done.status == 0, done.err
    lines = [json.loads(line) for line in done.lines]
    (news,) = (line for line in lines if line.get("unsolicited") and line["name"] == "EXISTS")
    assert news["change"] == "EXISTS 3 -> 4"
    assert [line["command"] for line in lines if "command" in line] == ["SELECT INBOX", "NOOP"]
    assert "Still here" not in done.out.decode()


def test_a19_a_script_pauses_after_an_idle_that_was_ended_at_once() -> None:
    heard: list[bytes] = []

    def ends_at_once(sock: socket.socket) -> None:
        sock.sendall(CAPABILITIES.replace(b"rev1", b"rev1 IDLE"))
        with sock.makefile("rb") as lines:
            for line in lines:
                heard.append(line)
                go = b"+ go\r\n" if line.endswith(b"IDLE\r\n") else b""
                sock.sendall(go + line.split()[0] + b" OK done\r\n")

    with listening(ends_at_once) as port:
        done = imapsh("-c", "SELECT INBOX", "-c", "\\watch 0.5", "--format", "pretty", url(port))
    assert done.status == 0, done.err
    assert len([line for line in heard if line.endswith(b"IDLE\r\n")]) == 1


def test_a_script_polls_where_idle_is_refused() -> None:
    answers = (b"* 3 EXISTS\r\nTAG OK\r\n", b"TAG BAD what\r\n", b"* 4 EXISTS\r\nTAG OK\r\n")
    with listening(says(*answers, greeting=b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n")) as port:
        done = imapsh("-c", "SELECT INBOX", "-c", "\\watch 1.5", "--format", "pretty", url(port))
    assert done.status == 0, done.err
    assert "~ * 4 EXISTS  EXISTS 3 -> 4" in done.lines


def test_a_script_needs_a_mailbox_to_watch() -> None:
    done = imapsh("--demo", "-c", "\\watch 5")
    assert done.status == 2
    assert "SELECT one first" in done.err
    assert "on, off or seconds" in imapsh("--demo", "-c", "\\watch now").err


# -- real servers


@pytest.mark.parametrize(("name", "refused"), [("dovecot", False), ("courier", False), ("courier", True)])
def test_mail_that_another_connection_brings_is_shown(
    name: str, refused: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: Server = request.getfixturevalue(name)

    async def scene() -> None:
        there = f"imap://{server.host}:{server.port}"
        async with acting(tmp_path, url=there, cafile=str(server.cafile), cleartext=True, no_ask=False) as person:
            for line in ("STARTTLS", f"LOGIN {server.user} {server.password}", "SELECT INBOX"):
                await person.enters(line)
            await person.screen.shows("INBOX>")
            talk = person.shell.app.here
            assert talk is not None
            assert talk.session.mailbox is not None
            known = talk.session.mailbox.exists
            talk.watch._instead = "the server has no IDLE" if refused else ""
            way = "by NOOP every 0.5 s" if refused else "by IDLE"
            await person.enters("\\watch 0.5", "INBOX (watching)>", f"watching {way}")
            await person.enters("\\connect -n two", "two ")
            await person.enters(f"LOGIN {server.user} {server.password}")
            await person.enters("APPEND INBOX {18}")
            await person.enters("Subject: news", "3 octets")
            await person.enters("abc", f"{known} -> {(known or 0) + 1}")

    play(scene)
