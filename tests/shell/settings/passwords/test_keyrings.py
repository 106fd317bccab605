"""The system's keyring, played by a backend of keyring's own kind."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords import keyrings
from imapsh.shell.settings.passwords.password import Password, Ways


class Ring(KeyringBackend):
    """Passwords in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("hunter22")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_password_is_found_by_host_and_user(ring: Ring) -> None:
    keyring.set_password("imapsh:mail.example", "me", "hunter22")
    assert ring.kept
    assert Password("me", "mail.example:993", "mail.example", Ways(keyring=True))() == "hunter22"
    assert keyrings.find("mail.example", "you") == ""


@pytest.mark.usefixtures("ring")
def test_what_it_does_not_hold_is_asked_for() -> None:
    assert Password("me", "h:993", "h", Ways(keyring=True), lambda prompt: "asked")() == "asked"


def test_a_locked_one_is_a_sentence(ring: Ring) -> None:
    ring.locked = True
    with pytest.raises(LoginError, match=r"did not give the password for me at h \(KeyringLocked\)") as caught:
        keyrings.find("h", "me")
    assert "hunter22" not in str(caught.value)


@pytest.mark.usefixtures("ring")
def test_a_system_without_one_is_a_sentence() -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(LoginError, match="found no keyring on this system"):
        keyrings.find("h", "me")


def test_where_the_package_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(LoginError, match=r"not installed: pip install 'imapsh\[keyring\]'"):
        keyrings.find("h", "me")
