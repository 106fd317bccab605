"""GSSAPI (RFC 4752) with a real ticket, where Kerberos and python-gssapi are there; and what is said where not."""

from __future__ import annotations

import builtins
import contextlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import LoginError, UsageError
from imapsh.sasl.table import AUTO, make
from tests.servers import kerberos
from tests.servers.base import Missing, Server, absent
from tests.servers.certs import Certs

from .test_real import Login


@pytest.fixture(scope="module")
def realm(state_folder: Path, certs: Certs) -> Iterator[tuple[Server, dict[str, str]]]:
    """Dovecot and the environment of one who has a ticket."""
    if importlib.util.find_spec("gssapi") is None:
        absent("the extra `gssapi` is not installed")
    run = state_folder / "kerberos"
    run.mkdir()
    with contextlib.ExitStack() as stack:
        try:
            server, environment = stack.enter_context(kerberos.running(run, certs))
        except Missing as error:
            absent(str(error))
        yield server, dict(environment)


@pytest.fixture
def server(realm: tuple[Server, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Server:
    found, environment = realm
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.mark.parametrize("name", ["GSSAPI", AUTO])
def test_a_ticket(server: Server, name: str) -> None:
    login = Login(server, name, password=None)
    assert (login.state, login.used) == ("authenticated", ["GSSAPI"])


def test_no_ticket(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/nowhere/at/all")
    with pytest.raises(LoginError, match=r"Kerberos could not authenticate to imap@localhost: .*klist"):
        Login(server, "GSSAPI", password=None)
    assert Login(server, AUTO).used == ["SCRAM-SHA-256"]


def test_the_wrong_host(server: Server) -> None:
    with pytest.raises(LoginError, match="imap@elsewhere"):
        make("GSSAPI", "demo", host="elsewhere").step(b"")


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import_module = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "gssapi":
            raise ImportError(name)
        return import_module(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"imapsh\[gssapi\]"):
        make("GSSAPI", "demo", host="localhost")
