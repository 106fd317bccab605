"""Signals at each state of a batch: its exit status, its terminal, and what was received.

The table of `docs/signals.rst` is this one.  A state is waited for by what is seen of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from imapsh.shell.commands.mail.saving import INDEX
from imapsh.shell.screen.terminal import ENDING
from tests.shell.jobs import Job, job
from tests.shell.prompt.test_signals import OFFERS, SELECTED, SLOW, silent
from tests.shell.running import Handler, listening, url

LISTED = b"".join(b"* %d FETCH (UID %d FLAGS () RFC822.SIZE 40)\r\n" % (n, n) for n in (1, 2)) + b"TAG OK listed\r\n"
HALF = b"* 1 FETCH (UID 1 BODY[] {40}\r\n" + b"x" * 40 + b")\r\n* 2 FETCH (UID 2 BODY[] {40}\r\nxxx"


class State(NamedTuple):
    """A state of a batch: what the server says, the lines, and what is seen last.  `kept` are files that stay."""

    name: str
    server: Handler | None
    lines: tuple[str, ...]
    seen: tuple[str, ...]
    user: str = ""
    kept: tuple[str, ...] = ()
    typed: str = ""


STATES = (
    State("connecting", None, ("NOOP",), ("it is 42",)),
    State("login", silent(greeting=OFFERS), ("NOOP",), ("> A1 AUTHENTICATE",), "me"),
    State("running", silent(), ("NOOP",), ("> A1 NOOP",)),
    State("IDLE", silent(b"+ idling\r\n* 7 EXISTS\r\n"), ("IDLE",), ("7 EXISTS",)),
    State("between lines", silent(b"TAG OK done\r\n"), (), ("OK done",), typed="NOOP\r"),
    State("\\repeat", silent(b"TAG OK done\r\n"), ("\\repeat 2 1000 NOOP",), ("OK done",)),
    State("\\save", silent(SELECTED, LISTED, HALF), ("SELECT x", "\\save 1:2 kept", "NOOP"), ("READ-WRITE",),
          kept=("1.eml", INDEX)),
    State("\\load", silent(b"TAG OK done\r\n"), ("NOOP", "\\load -m x mail.eml"), ("OK done",)),
    State("helper", silent(greeting=OFFERS), ("NOOP",), ("it is 42",), "me"),
)  # fmt: skip


@contextlib.contextmanager
def reached(state: State, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    monkeypatch.chdir(folder)
    (folder / "mail.eml").write_bytes(b"Subject: x\r\n\r\nx\r\n")
    helper = "echo it is $((6*7)) >/dev/tty; exec sleep 1000" if state.name == "helper" else "echo secret"
    words = ["--no-ask", "--yes", "--trace", "trace"]
    words += [word for line in state.lines for word in ("-c", line)] or ["-f", "-"]
    words += ["--password-command", helper] if state.user else []
    with contextlib.ExitStack() as stack:
        if state.server is None:
            where = f"exec:{SLOW}"
        else:
            where = url(stack.enter_context(listening(state.server)), user=state.user)
        found = stack.enter_context(job(where, *words))
        if state.typed:
            found.expect("hello")
            found.type(state.typed)
        found.expect(*state.seen)
        if state.kept:
            _until(lambda: state.kept[0] in _listed(folder / "kept" / INDEX))
        yield found


def _listed(index: Path) -> str:
    """The list of what was saved.  A message is complete with its line in it."""
    return index.read_text() if index.exists() else ""


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        os.sched_yield()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
@pytest.mark.parametrize("signum", [*ENDING, signal.SIGINT], ids=lambda one: one.name)
def test_it_ends_and_keeps_what_it_has(
    state: State, signum: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reached(state, tmp_path, monkeypatch) as shell:
        os.killpg(shell.pid, signum)
        assert shell.ended() == (130 if signum == signal.SIGINT else -signum)
        assert shell.left_on() == []
    if state.server is not None:
        assert b"hello" in (tmp_path / "trace").read_bytes()
    if state.kept:
        assert sorted(os.listdir("kept")) == list(state.kept)
    assert not [name for name in os.listdir() if name.startswith("core")]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_it_stops_and_goes_on(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with reached(state, tmp_path, monkeypatch) as shell:
        for signum in (signal.SIGTSTP, signal.SIGSTOP):
            os.killpg(shell.pid, signum)
            shell.stopped()
            assert shell.left_on() == []
            shell.go_on()
        os.killpg(shell.pid, signal.SIGINT)
        assert shell.ended() == 130
        assert shell.left_on() == []
