"""A22: a machine that does not allow MD5 (FIPS)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from imapsh.client import imap4
from imapsh.errors import LoginError, UsageError
from imapsh.sasl.cram_md5 import CramMD5
from imapsh.sasl.digest_md5 import DigestMD5
from imapsh.sasl.md5 import available
from imapsh.sasl.table import choose, make, possible
from imapsh.shell.main import main
from tests.shell.running import listening, says, url

OFFERS = ("CRAM-MD5", "DIGEST-MD5", "PLAIN")


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """As OpenSSL is where only FIPS 140 counts."""
    hmacs = hmac.HMAC

    def md5(*_: Any, **__: Any) -> None:
        raise ValueError("[digital envelope routines] unsupported")

    def without_md5(key: bytes, message: Any = None, digestmod: Any = "") -> hmac.HMAC:
        if digestmod in ("md5", hashlib.md5):
            raise ValueError("[digital envelope routines] unsupported")
        return hmacs(key, message, digestmod)

    monkeypatch.setattr(hashlib, "md5", md5)
    monkeypatch.setattr(hmac, "HMAC", without_md5)
    monkeypatch.setattr(hmac, "new", without_md5)


def test_a22_it_is_allowed_here() -> None:
    assert available()
    assert possible(OFFERS, {"password"}, safe=True) == ["DIGEST-MD5", "CRAM-MD5", "PLAIN"]


@pytest.mark.parametrize("name", ["CRAM-MD5", "DIGEST-MD5"])
def test_a22_the_mechanism_is_not_available(forbidden: None, name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is not available: it needs MD5, which this machine does not allow"):
        make(name, "ida", "pw", host="mail.example")
    with pytest.raises(UsageError, match="not available"):
        CramMD5("ida", "pw")
    with pytest.raises(UsageError, match="not available"):
        DigestMD5("ida", "pw")


def test_a22_the_strongest_is_one_that_is_available(forbidden: None) -> None:
    assert possible(OFFERS, {"password"}, safe=True) == ["PLAIN"]
    assert choose(OFFERS, {"password"}, safe=True) == "PLAIN"
    with pytest.raises(LoginError, match="none of the mechanisms offered"):
        choose(("CRAM-MD5",), {"password"}, safe=True)


@pytest.mark.parametrize("name", ["CRAM-MD5", "DIGEST-MD5"])
def test_a22_a_batch_says_so_in_a_sentence(forbidden: None, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    greeting = f"* OK [CAPABILITY IMAP4rev1 AUTH={name}] hi\r\n".encode()
    with listening(says(greeting=greeting)) as port:
        words = ("--mechanism", name, "--password-command", "echo pw", "-c", "NOOP")
        assert main([url(port, user="ida"), *words]) == 2
    err = capsys.readouterr().err
    assert f"{name} is not available: it needs MD5" in err
    assert "mistake" not in err


def test_a22_login_cram_md5_raises_error_as_in_3_14(forbidden: None) -> None:
    heard: list[bytes] = []

    def handler(sock: Any) -> None:
        sock.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hi\r\n")
        for line in sock.makefile("rb"):
            heard.append(line)
            said = b"* CAPABILITY IMAP4rev1 AUTH=CRAM-MD5\r\n" if b"CAPABILITY" in line else b"* BYE\r\n"
            sock.sendall(said + line.split(b" ")[0] + b" OK done\r\n")

    with listening(handler) as port, imap4.IMAP4("127.0.0.1", port, 10) as client:
        with pytest.raises(imap4.IMAP4.error, match="CRAM-MD5 authentication is not supported"):
            client.login_cram_md5("tim", "tanstaaftanstaaf")
        client.user, client.password = "tim", "tanstaaftanstaaf"
        with pytest.raises(imap4.IMAP4.error, match="CRAM-MD5 authentication is not supported"):
            client._CRAM_MD5_AUTH(b"<1@mail.example>")
    assert not any(b"AUTHENTICATE" in line for line in heard)
