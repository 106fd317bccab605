"""Connecting again: when, how long after, and never behind a greeting."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from imapsh.errors import (
    ConnectError,
    ConnectionTimeout,
    GreetingError,
    ImapshError,
    LimitError,
    LoginError,
    TLSError,
    UsageError,
)
from imapsh.grammar.responses import STATUS, Response
from imapsh.shell.connection import retry
from imapsh.shell.connection.dial import make_plan, new_session
from imapsh.shell.connection.retry import Retries
from imapsh.shell.settings.options import parse
from imapsh.wire.frames import Frame
from tests.patience import PATIENCE
from tests.shell.acting import acting, play
from tests.shell.running import Handler, imapsh, listening, running, says, url
from tests.transport.conftest import closed_port

FAST = ("--no-ask", "--retry", "3:0.01")


def retries(option: str) -> Retries:
    return Retries(make_plan(parse(["imap://127.0.0.1", "--retry", option])).retry)


def in_turn(*handlers: Handler) -> Handler:
    """One connection after another."""
    waiting = iter(handlers)
    return lambda sock: next(waiting)(sock)


def busy(sock: socket.socket) -> None:
    sock.sendall(b"* BYE too many connections\r\n")


def hangs_up(sock: socket.socket) -> None:
    sock.close()


def test_how_often_and_how_long() -> None:
    assert retry.read("") == (0, 1.0)
    assert retry.read("3") == (3, 1.0)
    assert retry.read("4:0.5") == (4, 0.5)


@pytest.mark.parametrize("wrong", ["x", "-1", "3:", "3:x", "3:0", "3:-2", "1.5", ":2", "3:inf"])
def test_what_is_no_number_of_times(wrong: str) -> None:
    with pytest.raises(UsageError, match="--retry takes the number of further attempts"):
        retry.read(wrong)


def test_twice_as_long_each_time_up_to_a_minute() -> None:
    patient = retries("8:1")
    error = ConnectError("refused")
    assert [patient.next(error, None) for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, None]
    assert patient.said(error, 60) == "refused; trying again in 60 s (8 of 8)"
    assert "; --limit line=N raises it" in patient.said(LimitError("line", 5, 6), 60)
    slow = retries("3:90")
    assert [slow.next(error, None) for _ in range(3)] == [90, 90, 90]


@pytest.mark.parametrize(
    ("error", "greeting", "again"),
    [
        (ConnectError("refused"), None, True),
        (ConnectionTimeout("no greeting"), None, True),
        (GreetingError("closed without a greeting"), None, True),
        (GreetingError("BYE"), "BYE", True),
        (GreetingError("it is SMTP"), "SMTP", False),
        (ConnectionTimeout("silent in the login"), "OK", False),
        (LoginError("wrong password"), "OK", False),
        (TLSError("not trusted"), None, False),
        (ImapshError("another"), None, False),
    ],
)
def test_what_may_pass(error: ImapshError, greeting: str | None, again: bool) -> None:
    session = new_session(make_plan(parse(["imap://127.0.0.1"])))
    if greeting:
        session.known.greeting = Response(STATUS, greeting, None, Frame((b"",)))
    assert (retries("1").next(error, session) is not None) is again


def test_a_server_that_is_busy_first() -> None:
    with listening(in_turn(busy, hangs_up, says())) as port:
        done = imapsh(url(port), *FAST, "--format", "wire", "-c", "NOOP")
    assert done.status == 0, done.err
    notes = done.err.splitlines()
    assert [note.rpartition("; ")[2] for note in notes] == [
        "trying again in 0.01 s (1 of 3)",
        "trying again in 0.02 s (2 of 3)",
    ]
    assert "refused the connection: BYE too many connections" in notes[0]
    assert done.lines[-1] == "A1 OK done"


def test_it_ends_with_what_was_wrong_last() -> None:
    done = imapsh(url(closed_port()), *FAST, "-c", "NOOP")
    assert (done.status, done.err.count("trying again"), done.err.count("refused")) == (4, 3, 4)
    with listening(in_turn(busy, lambda sock: sock.sendall(b"220 smtp here\r\n"))) as port:
        done = imapsh(url(port), *FAST, "-c", "NOOP")
    assert (done.status, done.err.count("trying again")) == (4, 1)
    assert "SMTP" in done.err


def test_behind_a_greeting_nothing_is_tried_again() -> None:
    with listening(in_turn(says(None))) as port:
        done = imapsh(url(port), *FAST, "-c", "NOOP")
    assert (done.status, done.err.count("trying again")) == (7, 0)
    refuses = says(b"TAG NO no\r\n", greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
    with listening(in_turn(refuses)) as port:
        done = imapsh(url(port, user="joe"), *FAST, "-c", "NOOP", env={"IMAPSH_PASSWORD": "x"})
    assert (done.status, done.err.count("trying again")) == (6, 0)


def test_the_trace_holds_every_attempt(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    with listening(in_turn(busy, says())) as port:
        assert imapsh(url(port), *FAST, "--trace", str(path), "-c", "NOOP").status == 0
    assert b"too many connections" in path.read_bytes()
    assert b"A1 NOOP" in path.read_bytes()


def test_a_connection_of_a_script() -> None:
    with listening(says()) as first, listening(in_turn(busy, says())) as second:
        done = imapsh(url(first), *FAST, "-c", f"\\connect -n two {url(second)}", "-c", "NOOP")
    assert (done.status, done.err.count("trying again")) == (0, 1)


def test_ctrl_c_ends_the_wait_at_once() -> None:
    with running(url(closed_port()), "--retry", "5:60", "-c", "NOOP") as process:
        assert process.stderr is not None
        assert b"trying again in 60 s" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_wrong_option_is_said_at_once() -> None:
    done = imapsh("imap://127.0.0.1:1", "--retry", "often", "-c", "NOOP")
    assert done.status == 2
    assert "see imapsh --help" in done.err


# -- at the prompt


def test_the_prompt_tries_again_too(tmp_path: Path) -> None:
    async def scene() -> None:
        with listening(in_turn(busy, says())) as port:
            async with acting(tmp_path, url=url(port), retry="3:0.01", no_ask=True) as person:
                await person.screen.shows("BYE too many connections", "trying again in 0.01 s (1 of 3)")
                await person.enters("NOOP", "< A1 OK done")

    play(scene)


def test_ctrl_c_at_the_prompt_ends_the_wait(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, url=url(closed_port()), retry="3:60") as person:
            await person.screen.shows("trying again in 60 s (1 of 3)")
            person.shell.driver.interrupt()
            await person.screen.shows("interrupted: \\connect tries again", "not connected>")

    play(scene)
