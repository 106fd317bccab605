"""Signals at each state of the prompt: what becomes of the shell, its terminal, and what was received.

The table of `docs/signals.rst` is this one: a row is a STATE, a column a test.  Nothing is timed: a state is waited for
by what is seen of it, and a signal goes out only then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from imapsh.shell.prompt.signals import Signals
from tests.shell.jobs import Job, job
from tests.shell.running import GREETING, listening, url

DRAWN = "\x1b[?25h"  # what ends every drawing of the prompt
LEFT = "\x1b[?2004l"  # what a prompt writes when it is over
OFFERS = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n"
SELECTED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\nTAG OK [READ-WRITE] in\r\n"
SLOW = "sh -c 'echo it is $((6*7)) >&2; exec sleep 1000'"  # a server that does not greet
WAITS = "sh -c 'echo it is $((6*7)); exec sleep 1000'"


def silent(*answers: bytes | None, greeting: bytes = GREETING) -> Callable[[socket.socket], None]:
    """A server that says nothing more after its answers, and keeps the connection."""

    def handler(sock: socket.socket) -> None:
        sock.settimeout(None)
        sock.sendall(greeting)
        waiting = list(answers)
        with sock.makefile("rb") as lines:
            for line in lines:
                if waiting and (answer := waiting.pop(0)) is not None:
                    sock.sendall(answer.replace(b"TAG", line.split(b" ", 1)[0]))

    return handler


def flood(sock: socket.socket) -> None:
    """A server that answers the first command with line after line, and no end."""
    sock.settimeout(None)
    sock.sendall(GREETING)
    sock.recv(1000)
    number = 0
    while True:
        number += 1
        sock.sendall(b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % (number * 100 + one) for one in range(100)))


class State(NamedTuple):
    """A state of the prompt.

    `server` speaks, `None` is the demo.  `keys` are typed one after the other, each once what is named before it was
    seen; `seen` is seen last.  `after` is what Ctrl-C brings about.  `more` are options.
    """

    name: str
    server: Callable[[socket.socket], None] | None
    steps: tuple[tuple[str, str], ...]
    seen: tuple[str, ...]
    after: tuple[str, ...]
    more: tuple[str, ...] = ()
    user: str = ""
    drawn: bool = True  # a prompt of ours is on the screen


PROMPT = ("demo@demo", DRAWN)
STATES = (
    State("idle", None, (), PROMPT, (">", DRAWN)),
    State("typing", None, (("demo@demo", "CAPAB"),), ("CAPAB",), (">", DRAWN)),
    State("menu", None, (("demo@demo", "\\f\t"),), ("\\format",), (">", DRAWN)),
    State("search", None, (("demo@demo", "\x12"),), ("i-search",), (">", DRAWN)),
    State("multi-line", None, (("demo@demo", "APPEND x {9}\r"),), ("octets>",), (">", DRAWN)),
    State("confirmation", None, (("demo@demo", "SELECT INBOX\r"), ("READ-WRITE", "EXPUNGE\r")), ("[y/N]",),
          ("EXPUNGE was not sent",)),
    State("password", silent(greeting=OFFERS), ((">", "LOGIN me\r"),), ("Password for me",), (">", DRAWN)),
    State("IDLE", None, (("demo@demo", "IDLE\r"),), ("(idle)", DRAWN), ("DONE", "idled")),
    State("\\watch", None, (("demo@demo", "SELECT INBOX\r"), ("READ-WRITE", "\\watch on\r")), ("(watching)", DRAWN),
          (">", DRAWN)),
    State("running", silent(), ((">", "NOOP\r"),), ("> A1 NOOP",), ("A1 NOOP is still running",), drawn=False),
    State("flowing", flood, ((">", "NOOP\r"),), ("* 900 FETCH",), ("A1 NOOP is still running",), drawn=False),
    State("pager", None, (("demo@demo", f"NOOP | {WAITS}\r"),), ("it is 42",), (">", DRAWN), drawn=False),
    State("editor", None, (("demo@demo", "\\edit APPEND x\r"),), ("it is 42",), (">", DRAWN), drawn=False),
    State("helper", silent(greeting=OFFERS), (), ("it is 42",), ("interrupted: \\connect tries again",),
          ("--password-command", WAITS.replace("; exec", " >/dev/tty; exec")), "me", drawn=False),
    State("connecting", None, (("demo@demo", f"\\connect -n two exec:{SLOW}\r"),), ("it is 42",),
          ("interrupted: \\connect tries again",), drawn=False),
    State("login", silent(greeting=OFFERS), (), ("> A1 AUTHENTICATE",), ("interrupted: \\connect tries again",),
          ("--password-command", "echo secret"), "me", drawn=False),
)  # fmt: skip


@pytest.fixture(params=STATES, ids=lambda state: state.name)
def state(request: pytest.FixtureRequest) -> State:
    found: State = request.param
    return found


@contextlib.contextmanager
def reached(state: State, home: Path) -> Iterator[Job]:
    """The shell in this state."""
    trace = ("--no-ask", "--trace", str(home / "trace"))
    with contextlib.ExitStack() as stack:
        if state.server is None:
            words: tuple[str, ...] = ("--demo",)
        else:
            words = (url(stack.enter_context(listening(state.server)), user=state.user),)
        env = {"HOME": str(home), "XDG_STATE_HOME": str(home), "EDITOR": WAITS}
        found = stack.enter_context(job(*words, *trace, *state.more, env=env))
        for seen, keys in state.steps:
            found.expect(seen, DRAWN)
            found.type(keys)
        found.expect(*state.seen)
        yield found


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=lambda one: one.name)
def test_b5_it_ends_by_the_signal_and_the_terminal_is_as_it_was(
    state: State, signum: signal.Signals, tmp_path: Path
) -> None:
    with reached(state, tmp_path) as shell:
        shell.kill(signum)
        assert shell.ended() == -signum
        assert shell.left_on() == []
    assert b"[CAPABILITY" in (tmp_path / "trace").read_bytes()
    assert not list(tmp_path.glob("core*"))


def test_b5_it_stops_and_goes_on(state: State, tmp_path: Path) -> None:
    with reached(state, tmp_path) as shell:
        os.killpg(shell.pid, signal.SIGTSTP)
        shell.stopped()
        assert shell.left_on() == []
        shell.go_on()
        _drawn_anew(shell, state)
        os.killpg(shell.pid, signal.SIGSTOP)
        shell.stopped()
        shell.go_on()
        _drawn_anew(shell, state)
        _is_well(shell, state)


def test_ctrl_c(state: State, tmp_path: Path) -> None:
    with reached(state, tmp_path) as shell:
        _is_well(shell, state)


def test_a_second_ctrl_c_before_the_prompt_has_ended_is_no_mistake() -> None:
    faults: list[object] = []
    interruptions: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        with create_pipe_input() as keys:
            prompt: PromptSession[str] = PromptSession(input=keys, output=DummyOutput())
            signals = Signals(lambda: [prompt], lambda: interruptions.append("Ctrl-C"), plain=False)
            with signals.handled(), pytest.raises(KeyboardInterrupt):
                await prompt.prompt_async(pre_run=twice, set_exception_handler=False, handle_sigint=False)
        loop.set_exception_handler(None)

    def twice() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)

    asyncio.run(run())
    assert (faults, interruptions) == ([], ["Ctrl-C"])


@pytest.mark.parametrize("plain", [(), ("--plain",)], ids=["drawn", "plain"])
def test_b13_a_terminal_that_is_gone_is_no_mistake_of_ours(plain: tuple[str, ...], tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "NOHUP": "1"}
    with job("--demo", "--no-ask", *plain, env=env) as shell:
        shell.expect("demo@demo")
        shell.type("NOOP\r")
        shell.expect("A2 OK")
        shell.hang_up()
        assert shell.ended() == 1
    assert not (tmp_path / "imapsh" / "crash.txt").exists()


def _drawn_anew(shell: Job, state: State) -> None:
    """After SIGCONT a prompt leaves what it drew, and draws once more.  What comes next is then of the next prompt."""
    if state.drawn:
        shell.expect(LEFT, state.seen[-1], *([] if state.seen[-1] == DRAWN else [DRAWN]))


def _is_well(shell: Job, state: State) -> None:
    """Ctrl-C does what it says, the next line is done, and Ctrl-D ends it, with the terminal as it was."""
    os.killpg(shell.pid, signal.SIGINT)
    if state.drawn:  # what else is expected may be left of an earlier drawing
        shell.expect(LEFT)
    shell.expect(*state.after)
    shell.type("\\keys\r")
    shell.expect("emacs")
    shell.kill(signal.SIGPIPE)  # is ignored: what is closed is told where it is written
    shell.type("\x15\x04")
    assert shell.ended() == 0
    assert shell.left_on() == []
