"""The whole program in a terminal of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

from tests.patience import PATIENCE
from tests.servers.base import Server


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with a home of its own; the terminal does not tell where its cursor is."""
    return {
        **os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path),
        "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": "1",
    }  # fmt: skip


def start(home: dict[str, str], *arguments: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable, ["-m", "imapsh", *arguments], env=home, encoding="utf-8", timeout=PATIENCE, dimensions=(40, 150)
    )  # fmt: skip


def test_the_demo(home: dict[str, str]) -> None:
    shell = start(home, "--demo")
    shell.expect("demo@demo")
    shell.sendline("SELECT INBOX")
    shell.expect(r"11 EXISTS")
    shell.expect(r"A\d+ OK \[READ-WRITE\]")
    shell.sendline("FETCH 1 (FLAGS)")
    shell.expect(r"\* 1 FETCH \(FLAGS \(")
    shell.expect(r"octets out")
    shell.sendline("IDLE")
    shell.expect(r"\(idle\)")
    shell.sendcontrol("c")
    shell.expect("> DONE")
    shell.expect("OK idled")
    shell.sendcontrol("d")
    shell.expect("BYE")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0
    assert "FETCH 1 (FLAGS)" in Path(home["XDG_STATE_HOME"], "imapsh", "history").read_text()


def test_dovecot_with_a_password_that_is_asked_for(home: dict[str, str], dovecot: Server) -> None:
    shell = start(
        home, "--cafile", str(dovecot.cafile), f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX"
    )
    shell.expect("Password for demo")
    shell.sendline(dovecot.password)
    shell.expect(r"OK \[READ-WRITE\]")
    shell.expect("INBOX")
    shell.sendline("UID FETCH 1:* (UID FLAGS)")
    shell.expect(r"\* 1 FETCH \(")
    shell.expect("octets out")
    shell.sendline("\\quit")
    shell.expect("BYE")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0
    assert dovecot.password not in Path(home["XDG_STATE_HOME"], "imapsh", "history").read_text()


def test_ctrl_c_while_a_command_runs_on_dovecot(home: dict[str, str], dovecot: Server) -> None:
    url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}/INBOX"
    shell = start({**home, "IMAPSH_PASSWORD": dovecot.password}, "--cafile", str(dovecot.cafile), url)
    shell.expect(r"OK \[READ-WRITE\]")
    shell.expect("octets out")
    shell.sendline("IDLE")
    shell.expect(r"\(idle\)")
    shell.sendcontrol("c")
    shell.expect("> DONE")
    shell.expect("OK Idle completed")
    shell.sendline("NOOP")
    shell.expect("OK NOOP completed")
    shell.sendeof()
    shell.expect(pexpect.EOF)


def test_type_ahead_is_not_lost(home: dict[str, str]) -> None:
    shell = start(home, "--demo", "--no-ask")
    shell.send("SELECT INBOX\rNOOP\rCHECK\r")
    shell.expect(r"A2 OK")
    shell.expect(r"A3 OK")
    shell.expect(r"A4 OK")
    shell.sendcontrol("d")
    shell.expect(pexpect.EOF)


def test_a_mistake_of_ours_ends_it_with_a_sentence(home: dict[str, str]) -> None:
    code = (
        "from imapsh.shell import main\n"
        "from imapsh.shell.lines import perform\n"
        "def take(shell, line, own): raise ValueError(line)\n"
        "perform.take = take\n"
        "raise SystemExit(main.main(['--demo']))"
    )
    shell = pexpect.spawn(sys.executable, ["-c", code], env=home, encoding="utf-8", timeout=PATIENCE)
    shell.expect("demo@demo")
    shell.sendline("\\raw a LOGIN me hunter22")
    shell.expect("internal error in imapsh .ValueError at <string>, line 3")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 70
    assert "Traceback" not in (shell.before or "")
    assert "hunter22" not in Path(home["XDG_STATE_HOME"], "imapsh", "crash.txt").read_text()


@pytest.mark.parametrize(
    ("answer", "status", "seen"), [("n", 2, "imapsh: EXPUNGE was not sent"), ("y", 0, "EXPUNGE\r\n")]
)
def test_a_batch_at_a_terminal_asks_before_mail_is_lost(
    home: dict[str, str], answer: str, status: int, seen: str
) -> None:
    shell = start(home, "--demo", "-c", "SELECT INBOX", "-c", "EXPUNGE", "-c", "NOOP")
    shell.expect_exact("EXPUNGE would remove 1 message, 698 octets, of 2026-06-12, with no way back; send it? [y/N] ")
    shell.sendline(answer)
    shell.expect_exact(seen)
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == status
    assert ("NOOP" in (shell.before or "")) is (status == 0)


def test_a_report_is_of_a_script(home: dict[str, str]) -> None:
    shell = start(home, "--demo", "--report", "tap:-")
    shell.expect("imapsh: --report needs a script")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 2
