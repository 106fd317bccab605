"""Which mechanisms of a server can be used here, and why not the others."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.sasl import gssapi, md5
from imapsh.session.core import Session
from imapsh.session.wanted import Opening
from imapsh.shell.commands.login.mechanisms import LOGIN, Ways, ways

ALL = (
    "AUTH=PLAIN", "AUTH=SCRAM-SHA-256", "AUTH=SCRAM-SHA-256-PLUS", "AUTH=OAUTHBEARER", "AUTH=EXTERNAL", "AUTH=GSSAPI",
    "AUTH=CRAM-MD5", "AUTH=ANONYMOUS", "AUTH=XNEW",
)  # fmt: skip


def found(*capabilities: str, secure: bool = True, taken: str = "", **given: Any) -> Ways:
    session = Session(secure=secure)
    session.receive(f"* OK [CAPABILITY IMAP4rev1 {' '.join(capabilities)}] hello\r\n".encode())
    list(session.events())
    wanted = Opening("mail.example", **{"user": "ida", "password": str, **given})
    return ways(session, wanted, capabilities, taken)


def why(name: str, *capabilities: str, **given: Any) -> str:
    return next(way.why for way in found(*(capabilities or ALL), **given).ways if way.name == name)


def test_the_strongest_come_first_and_the_unknown_last() -> None:
    names = [way.name for way in found(*ALL).ways]
    assert names[0] == "SCRAM-SHA-256-PLUS"
    assert names[-3:] == ["ANONYMOUS", "XNEW", LOGIN]


def test_with_a_password() -> None:
    assert why("PLAIN") == why("SCRAM-SHA-256") == why(LOGIN) == ""
    assert why("OAUTHBEARER") == "no token: give --oauth or --token-command"
    assert why("EXTERNAL") == "no client certificate: give --cert and --key"
    assert why("EXTERNAL", certificate=True) == ""
    assert "tls-unique" in why("SCRAM-SHA-256-PLUS")
    assert why("SCRAM-SHA-256-PLUS", binding=lambda: ("tls-unique", b"x")) == ""
    assert why("XNEW") == "imapsh does not know it"
    assert "taken by name only" in why("ANONYMOUS")
    assert why("ANONYMOUS", mechanism="ANONYMOUS") == ""


def test_with_a_token() -> None:
    assert why("OAUTHBEARER", token=True) == ""
    assert why("PLAIN", token=True) == why(LOGIN, token=True) == "there is a token, and no password"


def test_without_a_user() -> None:
    assert why("PLAIN", user="") == why(LOGIN, user="") == "no user is given"


def test_without_tls() -> None:
    assert why("PLAIN", secure=False) == "it needs TLS: it would send the secret as it is"
    assert why("SCRAM-SHA-256", secure=False) == ""
    assert why("PLAIN", secure=False, cleartext=True) == ""
    assert why(LOGIN, "LOGINDISABLED", secure=False) == "the server disables it here (LOGINDISABLED)"
    assert "is not encrypted" in found("AUTH=PLAIN", secure=False).refused


def test_for_another_user() -> None:
    assert why(LOGIN, authorize="eve") == why("CRAM-MD5", authorize="eve") == "it cannot name another user to act for"
    assert why("PLAIN", authorize="eve") == ""


def test_tickets_and_md5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "imapsh[gssapi]" in why("GSSAPI")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr(gssapi, "have_ticket", lambda: False)
    assert why("GSSAPI") == "there is no Kerberos ticket: kinit gets one"
    monkeypatch.setattr(gssapi, "have_ticket", lambda: True)
    assert why("GSSAPI") == ""
    monkeypatch.setattr(md5, "available", lambda: False)
    assert why("CRAM-MD5") == "this machine does not allow MD5"


def test_what_is_taken() -> None:
    def taken(*capabilities: str, **given: Any) -> list[str]:
        return [way.name for way in found(*capabilities, **given).ways if way.taken]

    assert taken(*ALL) == ["PLAIN"]
    assert taken("AUTH=SCRAM-SHA-256") == [LOGIN]
    assert taken(*ALL, mechanism="AUTO") == ["SCRAM-SHA-256"]
    assert taken(*ALL, taken="CRAM-MD5") == ["CRAM-MD5"]
    assert taken(*ALL, user="") == []
    assert taken("LOGINDISABLED") == []
    assert "disables LOGIN" in found("LOGINDISABLED").refused
