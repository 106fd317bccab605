"""From options to a plan, and from a plan to a connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
from pathlib import Path

import pytest

from imapsh.errors import ConnectError, TLSError, UsageError
from imapsh.shell.connection import dial
from imapsh.shell.connection.dial import Plan, make_plan, new_session, open_stream, opening
from imapsh.shell.main import main
from imapsh.shell.settings.options import parse
from imapsh.transport.memory import Scripted
from tests.servers.certs import Certs
from tests.shell.running import listening, url


def plan(*words: str) -> Plan:
    return make_plan(parse(words))


def test_a_url_and_options_make_a_plan() -> None:
    made = plan("imap://me@mail.example/Sent", "--timeout", "9", "--limit", "line=5", "--insecure", "--read-only")
    assert (made.user, made.address.mailbox, made.idle_timeout, made.limits.line) == ("me", "Sent", 9, 5)
    assert (made.tls.insecure, made.read_only, made.connect_timeout) == (True, True, 30)
    assert (made.where, made.label) == ("mail.example:143", "me@mail.example")


def test_a10_the_name_of_a_certificate_and_starttls() -> None:
    made = plan("imap://me@127.0.0.1", "--tls-name", "mail.example", "--no-starttls")
    assert (made.tls.name, made.starttls, opening(made).starttls, opening(made).host) == (
        "mail.example", False, False, "mail.example",
    )  # fmt: skip
    assert opening(plan("imap://me@127.0.0.1")).starttls
    assert new_session(plan("imaps+exec:nc mail.example 993")).secure


def test_who_logs_in() -> None:
    assert plan("imap://me@mail.example", "--no-login").user == ""
    assert plan("mail.example", "--user", "you").user == "you"
    assert plan("imap://me;AUTH=PLAIN@mail.example").user == "me"


def acting(*words: str, url: str | None = None) -> tuple[str, str, str]:
    wanted = opening(make_plan(parse(words), url))
    return wanted.user, wanted.authorize, wanted.proxyauth


def test_for_whom_one_acts() -> None:
    assert acting("imaps://root@h", "--authorize", "bob") == ("root", "bob", "")
    assert acting("imaps://root@h", "--proxyauth", "bob") == ("root", "", "bob")
    assert acting("imaps://root;AUTHORIZE=bob@h") == ("root", "bob", "")
    assert acting("imaps://;PROXYAUTH=bob@h", "--user", "root") == ("root", "", "bob")
    assert acting("imaps://root;AUTHORIZE=bob@h", "--authorize", "bob") == ("root", "bob", "")
    assert acting("imaps://;AUTHORIZE=bob@h", "--mechanism", "external") == ("", "bob", "")
    assert acting("imaps://root;AUTHORIZE=bob@h", "--no-login") == ("", "", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("h", "--authorize", "bob"),
            "to act for bob you log in as somebody else: give --user ADMIN, or imaps://ADMIN",
        ),
        (("imaps://root;AUTHORIZE=bob@h", "--authorize", "ann"), "URL says to act for bob and the options say ann"),
        (("imaps://root;PROXYAUTH=bob@h", "--authorize", "bob"), "or by another way: give only one"),
        (("root@h", "--proxyauth", "ann", "--authorize", "bob"), "--authorize and --proxyauth cannot be used together"),
        (("root@h", "--proxyauth", "bob\r\nx"), "the user to act for cannot contain control characters"),
        (("root@h", "--authorize", "bob\x1b"), "the user to act for cannot contain control characters"),
        (("h", "--authorize", "bob", "--no-login"), "--authorize and --no-login cannot be used together"),
    ],
)
def test_for_whom_one_cannot_act(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan(*words)


def test_a_url_that_says_who_it_is_acts_for_nobody_unasked() -> None:
    assert acting("imaps://root@h", "--authorize", "bob", url="imaps://root@i") == ("root", "", "")
    assert acting("imaps://root@h", "--authorize", "bob", url="imaps://root;PROXYAUTH=ann@i") == ("root", "", "ann")
    assert acting("h", "--user", "root", "--authorize", "bob", url="i") == ("root", "bob", "")


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


def test_a10_a_tunnel_to_a_server_of_another_name(certs: Certs, capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[bytes] = []

    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi\r\n")
        sock.recv(100)
        sock.sendall(b"A1 OK begin\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certs.wrong_host_pem)
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(sock, server_side=True) as secure:
            for line in secure.makefile("rb"):
                heard.append(line)
                said = b"* CAPABILITY IMAP4rev1\r\n" if b"CAPABILITY" in line else b""
                secure.sendall(said + line.split(b" ")[0] + b" OK done\r\n")

    with listening(handler) as port:
        start = [url(port, user="ida"), "--password-command", "echo pw", "-c", "NOOP"]
        assert main([*start, "--cafile", str(certs.ca)]) == 5
        refused = capsys.readouterr().err
        assert "is for wrong.example.test, not for 127.0.0.1" in refused
        assert "--tls-name" in refused
        assert "--insecure" in refused
        assert heard == []
        assert main([*start, "--cafile", str(certs.ca), "--tls-name", "wrong.example.test"]) == 0
        assert main([*start, "--insecure"]) == 0
        assert main([*start, "--no-starttls"]) == 6
    assert heard[1] == b'A3 LOGIN ida "pw"\r\n'


def test_a_file_is_no_server_and_the_way_to_read_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mail.log").write_bytes(b"* OK hi\r\n")
    with pytest.raises(
        UsageError, match=r"mail\.log is a file: --explain mail\.log reads .* imaps://mail\.log is the host"
    ):
        plan("mail.log")
    assert plan("imaps://mail.log").address.host == "mail.log"
    assert plan("mail.test").address.host == "mail.test"
