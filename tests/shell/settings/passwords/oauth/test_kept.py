"""Where tokens are kept, and who may read them there."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords.oauth import kept
from imapsh.shell.settings.passwords.oauth.grants import Tokens
from imapsh.shell.settings.passwords.oauth.providers import Provider
from imapsh.shell.settings.passwords.password import Kept

ONE = Provider("company", "client", scope="mail", token="https://idp.example/token")
TOKENS = Tokens(Kept("hunter22"), Kept("hunter23"), 1e10)


class Ring(KeyringBackend):
    priority = 1

    def __init__(self, longest: int = 1 << 16) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.longest = longest

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > self.longest:
            raise OSError("too long for this keyring")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise PasswordDeleteError("not there")
        del self.held[service, username]


@pytest.fixture
def backend() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: None) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "imapsh" / "oauth"


def revealed(tokens: Tokens | None) -> tuple[str, str, float] | None:
    return None if tokens is None else (tokens.access.reveal(), tokens.refresh.reveal(), tokens.until)


def test_without_a_keyring_in_a_file_for_its_owner_alone(folder: Path) -> None:
    kept.save(ONE, "me@x.example", TOKENS)
    (file,) = folder.iterdir()
    assert file == Path(kept.path(ONE, "me@x.example"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert revealed(kept.load(ONE, "me@x.example")) == ("hunter22", "hunter23", 1e10)
    assert kept.place(ONE, "me@x.example") == str(file)
    assert kept.load(ONE, "other") is None
    assert kept.forget(ONE, "me@x.example")
    assert not file.exists()
    assert not kept.forget(ONE, "me@x.example")


def test_in_the_keyring_where_there_is_one(folder: Path) -> None:
    kept.save(ONE, "me", TOKENS)
    keyring.set_keyring(ring := Ring())
    kept.save(ONE, "me", TOKENS)
    assert list(ring.held) == [("imapsh-oauth:company", "me")]
    assert list(folder.iterdir()) == []
    assert revealed(kept.load(ONE, "me")) == ("hunter22", "hunter23", 1e10)
    assert kept.place(ONE, "me") == "the keyring (imapsh-oauth:company)"
    assert kept.forget(ONE, "me")
    assert ring.held == {}


def test_a_keyring_that_takes_no_tokens_leaves_them_to_the_file(folder: Path) -> None:
    keyring.set_keyring(Ring(longest=10))
    kept.save(ONE, "me", TOKENS)
    assert len(list(folder.iterdir())) == 1
    assert kept.load(ONE, "me") is not None


@pytest.mark.parametrize("change", [{"token": "https://evil.example/"}, {"client_id": "other"}, {"scope": "all"}])
def test_a_token_is_given_to_no_other_endpoint_or_client(change: dict[str, str]) -> None:
    kept.save(ONE, "me", TOKENS)
    assert kept.load(ONE._replace(**change), "me") is None  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_read_is_refused(mode: int) -> None:
    kept.save(ONE, "me", TOKENS)
    os.chmod(kept.path(ONE, "me"), mode)
    with pytest.raises(LoginError, match="contains tokens, and others may read or change it: remove it") as caught:
        kept.load(ONE, "me")
    assert "hunter" not in str(caught.value)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    kept.save(ONE, "me", TOKENS)
    path, real = Path(kept.path(ONE, "me")), tmp_path / "real"
    path.rename(real)
    path.symlink_to(real)
    with pytest.raises(LoginError, match="cannot be read: it is a symbolic link"):
        kept.load(ONE, "me")
    before = real.read_bytes()
    kept.save(ONE, "me", Tokens(Kept("new"), Kept("new"), 0.0))
    assert real.read_bytes() == before
    assert not path.is_symlink()
    assert revealed(kept.load(ONE, "me")) == ("new", "new", 0.0)


def test_what_is_no_file_is_not_read(folder: Path) -> None:
    path = Path(kept.path(ONE, "me"))
    folder.mkdir(parents=True)
    os.mkfifo(path, 0o600)
    with pytest.raises(LoginError, match="it is not a regular file"):
        kept.load(ONE, "me")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "\xff", "[" * 100_000, '{"for": "client https://idp.example/token mail"}', "x" * (1 << 19)],
    ids=lambda text: text[:10],
)
def test_a_broken_file_is_as_none(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    path = Path(kept.path(ONE, "me"))
    path.write_text(text)
    path.chmod(0o600)
    assert kept.load(ONE, "me") is None


@pytest.mark.parametrize("user", ["../../etc/passwd", "a/b", ".", "x" * 4000, "ä\n", "-rf", "\udcff", ""])
def test_a_user_of_any_name_has_a_file_in_the_folder(folder: Path, user: str) -> None:
    kept.save(ONE, user, TOKENS)
    (file,) = folder.iterdir()
    assert file.name.isprintable()
    assert kept.load(ONE, user) is not None
    assert kept.load(ONE, user + "x") is None


def test_on_a_full_disk_the_file_of_before_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.save(ONE, "me", TOKENS)
    before = Path(kept.path(ONE, "me")).read_text()

    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(LoginError, match=r"the tokens cannot be kept in .*: No space left on device"):
        kept.save(ONE, "me", Tokens(Kept("new"), Kept("new"), 0.0))
    assert Path(kept.path(ONE, "me")).read_text() == before
    assert len(list(folder.iterdir())) == 1
    assert json.loads(before)["access_token"] == "hunter22"


def test_a_lock_that_is_never_given_back_holds_nobody_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PATIENCE", 0)
    with kept.locked(ONE, "me"), kept.locked(ONE, "me"):
        kept.save(ONE, "me", TOKENS)
    assert revealed(kept.load(ONE, "me")) == revealed(TOKENS)
