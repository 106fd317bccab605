"""From options to a plan, and from a plan to a connection."""

from __future__ import annotations

import pytest

from imapsh.errors import ConnectError, TLSError, UsageError
from imapsh.shell.connection import dial
from imapsh.shell.connection.dial import Plan, make_plan, new_session, open_stream, opening
from imapsh.shell.settings.options import parse
from imapsh.transport.memory import Scripted


def plan(*words: str) -> Plan:
    return make_plan(parse(words))


def test_a_url_and_options_make_a_plan() -> None:
    made = plan("imap://me@mail.example/Sent", "--timeout", "9", "--limit", "line=5", "--insecure", "--read-only")
    assert (made.user, made.address.mailbox, made.idle_timeout, made.limits.line) == ("me", "Sent", 9, 5)
    assert (made.tls.insecure, made.read_only, made.connect_timeout) == (True, True, 30)
    assert (made.where, made.label) == ("mail.example:143", "me@mail.example")


def test_who_logs_in() -> None:
    assert plan("imap://me@mail.example", "--no-login").user == ""
    assert plan("mail.example", "--user", "you").user == "you"
    assert plan("imap://me;AUTH=PLAIN@mail.example").user == "me"


def test_by_which_mechanism() -> None:
    assert plan("imap://me@mail.example").mechanism == ""
    assert plan("imap://me@mail.example", "--mechanism", "auto").mechanism == "AUTO"
    assert plan("imap://;AUTH=external@mail.example").mechanism == "EXTERNAL"
    assert plan("imap://me;AUTH=PLAIN@mail.example", "--mechanism", "scram-sha-1").mechanism == "SCRAM-SHA-1"
    assert plan("imap://me;AUTH=NTLM@mail.example", "--no-login").mechanism == ""
    with pytest.raises(UsageError, match="unknown SASL mechanism NTLM"):
        plan("imap://me;AUTH=NTLM@mail.example")
    wanted = opening(plan("imaps://me@mail.example", "--mechanism", "auto", "--cert", "me.pem"))
    assert (wanted.mechanism, wanted.certificate, wanted.host, wanted.port) == ("AUTO", True, "mail.example", 993)


def test_connect_in_a_session_of_the_demo_leaves_the_demo() -> None:
    options = parse(["--demo"])
    assert make_plan(options).label == "demo@demo"
    assert make_plan(options, "imap://mail.example").where == "mail.example:143"


def test_a_session_is_secure_where_tls_comes_first() -> None:
    assert new_session(plan("imaps://mail.example")).secure
    assert not new_session(plan("imap://mail.example")).secure


def test_what_is_wanted_of_the_opening() -> None:
    wanted = opening(plan("--demo"))
    assert (wanted.local, wanted.user, wanted.must_starttls) == (True, "demo", False)
    assert wanted.password is not None
    assert wanted.password() == "demo"
    assert not opening(plan("imap://mail.example", "--no-ask")).ask_capabilities


def test_the_demo_greets() -> None:
    stream = open_stream(plan("--demo"))
    assert stream.read(1000).startswith(b"* OK [CAPABILITY ")
    stream.close()


@pytest.mark.parametrize(
    ("words", "error", "falls"),
    [
        (["mail.example", "--fallback"], ConnectError("refused"), True),
        (["mail.example"], ConnectError("refused"), False),
        (["mail.example", "--fallback"], TLSError("not trusted"), False),
        (["imaps://mail.example", "--fallback"], ConnectError("refused"), False),
        (["mail.example:1993", "--fallback"], TLSError("no TLS there"), True),
        (["mail.example:1993", "--fallback"], ConnectError("refused"), False),
    ],
)
def test_the_fall_back(words: list[str], error: Exception, falls: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Plan] = []

    def refusing(one: Plan, store: object = None) -> Scripted:
        tried.append(one)
        if one.address.scheme == "imaps":
            raise error
        return Scripted([])

    monkeypatch.setattr(dial, "open_stream", refusing)
    if not falls:
        with pytest.raises(type(error)):
            dial.dial(plan(*words))
        assert len(tried) == 1
        return
    _, followed = dial.dial(plan(*words))
    assert followed.plain
    assert opening(followed).must_starttls
    assert followed.address.port == (143 if ":" not in words[0] else 1993)
