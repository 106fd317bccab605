"""--plain and TERM=dumb: whole lines in, whole lines out, and no escape sequence at all."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect
import pytest

from tests.patience import PATIENCE
from tests.servers.base import Server


def start(tmp_path: Path, *arguments: str, term: str = "xterm") -> pexpect.spawn[str]:
    folders = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    return pexpect.spawn(
        sys.executable, ["-m", "imapsh", *arguments], env={**os.environ, **folders, "TERM": term}, encoding="utf-8",
        timeout=PATIENCE, dimensions=(24, 80),
    )  # fmt: skip


class Said:
    """All that the program wrote."""

    def __init__(self, shell: pexpect.spawn[str]) -> None:
        self.text = ""
        shell.logfile_read = self

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        """Nothing waits."""


@pytest.mark.parametrize(("words", "term"), [(("--plain",), "xterm"), ((), "dumb")])
def test_nothing_but_lines(tmp_path: Path, words: tuple[str, ...], term: str) -> None:
    shell = start(tmp_path, "--demo", *words, term=term)
    said = Said(shell)
    shell.expect("\r\ndemo@demo> $")
    shell.sendline("SELECT INBOX")
    shell.expect(r"A\d+ OK \[READ-WRITE\]")
    shell.expect("demo@demo INBOX> $")
    shell.sendline("APPEND INBOX {3}")
    shell.expect("3 octets> $")
    shell.sendline("x: ")
    shell.expect(r"A\d+ OK \[APPENDUID")
    shell.expect("demo@demo INBOX> $")
    shell.sendline("IDLE")
    shell.expect(r"\(idle\)> $")
    shell.sendline("")
    shell.expect("> DONE")
    shell.expect("OK idled")
    shell.expect("demo@demo INBOX> $")
    shell.send("NOT SENT")
    shell.sendintr()
    shell.expect("demo@demo INBOX> $")
    shell.sendline("\\help")
    shell.expect("demo@demo INBOX> $")
    shell.sendeof()
    shell.expect("BYE")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0
    assert re.search(r"[\x00-\x07\x0b-\x0c\x0e-\x1f]", said.text.replace("^C", "").replace("^D\x08\x08", "")) is None
    assert "NOT SENT\r\n> " not in said.text
    history = (tmp_path / "imapsh" / "history").read_text()
    assert "+SELECT INBOX\n" in history
    assert "+APPEND INBOX {3}\n+x: \n" in history


def test_colours_where_they_are_asked_for(tmp_path: Path) -> None:
    shell = start(tmp_path, "--demo", "--plain", "--color", "always")
    shell.expect("A1\x1b")
    shell.expect("demo@demo> $")
    shell.sendeof()
    shell.expect(pexpect.EOF)


def test_e13_the_literal_of_a_login_is_unseen(tmp_path: Path) -> None:
    shell = start(tmp_path, "--demo", "--no-login", "--plain")
    said = Said(shell)
    shell.expect(r"\(not logged in\)> $")
    shell.sendline("LOGIN demo {8}")
    shell.expect("8 octets> $")
    shell.sendline("hunter22")
    shell.expect("AUTHENTICATIONFAILED")
    shell.sendeof()
    shell.expect(pexpect.EOF)
    assert "hunter22" not in said.text + (tmp_path / "imapsh" / "history").read_text()


def test_a_password_is_asked_for_unseen(tmp_path: Path, dovecot: Server) -> None:
    place = f"imaps://{dovecot.host}:{dovecot.tls_port}"
    shell = start(tmp_path, "--plain", "--cafile", str(dovecot.cafile), place)
    said = Said(shell)
    shell.expect(r"\(not logged in\)> $")
    shell.sendline(f"LOGIN {dovecot.user}")
    shell.expect("Password for .*: $")
    shell.sendline("wrong-password")
    shell.expect("AUTHENTICATIONFAILED")
    shell.expect(r"\(not logged in\)> $")
    shell.sendline(f"LOGIN {dovecot.user}")
    shell.expect("Password for .*: $")
    shell.sendline(dovecot.password)
    shell.expect(r"OK \[CAPABILITY")
    shell.sendeof()
    shell.expect(pexpect.EOF)
    assert "wrong-password" not in said.text
    assert "wrong-password" not in (tmp_path / "imapsh" / "history").read_text()
