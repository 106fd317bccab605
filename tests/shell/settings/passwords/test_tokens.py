"""OAuth tokens from a command: what it may print, how long one is kept, and that none is sent again once refused."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords import tokens
from imapsh.shell.settings.passwords.password import Password, Ways
from tests.servers.base import Server
from tests.servers.dovecot import token
from tests.shell.running import Handler, imapsh, listening, url


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_last", {})
    monkeypatch.setattr(tokens, "_refused", {})


class Helper:
    """A command that prints one line after the other, and stays at the last."""

    def __init__(self, folder: Path, *lines: str) -> None:
        for number, line in enumerate(lines, 1):
            (folder / f"line{number}").write_text(line)
        self._count = folder / "count"
        self.command = (
            f"cd '{folder}'; printf . >> count; n=$(wc -c < count); n=$((n)); "
            f'[ "$n" -gt {len(lines)} ] && n={len(lines)}; cat "line$n"'
        )

    @property
    def runs(self) -> int:
        return len(self._count.read_text())


_LONG = 80_000  # seconds; parameters are made when a run begins, which may be some twenty minutes before the test


def in_a_while(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("printed", "found", "runs"),
    [
        ("abc\n", "abc", 2),
        ("abc\nmore\n", "abc", 2),
        ('{"access_token": "abc"}', "abc", 2),
        ('{"access_token": "abc", "expires_in": 3600}', "abc", 1),
        ('{"access_token": "abc", "expires_in": "3600"}', "abc", 1),
        ('{"access_token": "abc", "expires_in": 5}', "abc", 2),
        pytest.param(json.dumps({"token": "abc", "expiry": in_a_while(_LONG).isoformat()}), "abc", 1, id="expiry"),
        pytest.param(
            json.dumps({"accessToken": "abc", "expiresOn": in_a_while(_LONG).astimezone().isoformat(" ")}),
            "abc",
            1,
            id="expiresOn",
        ),
        pytest.param(
            json.dumps({"access_token": "abc", "expires_at": in_a_while(_LONG).timestamp()}), "abc", 1, id="expires_at"
        ),
        pytest.param(json.dumps({"access_token": "abc", "expiry": in_a_while(-1).isoformat()}), "abc", 2, id="over"),
        ('{"access_token": "abc", "expires_in": null, "expiry": "soon"}', "abc", 2),
    ],
)
def test_a_token_is_kept_while_its_time_is_known_and_not_over(
    tmp_path: Path, printed: str, found: str, runs: int
) -> None:
    helper = Helper(tmp_path, printed)
    assert tokens.current(helper.command) == found
    assert tokens.current(helper.command) == found
    assert helper.runs == runs


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("", "printed no token"),
        ('{"access_token": "hunter22"', "printed invalid JSON"),
        ('{"refresh_token": "hunter22"}', "JSON without an access_token"),
        ('{"access_token": ["hunter22"]}', "JSON without an access_token"),
        ('["hunter22"]', "JSON without an access_token"),
        ('{"access_token": "hunter22 x"}', "an access_token that cannot be a token"),
        ("<html><body>hunter22", "printed HTML and no token"),
        ("<html>", "printed HTML and no token"),
        ("<!DOCTYPE html>\n<p>hunter22", "printed HTML and no token"),
        ("Error: hunter22 has expired", "a first line that cannot be a token"),
    ],
)
def test_c6_what_is_no_token_is_not_repeated(tmp_path: Path, printed: str, reason: str) -> None:
    with pytest.raises(LoginError, match=reason) as caught:
        tokens.current(Helper(tmp_path, printed).command)
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            {"error": "invalid_grant", "error_description": "Token has been\nrevoked."},
            "invalid_grant: Token has been revoked.",
        ),
        ({"error": "invalid_client"}, "invalid_client"),
        ({"error": {"code": 403, "message": "No access\x1b[2J", "status": "DENIED"}}, "DENIED: No access [2J"),
        ({"error_description": "go away"}, "go away"),
        ({"error": "x" * 5000}, "x" * 500),
    ],
)
def test_c6_the_error_of_a_token_command_is_told(tmp_path: Path, said: object, reason: str) -> None:
    with pytest.raises(LoginError) as caught:
        tokens.current(Helper(tmp_path, json.dumps(said)).command)
    assert str(caught.value) == f"--token-command printed an error and no token: {reason}"


def test_after_a_refusal_the_command_is_run_once_more(tmp_path: Path) -> None:
    helper = Helper(tmp_path, '{"access_token": "old", "expires_in": 3600}', "new")
    wanted = Password("me", "here", ways=Ways(token_command=helper.command))
    assert wanted() == "old"
    assert wanted.another() == "new"
    assert helper.runs == 2


def test_the_same_token_is_not_sent_again_nor_at_the_next_connection(tmp_path: Path) -> None:
    helper = Helper(tmp_path, '{"access_token": "hunter22", "expires_in": 3600}')
    wanted = Password("me", "here", ways=Ways(token_command=helper.command))
    assert wanted() == "hunter22"
    assert wanted.another() == ""
    with pytest.raises(LoginError, match="still prints the token that the server refused") as caught:
        wanted()
    assert "hunter22" not in str(caught.value)


def test_a_password_is_not_tried_twice() -> None:
    assert Password("me", "here", ways=Ways(password_command="echo other")).another() == ""


# -- the program, at a server of ours


def only(good: bytes, heard: list[bytes]) -> Handler:
    """A server that takes one token, by XOAUTH2 with an initial response."""

    def handler(sock: socket.socket) -> None:
        from base64 import b64decode

        sock.sendall(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 LOGINDISABLED] hello\r\n")
        with sock.makefile("rb") as lines:
            for line in lines:
                words = line.split()
                if words[1] != b"AUTHENTICATE":
                    sock.sendall(words[0] + b" OK [CAPABILITY IMAP4rev1] done\r\n")
                    continue
                heard.append(b64decode(words[3]).split(b"Bearer ")[1].rstrip(b"\1"))
                if heard[-1] == good:
                    sock.sendall(words[0] + b" OK [CAPABILITY IMAP4rev1] in\r\n")
                    continue
                sock.sendall(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
                lines.readline()
                sock.sendall(words[0] + b" NO [AUTHENTICATIONFAILED] who are you\r\n")

    return handler


@pytest.mark.parametrize(
    ("lines", "tried", "status"),
    [
        (("good",), [b"good"], 0),
        (("expired", "good"), [b"expired", b"good"], 0),
        (("expired", "expired"), [b"expired"], 6),
        (("expired", "wrong", "good"), [b"expired", b"wrong"], 6),
    ],
)
def test_an_expired_token_is_replaced_once(
    tmp_path: Path, lines: tuple[str, ...], tried: list[bytes], status: int
) -> None:
    heard: list[bytes] = []
    with listening(only(b"good", heard)) as port:
        done = imapsh(url(port, user="me"), "--token-command", Helper(tmp_path, *lines).command, "-c", "NOOP")
    assert (done.status, heard) == (status, tried), done.err
    assert ("who are you (status 401)" in done.err) == bool(status)
    for word in ("expired", "wrong", "good"):
        assert word not in done.out.decode() + done.err


# -- and at Dovecot


@pytest.mark.parametrize("more", [(), ("--mechanism", "xoauth2")])
def test_dovecot(dovecot: Server, tmp_path: Path, more: tuple[str, ...]) -> None:
    good = json.dumps({"access_token": token("demo"), "expires_in": 3600})
    helper = Helper(tmp_path, token("demo", scope="calendar"), good)
    place = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX"
    done = imapsh(place, "--cafile", str(dovecot.cafile), "--token-command", helper.command, *more, "-c", "NOOP")
    assert done.status == 0, done.err
    assert helper.runs == 2
    assert token("demo") not in done.out.decode()
