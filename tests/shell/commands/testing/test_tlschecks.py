r"""`\expect tls`: every part of it, and what is said if it does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import StateError, UsageError
from imapsh.shell.commands.testing.checks import check
from imapsh.shell.expectation import TLS_FIELDS, parse
from imapsh.transport.tls import TLSOptions
from imapsh.transport.x509 import read
from tests.servers.certs import Certs
from tests.shell.commands.login.test_tls import over
from tests.shell.hosting import FakeApp
from tests.transport.papers import made, shaken


def seen(host: FakeApp, text: str) -> tuple[bool, str]:
    return check(parse(text), host)


@pytest.fixture
def host(certs: Certs) -> FakeApp:
    return over(shaken(str(certs.server_pem), TLSOptions(cafile=str(certs.ca)), "localhost").handshaken())


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("tls", True),
        ("no tls", False),
        ("tls expires > 30", True),
        ("tls expires < 30", False),
        ("TLS EXPIRES >= 30", True),
        ("tls version = TLSv1.3", True),
        ("tls version >= 1.2", True),
        ("tls version < 1.3", False),
        ("tls cipher ~ ^TLS_AES", True),
        ("tls bits >= 128", True),
        ("tls verified", True),
        ("tls verified = yes", True),
        ("no tls verified", False),
        ("tls names = localhost", True),
        ("tls names = ::1", True),
        ("tls names = other.example", False),
        ("tls names != localhost", False),
        ("tls names != other.example", True),
        ("tls names !~ example", True),
        ("tls key = EC P-256", True),
        ("tls key-bits = 256", True),
        ("tls signature ~ SHA-256", True),
        ("tls subject ~ CN=localhost", True),
        ("tls issuer ~ imapsh tests", True),
        ("tls binding = tls-server-end-point", True),
    ],
)
def test_whether_it_holds(host: FakeApp, text: str, holds: bool) -> None:
    assert seen(host, text)[0] is holds


def test_every_part_is_known(host: FakeApp) -> None:
    for part in TLS_FIELDS:
        assert seen(host, f"tls {part}")[0] == (part != "pinned"), part


def test_a_fingerprint_in_any_form(tmp_path: Path) -> None:
    one = made(tmp_path, "mail.example")
    host = over(shaken(one.path, TLSOptions(insecure=True), "mail.example").handshaken())
    plain = read(one.der).fingerprint
    colons = ":".join(plain[at : at + 2] for at in range(0, 64, 2)).upper()
    assert seen(host, f"tls fingerprint = {plain}")[0]
    assert seen(host, f"tls fingerprint = {colons}")[0]
    assert seen(host, f"tls fingerprint = {plain[:-1]}") == (False, f"tls fingerprint was {plain}")
    assert seen(host, f"tls key-fingerprint = {read(one.der).key_fingerprint}")[0]
    assert seen(host, "tls verified") == (False, "tls verified was no")
    assert seen(host, "tls verified = no")[0]
    assert seen(host, "tls names = x") == (False, "tls names was mail.example")


def test_a_pin(tmp_path: Path) -> None:
    one = made(tmp_path, "mail.example")
    options = TLSOptions(pins=(read(one.der).fingerprint,), pins_only=True)
    host = over(shaken(one.path, options, "mail.example").handshaken())
    assert seen(host, "tls pinned = certificate")[0]
    assert seen(host, "tls verified") == (False, "tls verified was no")


def test_one_that_has_expired_or_cannot_be_read(tmp_path: Path) -> None:
    found = shaken(made(tmp_path, days=-3.5).path, TLSOptions(insecure=True), "h").handshaken()
    assert seen(over(found), "tls expires > 30") == (False, "tls expires was -4")
    assert seen(over(found), "tls names") == (False, "tls names was unknown")
    assert seen(over(found._replace(chain=())), "tls expires > 30") == (False, "tls expires was unknown")
    assert seen(over(found._replace(chain=(b"junk",))), "tls expires > 30") == (False, "tls expires was unknown")
    assert seen(over(found._replace(chain=(b"junk",))), "tls names != mail.example")[0] is False


def test_many_names_are_cut(tmp_path: Path) -> None:
    one = made(tmp_path, *(f"n{number}.example" for number in range(9)))
    host = over(shaken(one.path, TLSOptions(insecure=True), "h").handshaken())
    assert seen(host, "tls names = x") == (False, "tls names was n0.example, n1.example, n2.example and 6 more")


def test_without_tls() -> None:
    assert seen(FakeApp(connected=True), "tls verified") == (False, "the connection does not use TLS")
    assert seen(FakeApp(connected=True), "no tls")[0]
    with pytest.raises(StateError, match="not connected"):
        seen(FakeApp(), "tls expires > 30")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tls expiry > 30", "'expiry' is none of them"),
        ("tls > 30", r"the form is \\expect tls"),
        ("tls expires > soon", "> compares numbers"),
        ("tls expires 30", r"the form is \\expect tls"),
    ],
)
def test_what_is_not_an_expectation(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse(text)
