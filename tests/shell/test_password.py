"""Where passwords come from, and that they go nowhere else."""

from __future__ import annotations

import os

import pytest

from imapsh.errors import LoginError
from imapsh.session.core import Session
from imapsh.shell import password as source
from imapsh.shell.password import Password, append_password, from_command, take_from_environment
from imapsh.spec.match import match

SECRET = "open sesame"


@pytest.fixture(autouse=True)
def nothing_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_taken", {})
    monkeypatch.delenv("IMAPSH_PASSWORD", raising=False)


def test_the_environment_is_emptied_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", SECRET)
    take_from_environment()
    assert "IMAPSH_PASSWORD" not in os.environ
    assert Password("me", "here")() == SECRET
    assert Password("me", "here")() == SECRET


def test_a_command_goes_before_the_environment_and_does_not_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", SECRET)
    assert Password("me", "here", 'echo "[$IMAPSH_PASSWORD]"; echo second')() == "[]"


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
