"""Every option and command that takes a path, with what is no file for it: a sentence, exit 2, and no waiting.

The tests walk the tables, so that a new option or command that takes a path fails here until it says how it is tried.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.main import main
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.settings.options import OPTIONS
from tests.shell.hosting import FakeApp

#: What stands at a path -> True if it can be written to, as a device can, without being a file.
KINDS = {"folder": False, "pipe": False, "link-to-pipe": False, "socket": False, "loop": False, "no/folder": False,
         "/dev/zero": True, "/dev/full": True, "x" * 300: False, "a\0b": False}  # fmt: skip

#: Option or command -> the words that make a run use its path, @.
RUNS = {
    "--file": ["--demo", "--file", "@"],
    "--report": ["--demo", "-c", "NOOP", "--report", "tap:@"],
    "--explain": ["--explain", "@"],
    "--convert": ["--explain", os.devnull, "--convert", "@"],
    "--html": ["--explain", "log", "--html", "@"],
    "--trace": ["--demo", "-c", "NOOP", "--trace", "@"],
    "--cafile": ["imaps+exec:cat", "-c", "NOOP", "--cafile", "@"],
    "--cert": ["imaps+exec:cat", "-c", "NOOP", "--cert", "@"],
    "--key": ["imaps+exec:cat", "-c", "NOOP", "--cert", os.devnull, "--key", "@"],
    "--tap-cert": ["--tap", "imaps://127.0.0.1:47993", "imap://127.0.0.1:1", "--tap-cert", "@"],
    "--tap-key": ["--tap", "imaps://127.0.0.1:47993", "imap://127.0.0.1:1", "--tap-cert", os.devnull, "--tap-key", "@"],
    "\\trace": ["--demo", "-c", "\\trace @"],
    "--config": ["--config", "@", "--demo", "-c", "NOOP"],
}
#: Command, or operator in a command -> lines with its path, @.
LINES = {
    "\\save": ["\\save 1 @/x", "\\save 1 mbox:@", "\\save 1 maildir:@/x"],
    "\\load": ["\\load -m INBOX @"],
    "\\export": ["\\export @"],
    "{@": ["APPEND INBOX {@@}", "APPEND INBOX ~{@@}"],
    ">": ["FETCH 1 FLAGS > @", "FETCH 1 FLAGS >> @"],
}
HISTORY = "--history-file"  # which is only used at a prompt
TLS = {"--cafile", "--cert", "--key", "--tap-cert", "--tap-key"}
WRITES = {"--report", "--convert", "--html", "--trace", "\\export", "\\trace", ">"}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("imapsh.paths.PATIENCE", 0.01)
    monkeypatch.setattr("imapsh.paths.stream.__defaults__", (0.01,))
    (tmp_path / "folder").mkdir()
    (tmp_path / "log").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link-to-pipe").symlink_to("pipe")
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
    return tmp_path


def test_e7_every_option_and_command_that_takes_a_path_is_tried_here() -> None:
    options = {option.name for option in OPTIONS if option.metavar.rstrip(".") == "FILE"}
    commands = {name for name, row in COMMANDS.items() if row.choices in ("path", "paths")}
    assert RUNS.keys() | LINES.keys() | {HISTORY} == options | commands | {"{@", ">"}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"no/folder"}))  # which is made
def test_e7_lines_are_typed_all_the_same_where_the_history_is_no_file(kind: str) -> None:
    history = MaskedHistory(kind, str)
    list(history.load_history_strings())
    history.append_string("NOOP")
    assert list(history.newest) == ["NOOP"]
    assert history.fault.startswith(f"the history cannot be kept in {kind}: ")
    assert history.path is None


@pytest.mark.parametrize("name", RUNS)
def test_e7_a_run_refuses_what_is_no_file(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, writable in KINDS.items():
        if writable and name in WRITES:
            continue
        status = main([word.replace("@", kind) for word in RUNS[name]])
        err = capsys.readouterr().err
        assert (status, err.count("\n")) == (5 if name in TLS else 2, 1), err
        assert kind.replace("\0", "^@") in err


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in LINES.items() for line in lines])
def test_e7_a_command_refuses_what_is_no_file(here: Path, name: str, line: str) -> None:
    host = FakeApp(connected=True).does("SELECT INBOX")
    for kind, writable in KINDS.items():
        if (writable and name in WRITES) or (kind == "folder" and name in ("\\save", "\\load") and "mbox:" not in line):
            continue
        if kind == "no/folder" and name == "\\save":
            continue
        with pytest.raises(UsageError, match=r"."):
            host.does(line.replace("@@", "@" + kind) if name == "{@" else line.replace("@", kind))
        assert host.does("CAPABILITY").connection.results.status == "OK"
    assert sorted(path.name for path in here.iterdir()) == ["folder", "link-to-pipe", "log", "loop", "pipe", "socket"]
