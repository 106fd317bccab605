"""The modes of the terminal: while a password is asked for, while a helper has it, and when imapsh stops or ends."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapsh.shell.screen import terminal
from tests.shell.jobs import Job, job
from tests.shell.running import listening, says, url

OFFERS = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2] hello\r\n"
ASKS = "read -p 'helper asks: ' x </dev/tty 2>/dev/tty && echo $x"
SENT = "AG1lAHBhc3M="  # me, pass


@contextlib.contextmanager
def at_login(*words: str, script: bool = False, home: Path | None = None) -> Iterator[tuple[Job, list[bytes]]]:
    """imapsh at a server that wants a login, and what the server hears."""
    heard: list[bytes] = []
    with (
        listening(says(greeting=OFFERS, heard=heard)) as port,
        job(
            url(port, user="me"),
            "--no-ask",
            *words,
            *(["-c", "NOOP"] if script else []),
            env={"HOME": str(home)} if home else {},
        ) as found,
    ):
        yield found, heard


@pytest.mark.parametrize("option", ["--password-command", "--token-command"])
@pytest.mark.parametrize("plain", [(), ("--plain",)])
def test_b1_a_helper_asks_in_the_terminal_s_own_modes(option: str, plain: tuple[str, ...], tmp_path: Path) -> None:
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/bash\n{ASKS}\n")
    helper.chmod(0o700)
    auth = ("--mechanism", "plain") if option == "--password-command" else ("--mechanism", "xoauth2")
    with at_login(option, str(helper), *auth, *plain, home=tmp_path) as (shell, _):
        shell.expect("helper asks: ")
        assert shell.left_on() == []
        shell.type("pass\r")
        shell.expect("OK done", "me@127")
        shell.type("\\connect\r")  # the helper again, from the prompt
        shell.expect("helper asks: ")
        assert shell.left_on() == []
        shell.type("pass\r")
        shell.expect("OK done", "me@127")


def test_b1_a_helper_that_fails_or_is_interrupted_is_a_sentence() -> None:
    with at_login("--password-command", f'/bin/bash -c "{ASKS.replace("$", chr(92) + "$")}"') as (shell, _):
        shell.expect("helper asks: ")
        os.killpg(shell.pid, signal.SIGINT)
        shell.expect("interrupted", "not connected")
    with at_login("--password-command", "exit 3") as (shell, _):
        shell.expect("--password-command failed with exit status 3", "not logged in")


@pytest.mark.parametrize("signum", [signal.SIGTSTP, signal.SIGSTOP], ids=lambda one: one.name)
@pytest.mark.parametrize("words", [("-c", "NOOP"), ("--plain",)], ids=["batch", "plain"])
def test_b3_a_password_is_unseen_after_a_stop(words: tuple[str, ...], signum: signal.Signals) -> None:
    with at_login(*words) as (shell, _):
        shell.expect("Password for me")
        assert shell.hidden()
        shell.kill(signum)
        shell.stopped()
        assert signum != signal.SIGTSTP or shell.left_on() == []
        shell.go_on()
        shell.expect("Password for me")
        assert shell.hidden()
        shell.type("pass\r")
        shell.expect("OK done")
        assert "pass" not in shell.text


def test_b3_ctrl_z_is_a_key_there() -> None:
    with at_login(script=True) as (shell, _):
        shell.expect("Password for me")
        shell.type("\x1a")
        shell.stopped()
        assert shell.left_on() == []
        shell.go_on()
        shell.expect("Password for me")
        shell.type("pass\r")
        assert shell.ended() == 0
        assert shell.left_on() == []


@pytest.mark.parametrize("signum", [*terminal.ENDING, signal.SIGINT], ids=lambda one: one.name)
def test_b5_a_signal_at_the_password_leaves_the_terminal_as_it_was(signum: signal.Signals) -> None:
    with at_login(script=True) as (shell, _):
        shell.expect("Password for me")
        shell.kill(signum)
        assert shell.ended() == (130 if signum == signal.SIGINT else -signum)
        assert shell.left_on() == []


PASTES = ("pass\n", "pass\r\n", "\x1b[200~pass\n\x1b[201~\r", "\x1b[200~pass\x1b[201~\r")


@pytest.mark.parametrize("pasted", PASTES)
@pytest.mark.parametrize("words", [(), ("--plain",), ("-c", "NOOP")], ids=["prompt", "plain", "batch"])
def test_b4_the_newline_of_a_pasted_password_is_not_part_of_it(words: tuple[str, ...], pasted: str) -> None:
    with at_login("--mechanism", "plain", *words) as (shell, heard):
        shell.expect("Password for me")
        shell.type(pasted)
        shell.expect("OK done")
    assert heard[0] == f"A1 AUTHENTICATE PLAIN {SENT}\r\n".encode()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pass\n", "pass"), ("pass\r\n\r\n", "pass"), ("\x1b[200~pa ss\r\x1b[201~", "pa ss"), ("\n", ""), (" x ", " x ")],
)
def test_b4_an_answer_is_taken_without_what_ended_it(typed: str, meant: str) -> None:
    assert terminal.typed(typed) == meant


def test_a_password_without_a_terminal_is_not_asked_for() -> None:
    reader, writer = os.pipe()
    try:
        with terminal.unseen(reader) as there:
            assert not there
        terminal.resume()
        with terminal.lent():
            terminal.resume()
    finally:
        os.close(reader)
        os.close(writer)
