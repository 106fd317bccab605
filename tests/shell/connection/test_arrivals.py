"""New messages told with from whom they are, and about what."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest

from imapsh.session.events import Received
from imapsh.shell.connection.arrivals import NAMED, TOGETHER, Arrivals
from imapsh.shell.connection.dial import make_plan
from tests.servers.base import Server
from tests.shell.acting import ENTER, Actor, Peer, acting, play
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import imapsh, listening, url

NEW = b'* %d FETCH (UID %d ENVELOPE (NIL "%b" (("%b" NIL "ida" "example.org")) NIL NIL NIL NIL NIL NIL NIL))\r\n'


class Asked:
    """A mailbox of 3 messages, UIDNEXT 10, whose server answers NOOP and FETCH as it is told."""

    def __init__(self, noop: str, fetch: str, opened: str = "* OK [UIDNEXT 10] next\n") -> None:
        self.host = FakeApp()
        answers = {
            "SELECT": f"* 3 EXISTS\n{opened}TAG OK done",
            "ENABLE": "* ENABLED UIDONLY\nTAG OK done",
            "NOOP": f"{noop}TAG OK done",
            "FETCH": fetch,
            "UID FETCH": fetch,
        }
        self.host.talks_over(answering(answers, "IMAP4rev1 ENABLE UIDONLY"), make_plan(self.host.options))
        connection = self.host.connection
        self.arrivals = Arrivals(connection.session, connection.quietly)
        self.taken: list[bool] = []
        connection.listeners.append(
            lambda connection, event, own: (
                self.taken.append(self.arrivals.take(event)) if isinstance(event, Received) else None
            )
        )
        self.host.does("SELECT INBOX")

    def tells(self) -> tuple[list[str], str]:
        exchange = self.arrivals.ask()
        self.host.to_the_end(one for one in [exchange])
        found, others = self.arrivals.told(exchange)
        return [str(one) for one in found], others


def answer(*rows: tuple[int, int, str, str]) -> str:
    said = b"".join(NEW % (seq, uid, subject.encode(), name.encode()) for seq, uid, subject, name in rows)
    return said.decode().replace("\r\n", "\n") + "TAG OK done"


def test_only_new_messages_are_asked_for() -> None:
    asked = Asked("* 5 EXISTS\n", answer((4, 10, "=?utf-8?q?caf=C3=A9?=", "Ida"), (5, 12, "", "")))
    assert asked.arrivals.due == 0
    asked.host.does("NOOP")
    assert asked.arrivals.due == 2
    assert asked.tells() == (
        ["new: UID 10, from Ida <ida@example.org>: café", "new: UID 12, from ida@example.org: (no subject)"], ""
    )  # fmt: skip
    assert asked.host.sent[-1] == "FETCH 4:5 (UID ENVELOPE)"
    assert asked.arrivals.due == 0


def test_of_a_flood_the_first_are_named() -> None:
    asked = Asked("* 10003 EXISTS\n", answer(*((n, n + 6, f"s{n}", "x") for n in range(4, 4 + 2 * NAMED))))
    asked.host.does("NOOP")
    found, others = asked.tells()
    assert len(found) == NAMED
    assert others == "new: 9,995 messages more"
    assert asked.host.sent[-1] == "FETCH 4:8 (UID ENVELOPE)"


@pytest.mark.parametrize(
    ("fetch", "found", "others"),
    [
        (answer((4, 9, "old", "x")), 0, "new: 1 message that cannot be read, or gone again"),
        ("* 4 FETCH (UID 10 ENVELOPE (broken))\nTAG OK done", 0, "new: 1 message that cannot be read, or gone again"),
        ("TAG OK done", 0, "new: 1 message that cannot be read, or gone again"),
        ("TAG NO busy", 0, "new: the server does not say from whom, and answers FETCH with NO"),
        ("TAG BAD what", 0, "new: the server does not say from whom, and answers FETCH with BAD"),
        (answer((4, 10, "x" * 5000, "y" * 5000)), 1, ""),
        (answer((4, 10, "a\tb\x1b[31m", "c")), 1, ""),
    ],
)
def test_what_a_server_may_answer(fetch: str, found: int, others: str) -> None:
    asked = Asked("* 4 EXISTS\n", fetch)
    asked.host.does("NOOP")
    told, more = asked.tells()
    assert (len(told), more) == (found, others)
    assert all(len(one) < 250 for one in told)


def test_what_is_no_growth_is_no_news() -> None:
    asked = Asked("* 2 EXISTS\n* 3 EXISTS\n* 1 RECENT\n* 1 EXPUNGE\n", "TAG OK done", opened="")
    asked.host.does("NOOP")
    assert asked.arrivals.due == 1
    asked.host.does("SELECT INBOX")
    assert asked.arrivals.due == 0


def test_uids_are_used_where_there_are_no_numbers() -> None:
    asked = Asked("* 4 EXISTS\n", "* 10 UIDFETCH (UID 10 FLAGS ())\nTAG OK done")
    asked.host.does("ENABLE UIDONLY").does("NOOP")
    asked.tells()
    assert asked.host.sent[-1] == "UID FETCH 10 (UID ENVELOPE)"


# -- at the prompt


async def watching(person: Actor, peer: Peer) -> None:
    person.types("SELECT INBOX" + ENTER)
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(b"* 23 EXISTS\r\n* OK [UIDNEXT 100] next\r\nA1 OK [READ-WRITE] ok\r\n")
    await person.screen.shows("INBOX>")
    await person.enters("\\watch -v on", "INBOX (watching)>", "watching by IDLE")
    await peer.hears(b"A2 IDLE\r\n")
    peer.says(b"+ idling\r\n")


def test_new_messages_are_told_and_idle_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await watching(person, peer)
            person.types("FETCH 1 (FL")
            peer.says(b"* 24 EXISTS\r\n* 25 EXISTS\r\n")
            await person.screen.shows("~ * 25 EXISTS")
            await peer.hears(b"DONE\r\n")
            peer.says(b"A2 OK idled\r\n")
            await peer.hears(b"A3 FETCH 24:25 (UID ENVELOPE)\r\n")
            peer.says(NEW % (24, 100, b"lamp \x1b[31m", b"Ida") + NEW % (25, 101, b"oil", b"Bo") + b"A3 OK done\r\n")
            await peer.hears(b"A4 IDLE\r\n")
            peer.says(b"+ idling\r\n")
            await person.screen.shows(
                "new: UID 100, from Ida <ida@example.org>: lamp ^[[31m", "new: UID 101, from Bo <ida@example.org>: oil"
            )
            assert person.screen.line("FETCH 1 (FL") > person.screen.line("new: UID 101")
            assert "ENVELOPE" not in person.screen.text
            person.types("AGS)" + ENTER)
            await peer.hears(b"DONE\r\n")
            peer.says(b"A4 OK idled\r\n")
            await peer.hears(b"A5 FETCH 1 (FLAGS)\r\n")
            peer.says(b"* 26 EXISTS\r\nA5 OK done\r\n")
            await peer.hears(b"A6 IDLE\r\n")
            peer.says(b"+ idling\r\n")
            await peer.hears(b"DONE\r\n")
            peer.says(b"* 27 EXISTS\r\nA6 OK idled\r\n")
            await peer.hears(b"A7 FETCH 26:27 (UID ENVELOPE)\r\n")
            peer.says(b"A7 NO not now\r\n")
            await person.screen.shows("does not say from whom")
            await peer.hears(b"A8 IDLE\r\n")
            peer.says(b"+ idling\r\n")
            await person.enters("\\watch on", "watching")
            await peer.hears(b"DONE\r\n")
            peer.says(b"A8 OK idled\r\n")
            await peer.hears(b"A9 IDLE\r\n")
            peer.says(b"+ idling\r\n* 28 EXISTS\r\n")
            await person.screen.shows("27 -> 28")
            await person.enters("\\watch off", "not watching")
            await peer.hears(b"DONE\r\n")
            peer.says(b"A9 OK idled\r\n")
            await person.prompted(f"127.0.0.1:{peer.port} INBOX>")

    play(scene)


def test_by_noop_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await watching(person, peer)
            peer.says(b"A2 NO no IDLE\r\n")
            await person.screen.shows("watching by NOOP")
            person.types("NOOP" + ENTER)
            await peer.hears(b"A3 NOOP\r\n")
            peer.says(b"* 24 EXISTS\r\nA3 OK done\r\n")
            await peer.hears(b"A4 FETCH 24 (UID ENVELOPE)\r\n")
            peer.says(NEW % (24, 100, b"lamp", b"Ida") + b"A4 OK done\r\n")
            await person.screen.shows("new: UID 100, from Ida <ida@example.org>: lamp")

    play(scene)


# -- in a script


def delivers(sock: socket.socket) -> None:
    """SELECT, and IDLE with two new messages the first time."""
    sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n")
    idles = 0
    with sock.makefile("rb") as lines:
        for line in lines:
            tag = line.split()[0]
            if line.endswith(b"SELECT INBOX\r\n"):
                sock.sendall(b"* 3 EXISTS\r\n* OK [UIDNEXT 10] next\r\n" + tag + b" OK in\r\n")
            elif line.endswith(b"IDLE\r\n"):
                idles += 1
                sock.sendall(b"+ go\r\n" + (b"* 5 EXISTS\r\n" if idles == 1 else b""))
                last = tag
            elif line == b"DONE\r\n":
                sock.sendall(last + b" OK idled\r\n")
            elif b"FETCH 4:5" in line:
                sock.sendall(NEW % (4, 10, b"lamp", b"Ida") + NEW % (5, 11, b"oil", b"Bo") + tag + b" OK done\r\n")
            else:
                sock.sendall(tag + b" OK there\r\n")


@pytest.mark.parametrize("form", ["json", "pretty"])
def test_a_script_tells_them(form: str) -> None:
    with listening(delivers) as port:
        done = imapsh("-c", "SELECT INBOX", "-c", f"\\watch -v {3 * TOGETHER}", "--format", form, url(port))
    assert done.status == 0, done.err
    if form == "json":
        told = [line["value"] for line in map(json.loads, done.lines) if line.get("name") == "arrival"]
        assert told == [
            {"uid": 10, "sender": "Ida <ida@example.org>", "subject": "lamp", "mailbox": "INBOX"},
            {"uid": 11, "sender": "Bo <ida@example.org>", "subject": "oil", "mailbox": "INBOX"},
        ]
    else:
        assert "imapsh: new: UID 10, from Ida <ida@example.org>: lamp\n" in done.err


def test_on_dovecot(dovecot: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        there = f"imap://{dovecot.host}:{dovecot.port}"
        async with acting(tmp_path, url=there, cafile=str(dovecot.cafile), cleartext=True, no_ask=False) as person:
            for line in ("STARTTLS", f"LOGIN {dovecot.user} {dovecot.password}", "SELECT INBOX"):
                await person.enters(line)
            await person.screen.shows("INBOX>")
            await person.enters("\\watch -v on", "INBOX (watching)>")
            await person.enters("\\connect -n two", "two ")
            await person.enters(f"LOGIN {dovecot.user} {dovecot.password}")
            subject = f"arrival {time.time_ns()}"
            (tmp_path / "m.eml").write_bytes(f"From: Ida <ida@example.org>\r\nSubject: {subject}\r\n\r\nx\r\n".encode())
            await person.enters(f"\\load -m INBOX {tmp_path / 'm.eml'}")
            await person.screen.shows(f"from Ida <ida@example.org>: {subject}")

    play(scene)
