"""The system's keyring, played by a backend of keyring's own kind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords import keyrings
from imapsh.shell.settings.passwords.password import Password, Ways
from tests.shell.jobs import job
from tests.shell.running import ROOT, imapsh, listening, says, url


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


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EOFError("EOF when reading a line"), "it asks for a password of its own, and there is no terminal"),
        (RuntimeError("hunter22"), r"\(RuntimeError\): check its backend"),
        (ModuleNotFoundError("No module named 'gi'"), r"\(ModuleNotFoundError\): check its backend"),
    ],
)
def test_b2_whatever_a_backend_raises_is_a_sentence(ring: Ring, error: Exception, said: str) -> None:
    def fail(service: str, username: str) -> str | None:
        raise error

    ring.get_password = fail  # type: ignore[method-assign]
    with pytest.raises(LoginError, match=f"did not give the password for me at h.*{said}") as caught:
        keyrings.find("h", "me")
    assert "hunter22" not in str(caught.value)


BACKEND = """
import getpass, keyring.backend

class Asking(keyring.backend.KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return getpass.getpass("Password of the keyring: ")

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


@pytest.mark.parametrize("backend", ["no_such_module.Keyring", "asking.NoSuchClass"])
def test_b2_a_wrong_backend_is_a_sentence(backend: str, tmp_path: Path) -> None:
    (tmp_path / "asking.py").write_text(BACKEND)
    env = {"PYTHON_KEYRING_BACKEND": backend, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n")) as port:
        done = imapsh(url(port, user="me"), "--keyring", "-c", "NOOP", env=env)
    assert done.status == 6
    assert "check its backend with keyring diagnose, and PYTHON_KEYRING_BACKEND" in done.err


def test_b2_a_keyring_asks_in_the_terminal_s_own_modes(tmp_path: Path) -> None:
    (tmp_path / "asking.py").write_text(BACKEND)
    heard: list[bytes] = []
    env = {
        "PYTHON_KEYRING_BACKEND": "asking.Asking", "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "HOME": str(tmp_path),
    }  # fmt: skip
    server = says(greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n", heard=heard)
    with listening(server) as port, job(url(port, user="me"), "--keyring", "--no-ask", env=env) as shell:
        shell.expect("Password of the keyring: ")
        assert shell.hidden()  # by the keyring itself
        shell.type("hunter22\r")
        shell.expect("OK done", "me@127")
    assert heard[0] == b'A1 LOGIN me "hunter22"\r\n'
