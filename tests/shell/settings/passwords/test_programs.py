"""Commands that print a password: text for a shell, and lists that no shell reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imapsh.errors import LoginError, UsageError
from imapsh.shell.settings.config import load
from imapsh.shell.settings.options import parse
from imapsh.shell.settings.passwords.programs import Command, from_command, read
from tests.servers.base import Server
from tests.shell.running import imapsh

SHARP = "$(touch spoilt); `touch spoilt` | > spoilt * ' \" \\"  # what a shell would act on


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("pass show mail", "pass show mail"),
        ('["pass", "show", "my mail"]', ("pass", "show", "my mail")),
        (' ["pass"]', ("pass",)),
        ("[ -f x ] && cat x", "[ -f x ] && cat x"),
        ("[]", "[]"),
        ('["pass", 1]', '["pass", 1]'),
        ('["pass"', '["pass"'),
        ("[" * 5000, "[" * 5000),
    ],
)
def test_what_an_option_means(text: str, command: Command) -> None:
    assert read(text) == command
    assert parse(["h", "--password-command", text]).password_command == command
    assert parse(["h", "--token-command", text]).token_command == command


def test_no_shell_reads_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_command(("printf", "%s\n", SHARP)) == SHARP
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ("/no/such/program", "open sesame"),
            "--password-command cannot run /no/such/program: No such file or directory",
        ),
        (("/", "open sesame"), "cannot run /: Permission denied"),
        (("echo", "open sesame\0"), "cannot run echo: embedded null byte"),
        (("false", "open sesame"), "failed with exit status 1: run it by hand to see why"),
    ],
)
def test_a_program_that_cannot_be_run_is_named_and_its_arguments_are_not(command: Command, message: str) -> None:
    with pytest.raises(LoginError, match=message) as raised:
        from_command(command)
    assert "sesame" not in str(raised.value)


def configured(tmp_path: Path, value: str) -> Command:
    file = tmp_path / "config.toml"
    file.write_text(f'[profiles.a]\nurl = "imaps://h"\npassword-command = {value}\n')
    file.chmod(0o600)
    return load(str(file), {"url": "a"}).password_command


def test_a_list_in_the_configuration(tmp_path: Path) -> None:
    assert configured(tmp_path, '["pass", "show", "a b"]') == ("pass", "show", "a b")
    assert configured(tmp_path, '"pass show mail"') == "pass show mail"
    assert configured(tmp_path, json.dumps('["pass", "x"]')) == ("pass", "x")


@pytest.mark.parametrize("value", ["[]", '[""]', '["pass", 1]', "1", "true", '[["pass"]]', '""'])
def test_what_is_no_command_in_the_configuration(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError, match=r"config\.toml, line 3: .*password-command (must be text|needs its COMMAND)"):
        configured(tmp_path, value)


def test_a_list_of_a_file_that_others_write_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[profiles.a]\nurl = "imaps://h"\nkey-password-command = ["pass"]\n')
    file.chmod(0o666)
    with pytest.raises(UsageError, match=r"key-password-command may run a program .* others may write to the file"):
        load(str(file), {"url": "a"})


def test_a_login_with_a_list(dovecot: Server) -> None:
    command = json.dumps(["printf", "%s\n", dovecot.password])
    place = f"imaps://demo@{dovecot.host}:{dovecot.tls_port}"
    done = imapsh(place, "--cafile", str(dovecot.cafile), "--password-command", command, "-c", "NOOP")
    assert done.status == 0, done.err
    assert dovecot.password not in done.out.decode() + done.err
