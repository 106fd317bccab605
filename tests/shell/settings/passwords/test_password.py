"""Where passwords come from, and that they go nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import LoginError, UsageError
from imapsh.session.core import Session
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords import password as source
from imapsh.shell.settings.passwords.password import (
    Kept,
    Password,
    Ways,
    append_password,
    take_from_descriptor,
    take_from_environment,
)
from imapsh.shell.settings.passwords.programs import from_command
from imapsh.typed.match import match

SECRET = "open sesame"


@pytest.fixture(autouse=True)
def nothing_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_taken", {})
    monkeypatch.setattr(source, "_handed_out", set())
    monkeypatch.delenv("IMAPSH_PASSWORD", raising=False)


def test_the_environment_is_emptied_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", SECRET)
    take_from_environment()
    assert "IMAPSH_PASSWORD" not in os.environ
    assert Password("me", "here")() == SECRET
    assert Password("me", "here")() == SECRET


def test_a_command_goes_before_the_environment_and_does_not_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", SECRET)
    ways = Ways(password_command='echo "[$IMAPSH_PASSWORD]"; echo second')
    assert Password("me", "here", ways=ways)() == "[]"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (f"echo '{SECRET}'; exit 3", "exit status 3"),
        ("true", "no password"),
        ("printf '\\n%s' later", "no password"),
        ("printf '\\377\\n'", "not UTF-8"),
        ("/no/such/program 2>/dev/null", "exit status 127"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_printed(command: str, reason: str) -> None:
    with pytest.raises(LoginError, match=reason) as caught:
        from_command(command)
    assert SECRET not in str(caught.value)


def test_a_carriage_return_ends_the_line_too() -> None:
    assert from_command("printf 'pass word\\r\\nmore'") == "pass word"


def test_a_person_is_asked_last_and_may_decline() -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return SECRET if len(asked) == 1 else ""

    password = Password("me", "here", ask=ask)
    assert password() == SECRET
    assert asked == ["Password for me at here: "]
    with pytest.raises(LoginError, match="no password for me"):
        password()
    assert SECRET not in repr(password)


@pytest.mark.parametrize("secret", [SECRET, 'quo"te\\', "Zürich", "a\r\nb", ""])
def test_a_password_appended_is_read_back_secret_whole(secret: str) -> None:
    line = append_password("LOGIN me", secret)
    found = match(line)
    assert found.complete
    value = found.slots[1].value
    assert (value.decode() if isinstance(value, bytes) else value) == secret
    (span,) = found.secrets
    assert span[1] == len(line)
    session = Session()
    exchange = session.line(line)
    assert secret == "" or secret.encode() not in exchange.shown.raw


# -- the order


def test_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source in turn is there, from the last to the first, and each goes before all that came before it."""
    monkeypatch.setenv("NETRC", str(private(tmp_path / "netrc", "machine here login me password netrc")))
    monkeypatch.setattr("imapsh.shell.settings.passwords.keyrings.find", lambda host, user: f"keyring {host} {user}")
    ways = Ways()

    def found(**more: Any) -> str:
        nonlocal ways
        ways = ways._replace(**more)
        return Password("me", "here:993", "here", ways, lambda prompt: "prompt")()

    assert found() == "prompt"
    assert found(netrc=True) == "netrc"
    assert found(keyring=True) == "keyring here me"
    monkeypatch.setenv("IMAPSH_PASSWORD", "environment")
    assert found() == "environment"
    assert found(password=Kept("kept")) == "kept"
    assert found(password_command="echo command") == "command"
    assert found(token_command="echo token") == "token"
    read, write = os.pipe()
    os.write(write, b"descriptor\nrest")
    take_from_descriptor(read)
    os.close(write)
    assert found(descriptor=True) == "descriptor"
    assert len(source.ORDER) == 9  # --oauth has steps of its own, before these
    assert "keyring here me" in source.handed_out()


def test_a_look_up_that_finds_nothing_leaves_it_to_the_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    monkeypatch.setattr("imapsh.shell.settings.passwords.keyrings.find", lambda host, user: "")
    assert Password("me", "here", "here", Ways(netrc=True, keyring=True), lambda prompt: "asked")() == "asked"


def test_a_descriptor_gives_its_first_line_and_keeps_the_rest() -> None:
    read, write = os.pipe()
    os.write(write, b"open sesame\nNOOP\n")
    kept = os.dup(read)
    take_from_descriptor(read)
    assert os.read(kept, 100) == b"NOOP\n"
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(read)
    os.close(kept)
    os.close(write)


def test_a_descriptor_that_is_not_open() -> None:
    with pytest.raises(UsageError, match=r"--password-fd 987654 cannot be read: Bad file descriptor"):
        take_from_descriptor(987654)


def test_what_was_handed_out_is_masked_in_the_next_session_too() -> None:
    from imapsh.shell.connection.dial import make_plan, new_session

    assert Password("me", "here", "here", Ways(password=Kept(SECRET)))() == SECRET
    session = new_session(make_plan(Options(url="imap://me@localhost")))
    assert SECRET.encode() not in session.secrets.mask(b"* OK " + SECRET.encode())


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path
