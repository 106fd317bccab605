"""Programs that print passwords and tokens: how long they may take, and how much they may print (B1)."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from imapsh.errors import LoginError
from imapsh.shell.main import main
from imapsh.shell.settings.passwords import collecting
from imapsh.shell.settings.passwords.programs import from_command
from tests.shell.running import imapsh, listening, says, url

GREETING = b"* OK [CAPABILITY IMAP4rev1] hi\r\n"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No terminal, and little time."""
    monkeypatch.setattr(collecting, "patience", lambda: 0.2)


@pytest.mark.parametrize(
    "command",
    ["sleep 100", "echo secret; sleep 100", "sleep 100 & wait", "exec >&-; sleep 100", "trap '' TERM; sleep 100"],
)
def test_b1_a_helper_that_does_not_end_is_not_waited_for_without_a_terminal(short: None, command: str) -> None:
    with pytest.raises(LoginError, match=r"^--password-command did not end within 0\.2 s.*no terminal") as caught:
        from_command(command)
    assert "secret" not in str(caught.value)


def test_b1_what_the_helper_started_ends_with_it(short: None, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(LoginError):
        from_command(f"sleep 100 > {pipe} & wait")
    ended, _, _ = select.select([reader], [], [], 20)  # the end, for nothing has the pipe open any more
    assert ended == [reader]
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_b1_a_batch_ends_with_6(short: None, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(says(greeting=GREETING)) as port:
        assert main([url(port, user="ida"), "--password-command", "sleep 100", "-c", "NOOP"]) == 6
    bearer = GREETING.replace(b"rev1", b"rev1 AUTH=XOAUTH2")
    with listening(says(greeting=bearer)) as port:
        assert main([url(port, user="ida"), "--token-command", "sleep 100", "-c", "NOOP"]) == 6
    err = capsys.readouterr().err
    assert "--password-command did not end within 0.2 s" in err
    assert "--token-command did not end within 0.2 s" in err


def test_b1_the_time_is_limited_only_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open("/dev/null", os.O_RDWR)
    monkeypatch.setattr(os, "open", lambda *_: opened)
    assert collecting.patience() is None

    def nowhere(*_: object) -> int:
        raise OSError("no such device")

    monkeypatch.setattr(os, "open", nowhere)
    assert collecting.patience() == collecting.PATIENCE


def test_a_helper_that_prints_without_end_is_stopped() -> None:
    with pytest.raises(LoginError, match="printed more than 1,048,576 octets"):
        from_command("yes")


def test_a_helper_may_print_much(tmp_path: Path) -> None:
    with listening(says(greeting=GREETING)) as port:
        done = imapsh(url(port, user="ida"), "--password-command", "echo pw; head -c 1000000 /dev/zero", "-c", "NOOP")
    assert done.status == 0, done.err
