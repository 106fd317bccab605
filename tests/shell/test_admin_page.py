"""`docs/admin.rst` typed as it stands: at the prompt and in a system shell, on Dovecot, and on Cyrus beside it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapsh.shell.settings.config import load
from tests.pages import PROMPT, Task, missing, tasks
from tests.servers import cyrus, office
from tests.servers.base import USERS, Missing, Server, absent
from tests.servers.certs import Certs
from tests.shell.acting import Actor, acting, play
from tests.shell.running import command, environment

TASKS = tasks("admin.rst")
MESSAGES = 2000
COLUMNS = 120
PATIENCE = 300  # seconds for a task, of which a copy to Cyrus is the longest
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

#: The configuration that the page begins with, for the servers of the tests.
CONFIG = """\
cafile = "{cafile}"

[profiles.old]
url = "imaps://{user}@{old.host}:{old.tls_port}"
password-command = "echo {old.password}"

[profiles.new]
url = "imaps://{user}@{new.host}:{new.tls_port}"
password-command = "echo {new.password}"

[profiles.anyone]
url = "imaps://{old.host}:{old.tls_port}"
netrc = true
"""


@pytest.fixture(scope="module")
def old(state_folder: Path, certs: Certs) -> Iterator[Server]:
    """Dovecot with the account of the page."""
    run = state_folder / "office"
    run.mkdir()
    try:
        with office.running(run, certs, MESSAGES) as server:
            yield server
    except Missing as reason:
        absent(str(reason))


@pytest.fixture(scope="module")
def new(state_folder: Path, certs: Certs) -> Iterator[Server]:
    """Cyrus with nothing in it yet."""
    run = state_folder / "office-new"
    run.mkdir()
    try:
        with cyrus.running(run, certs) as server:
            yield server.for_user(office.USER)
    except Missing as reason:
        absent(str(reason))


@pytest.fixture
def home(tmp_path: Path, old: Server, new: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the configuration, and a program `imapsh`; it is the present folder."""
    config = tmp_path / "imapsh/config.toml"
    config.parent.mkdir()
    config.write_text(CONFIG.format(old=old, new=new, user=office.USER, cafile=old.cafile))
    netrc = tmp_path / ".netrc"
    users = {**USERS, "nobody": "wrong"}
    netrc.write_text("".join(f"machine {old.host} login {user} password {word}\n" for user, word in users.items()))
    netrc.chmod(0o600)
    program = tmp_path / "bin/imapsh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {" ".join(command())} "$@"\n')
    program.chmod(0o755)
    for name, value in {"XDG_CONFIG_HOME": tmp_path, "XDG_STATE_HOME": tmp_path, "HOME": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str, home: Path) -> str:
    """What a line of a system shell writes."""
    folders = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    env = environment(PATH=f"{home / 'bin'}:{os.environ['PATH']}", COLUMNS=str(COLUMNS), **folders)
    done = subprocess.run(["/bin/sh", "-c", line], env=env, cwd=home, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


async def enter(person: Actor, line: str) -> str:
    """Type a line at the prompt, answer yes to what is asked, and return what was written until the next prompt.

    What the terminal would show of progress counts as lines.
    """
    prompt, screen = person.shell.prompt.app, person.screen
    at, before, answered = len(screen.written), prompt.future, 0
    person.types(line + "\r")
    while True:
        await screen.until(lambda: screen.written[at:].count("[y/N]") > answered  # noqa: B023
                           or (prompt.is_running and prompt.future is not before and not prompt.is_done))  # fmt: skip
        if screen.written[at:].count("[y/N]") <= answered:
            return _ESCAPE.sub("", screen.written[at:]).replace("\r", "\n")
        answered = screen.written[at:].count("[y/N]")
        person.types("y\r")


def typed(task: Task, home: Path) -> list[str]:
    """Do the steps of a task, one after another, and return what was seen of each."""
    seen: list[str] = []

    async def scene() -> None:
        options = load(str(home / "imapsh/config.toml"), {"url": "old", "color": "never", "no_ask": False})
        async with acting(home, columns=COLUMNS, **options._asdict()) as person:
            person.screen.patience = PATIENCE
            await person.prompted_once()
            for step in task.steps:
                if step.where == PROMPT:
                    seen.append(await enter(person, step.line))
                else:
                    seen.append(await asyncio.to_thread(run, step.line, home))

    play(scene, PATIENCE)
    return seen


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.title)
def test_the_lines_of_a_task_show_what_the_page_says(task: Task, home: Path) -> None:
    for step, seen in zip(task.steps, typed(task, home), strict=True):
        lacks = missing(step.due, seen)
        assert not lacks, f"{step.line}\ndoes not show\n{lacks}\nbut\n{seen}"
