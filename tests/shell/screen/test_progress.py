"""How far something long has come, in words and on its line."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import pexpect

from imapsh.session.core import Session
from imapsh.shell.screen.progress import EVERY, LEAST, PATIENCE, Meter, Progress, Transfers
from tests.patience import PATIENCE as LONG
from tests.shell.acting import Actor, Peer, acting, play
from tests.shell.running import GREETING, Handler, command, environment, imapsh, listening, running, url

MANY = 1_000_000
VERY_MANY = 16_000_000  # more than what lies between two sockets holds


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.octets = 1000

    def __call__(self) -> float:
        return self.now


def test_octets_rate_and_time_left() -> None:
    clock = Clock()
    progress = Progress("saving", 45_000_000, lambda: clock.octets, clock=clock)
    assert [progress.due] == [False]
    clock.now += 2
    clock.octets += 10_000_000
    assert progress.due
    assert progress.text() == "saving: 10.0 of 45.0 MB, 22 %, 5.0 MB/s, 7 s left"
    clock.octets += 50_000_000
    assert progress.text() == "saving: 45.0 of 45.0 MB, 100 %, 30.0 MB/s"


def test_without_a_total() -> None:
    clock = Clock()
    progress = Progress("reading", 0, lambda: clock.octets, clock=clock)
    clock.now += PATIENCE
    clock.octets += 500
    assert progress.text() == "reading: 500 octets, 1.0 kB/s"


def test_mailboxes_are_counted_in_place_of_octets() -> None:
    clock = Clock()
    progress = Progress("mailboxes", 25, lambda: clock.octets - 1000, counted=True, clock=clock)
    clock.now += 6
    clock.octets += 12
    assert progress.text() == "mailboxes: 12 of 25, 48 %, 7 s left"
    assert Progress("messages", 0, lambda: 1200, start=0, counted=True, clock=clock).text() == "messages: 1,200"


def test_the_line_is_cut_written_again_not_too_often_and_taken_away() -> None:
    clock = Clock()
    written: list[str] = []
    meter = Meter(written.append, lambda: 12)
    progress = Progress("saving", 2000, lambda: clock.octets, clock=clock)
    meter.show(lambda: progress, clock.now)
    meter.clear()
    assert written == []
    clock.now += 1
    meter.show(lambda: progress, clock.now)
    meter.show(lambda: progress, clock.now + EVERY / 2)
    meter.show(lambda: progress, clock.now + EVERY)
    meter.show(lambda: None, clock.now + 1)
    meter.clear()
    meter.clear()
    assert written == ["\rsaving: 0.0\x1b[K", "\rsaving: 0.0\x1b[K", "\r\x1b[K"]


def test_nothing_is_written_where_no_terminal_is() -> None:
    clock = Clock()
    written: list[str] = []
    progress = Progress("saving", 2000, lambda: clock.octets, clock=clock)
    clock.now += 1
    Meter(written.append, None).show(lambda: progress, clock.now)
    assert written == []


# -- of typed commands


def test_each_long_literal_has_its_own() -> None:
    session = Session()
    transfers = Transfers()

    def comes(octets: bytes) -> Progress | None:
        session.receive(octets)
        list(session.events())
        return transfers.of(session)

    assert comes(b"* OK hi\r\n* 1 FETCH (X {%d}\r\nxx" % (LEAST - 1)) is None
    assert comes(b"x" * (LEAST - 3) + b")\r\n") is None
    first = comes(b"* 2 FETCH (X {%d}\r\nxxxx" % LEAST)
    assert first is not None
    assert first.text().startswith("receiving: 0.0 of 262.1 kB, 0 %, ")
    assert comes(b"x" * (LEAST // 2)) is first
    assert first.text().startswith("receiving: 131.1 of 262.1 kB, 50 %, ")
    second = comes(b"x" * (LEAST // 2 - 4) + b")\r\n* 3 FETCH (X {%d}\r\nx" % LEAST)
    assert second is not None
    assert second is not first


def slowly(seen: threading.Event) -> Handler:
    """A server that sends half of a long literal a little at a time, until it was seen, and takes one as slowly."""

    def handler(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        with sock.makefile("rb") as lines:
            line = lines.readline()
            tag = line.split()[0]
            if b"APPEND" in line:
                sock.sendall(b"+ go\r\n")
                left = VERY_MANY
                while not seen.wait(0.02):
                    left -= len(lines.read(LEAST // 4))
                lines.read(left + 2)
            else:
                sock.sendall(b"* 3 EXISTS\r\n* 1 FETCH (BODY[] {%d}\r\n%s" % (MANY, b"x" * (MANY // 2)))
                left = MANY // 2
                while not seen.wait(0.02):
                    sock.sendall(b"x")
                    left -= 1
                sock.sendall(b"x" * left + b")\r\n")
            sock.sendall(tag + b" OK done\r\n")
            for line in lines:
                sock.sendall(line.split()[0] + b" OK done\r\n")

    return handler


def in_a_terminal(*words: str) -> pexpect.spawn[str]:
    first, *rest = command(*words)
    env = environment(TERM="xterm", NO_COLOR="1")
    return pexpect.spawn(first, rest, env=env, encoding="utf-8", timeout=LONG, dimensions=(24, 100))


def test_a_long_download_of_a_batch(tmp_path: Path) -> None:
    seen = threading.Event()
    with listening(slowly(seen)) as port:
        words = ("--no-ask", "--format", "json", "-c", f"FETCH 1 BODY[] > {tmp_path / 'message'}")
        child = in_a_terminal(url(port), *words)
        child.expect(r"\rreceiving: 0\.5 of 1\.0 MB, 50 %, \d+\.\d [kM]?B/s, .* left\x1b\[K")
        seen.set()
        child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == 0
    assert (tmp_path / "message").stat().st_size >= MANY


def test_a_long_upload_of_a_batch(tmp_path: Path) -> None:
    seen = threading.Event()
    path = tmp_path / "long"
    path.write_bytes(b"y" * VERY_MANY)
    with listening(slowly(seen)) as port:
        child = in_a_terminal(url(port), "--no-ask", "-c", f"APPEND Box {{@{path}}}")
        child.expect(r"\rsending: \d+\.\d of 16\.0 MB, \d+ %, \d+\.\d [kM]B/s, .* left\x1b\[K")
        seen.set()
        child.expect(r"\r\x1b\[K.*OK done")
        child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == 0


def test_nothing_of_it_in_a_pipe() -> None:
    seen = threading.Event()
    timer = threading.Timer(2 * PATIENCE, seen.set)
    timer.start()
    with listening(slowly(seen)) as port:
        done = imapsh(url(port), "--no-ask", "--format", "json", "-c", "NOOP")
    timer.join()
    assert (done.status, done.err) == (0, "")
    assert b"receiving" not in done.out


def test_ctrl_c_ends_a_download_of_a_batch() -> None:
    seen = threading.Event()
    with listening(slowly(seen)) as port:
        with running(url(port), "--no-ask", "--format", "wire", "-c", "NOOP", "-c", "NOOP") as process:
            assert process.stdout is not None
            lines = [process.stdout.readline(), process.stdout.readline()]
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=LONG)
        seen.set()
    assert lines == [GREETING, b"* 3 EXISTS\r\n"]
    assert (process.returncode, out, err) == (130, b"", b"")


async def has_half(person: Actor, peer: Peer) -> None:
    """Fetch a message of which half has come."""
    await person.prompted_once()
    person.types("FETCH 1 BODY[]\r")
    await peer.hears(b"FETCH 1 BODY[]\r\n")
    peer.says(b"* 1 FETCH (BODY[] {%d}\r\n%s" % (MANY, b"x" * (MANY // 2)))
    await person.screen.shows("receiving: 0.5 of 1.0 MB, 50 %")


def test_a_long_download_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await has_half(person, peer)
            peer.says(b"x" * (MANY // 2) + b")\r\nA1 OK done\r\n")
            await person.screen.shows("< A1 OK done")
            await person.screen.until(lambda: "receiving" not in person.screen.text)

    play(scene)


def test_ctrl_c_at_the_prompt_leaves_the_download_and_its_line(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await has_half(person, peer)
            person.shell.driver.interrupt()
            await person.screen.until(lambda: "receiving" not in person.screen.text)
            await person.screen.shows("A1 FETCH is still running")
            peer.says(b"x" * (MANY // 2) + b")\r\nA1 OK done\r\n")
            await person.screen.shows("A1 FETCH is done: OK")

    play(scene)
