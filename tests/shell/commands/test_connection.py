"""Several connections at the prompt and in a script: one time-line, with names."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import ConnectionLost
from imapsh.shell.app import at_once
from tests.shell.acting import Peer, acting, play
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh


def test_a_second_session_changes_flags_while_the_first_idles(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", "demo@demo INBOX>")
            assert "1   |" not in person.screen.text
            await person.enters("\\connect -n b", "b   | < A1 OK")
            await person.prompted("b demo@demo>")
            await person.screen.until(lambda: "2 connections" in person.screen.lines[-1])
            await person.enters("SELECT INBOX", "b   | < A2 OK")
            await person.prompted("b demo@demo INBOX>")
            person.types("\\use 1\r")
            await person.prompted("1 demo@demo INBOX>")
            person.types("IDLE\r")
            await person.prompted("1 demo@demo INBOX (idle)>")
            person.types("\\use b\r")
            await person.prompted("b demo@demo INBOX>")
            await person.enters("STORE 1 +FLAGS ($Work)", "b   | < A3 OK", "1   | ~ * 1 FETCH")
            await person.enters("\\sessions", "demo@demo INBOX selected, idle", "* b  ")

    play(scene)


def test_each_goes_to_all_and_a_connection_can_be_left(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("\\connect -n b", "b   | < A1 OK")
            await person.enters("\\each NOOP", "1   | < A2 OK nothing done", "b   | < A2 OK nothing done")
            await person.prompted("b demo@demo>")
            await person.enters("\\disconnect", "b   |   logged out")
            await person.prompted("demo@demo>")
            await person.enters("NOOP", "< A3 OK nothing done")
            assert "1   | < A3" not in person.screen.text
            await person.enters("\\use b", "imapsh: there is no connection 'b'")

    play(scene)


def test_one_that_is_lost_leaves_the_other(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, demo=True) as person:
            await person.prompted("demo@demo>")
            person.types(f"\\connect -n far {peer.url}\r")
            await person.screen.shows("far |", f"far 127.0.0.1:{peer.port}>")
            peer.hangs_up()
            await person.screen.shows("far | imapsh: the server closed the connection", "far not connected>")
            person.types("\\use 1\r")
            await person.enters("NOOP", "1   | < A2 OK nothing done")
            await person.enters("\\each NOOP", "far is not connected", "1   | < A3 OK nothing done")

    play(scene)


SCRIPT = b"""\
SELECT INBOX
\\connect -n b
SELECT INBOX
\\use 1
IDLE
\\use b
STORE 1 +FLAGS ($Work)
\\use 1
DONE
"""


def test_a_script_that_leaves_one_idle() -> None:
    done = imapsh("--demo", "--format", "pretty", stdin=SCRIPT)
    assert done.status == 0
    shown = [line for line in done.lines if "FETCH" in line or "idl" in line]
    assert [line[:8] for line in shown] == ["1   | < ", "b   | - ", "1   | ~ ", "1   | < "]


def test_json_names_the_connection() -> None:
    done = imapsh("--demo", "--format", "json", stdin=b"NOOP\n\\connect -n b\nNOOP\n")
    assert '"connection"' not in done.lines[2]
    assert '"connection":"b"' in done.lines[-1]


@pytest.mark.parametrize(
    ("line", "status"), [("NOOP", "OK"), ("SELECT nowhere", "NO"), ("FETCH 1 FOO", "BAD"), ("", "")]
)
def test_the_status_of_each_is_the_worst_of_the_replies(line: str, status: str) -> None:
    app = FakeApp(connected=True)
    if not line:
        app.connections["1"].session.lost(ConnectionLost("gone"))
    assert at_once(app.follow(app.perform(f"\\each {line or 'NOOP'}"))) == status
