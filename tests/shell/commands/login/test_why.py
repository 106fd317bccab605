r"""`\why`: after a login that failed, or worked, or was never tried; and it sends nothing."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import ImapshError, StateError, UsageError
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords import tokens
from imapsh.shell.settings.passwords.password import Kept
from imapsh.transport.base import Stream
from tests.sasl.test_jwt import token
from tests.servers.base import Server
from tests.shell.acting import ENTER, acting, play
from tests.shell.hosting import FakeApp, answering

SECRET = "hunter22"
REFUSAL = b64encode(b'{"status":"400"}').decode()
OFFERS = "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=SCRAM-SHA-256"


def plan(url: str = "imap://ida@127.0.0.1", **given: Any) -> Plan:
    return make_plan(Options(url=url, **{"no_ask": True, "password": Kept(SECRET), **given}))


def tried(stream: Stream, wanted: Plan) -> FakeApp:
    """Return a shell that has tried to open this connection, and was refused."""
    host = FakeApp()
    with pytest.raises(ImapshError):
        host.talks_over(stream, wanted)
    host.done.clear()
    return host


def rows(host: FakeApp) -> dict[str, str]:
    """Return what `\\why` says, by its labels; the last of those that are alike."""
    text = host.does("\\why").said[-1]
    assert host.done == []  # nothing was sent
    parts = [line.strip().split("  ", 1) for line in text.splitlines() if line.startswith("  ")]
    return {part[0]: part[1].strip() for part in parts}


@pytest.mark.parametrize(
    ("answer", "meaning", "way"),
    [
        ("[AUTHENTICATIONFAILED] no", "no such user, or the password is wrong", "the whole address"),
        ("[EXPIRED] old", "is no longer accepted", "set a new password"),
        ("[UNAVAILABLE] down", "is down", "try again later"),
        ("[CONTACTADMIN] ask", "wants a person to look", "ask the administrator"),
        ("[PRIVACYREQUIRED] tls", "without encryption", "imaps://"),
        ("[LIMIT] many", "a limit of the server", "close other connections"),
        ("who knows", "gives no code", "read its text"),
    ],
)
def test_a_login_that_was_refused(answer: str, meaning: str, way: str) -> None:
    host = tried(answering({"AUTHENTICATE": f"TAG NO {answer}"}, OFFERS, "OK"), plan())
    seen = rows(host)
    assert seen["user"] == "ida"
    assert seen["password"].startswith("password: in a profile of a configuration file")
    assert seen["tried"].startswith("AUTHENTICATE PLAIN as ida, ")
    assert seen["answer"] == f"NO {answer}"
    assert meaning in seen["meaning"]
    assert way in seen["try"]
    assert seen["result"] == f"the login was refused: NO {answer}"
    assert (seen["PLAIN"], seen["SCRAM-SHA-256"]) == ("taken", "possible")
    assert SECRET not in host.text


def test_a_server_that_says_the_password_again() -> None:
    host = tried(answering({"AUTHENTICATE": f"TAG NO your {SECRET} is wrong"}, OFFERS, "OK"), plan())
    assert rows(host)["answer"] == "NO your ******** is wrong"
    host.does("\\format json").does("\\why")
    assert SECRET not in host.text


def test_our_own_words_are_not_masked() -> None:
    host = tried(answering({"AUTHENTICATE": "TAG NO [AUTHENTICATIONFAILED] bad"}, OFFERS, "OK"),
                 plan(password=Kept("wrong")))  # fmt: skip
    assert rows(host)["meaning"].startswith("the server knows no such user, or the password is wrong;")


def test_a_token_that_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    made = token(exp=1_600_000_000, scp="IMAP.AccessAsUser.All", upn="ida@example", iss="https://id.example")
    monkeypatch.setattr(tokens, "current", lambda command: made)
    monkeypatch.setattr(tokens, "another", lambda command: "")
    stream = answering({"AUTHENTICATE": f"+ {REFUSAL}", "": "A1 NO [AUTHENTICATIONFAILED] no"}, OFFERS, "OK")
    host = tried(stream, plan(password=None, token_command="get", cleartext=True))
    seen = rows(host)
    assert seen["tried"].startswith("AUTHENTICATE XOAUTH2 as ida")
    assert seen["token"].startswith(
        "for ida@example; by https://id.example; scope IMAP.AccessAsUser.All; valid to 2020"
    )
    assert seen["server"] == "status 400"
    assert seen["fault"].startswith("the token expired at 2020-09-13 12:26:40 UTC, ")
    assert "fresh token" in seen["try"]
    host.does("\\format json").does("\\why")
    value = json.loads(host.said[-1])["value"]["login"]
    assert value["token"]["fault"] == "expired"
    assert value["token"]["claims"]["scopes"] == ["IMAP.AccessAsUser.All"]
    assert made not in host.text
    assert made.rpartition(".")[0] not in host.text


def test_a_login_that_was_not_tried() -> None:
    host = tried(answering({}, "IMAP4rev1 LOGINDISABLED", "OK"), plan())
    seen = rows(host)
    assert seen["tried"].startswith("nothing: 127.0.0.1:143 disables LOGIN on this connection")
    assert seen["LOGIN command"] == "no: the server disables it here (LOGINDISABLED)"
    assert seen["result"].startswith("127.0.0.1:143 disables LOGIN")


def test_a_login_that_worked_and_none() -> None:
    host = FakeApp()
    host.talks_over(answering({}, OFFERS, "OK"), plan())
    assert rows(host)["result"] == "the login works"
    host.talks_over(answering({}, "IMAP4rev1"), plan(no_login=True, password=None), "second")
    seen = rows(host)
    assert (seen["result"], seen["TLS"]) == ("the connection works", "none")
    assert seen["tried"] == "nothing: the server let us in without a login (PREAUTH)"
    assert "AUTHENTICATE PLAIN as ida" in host.does("\\why 1").said[-1]
    with pytest.raises(UsageError, match="no connection 'third'"):
        host.does("\\why third")


def test_a_login_by_hand() -> None:
    host = FakeApp()
    host.talks_over(
        answering({"LOGIN": "TAG NO [AUTHENTICATIONFAILED] no"}, OFFERS, "OK"), plan(no_login=True, password=None)
    )
    assert rows(host)["tried"] == "nothing: no login was wanted"
    host.does("LOGIN eve x")
    host.done.clear()
    seen = rows(host)
    assert seen["tried"].startswith("LOGIN as eve")
    assert "user" not in seen
    assert seen["LOGIN command"] == "taken"


@pytest.mark.parametrize(
    ("greeting", "result"),
    [
        ("HTTP/1.1 400 Bad Request", "greets like HTTP"),
        ("SSH-2.0-OpenSSH_9.6", "greets like SSH"),
        ("220 mail.example ESMTP", "greets like SMTP"),
        ("* BYE go away", "said BYE: go away"),
        ("* 5 EXISTS", "is not an IMAP server"),
    ],
)
def test_a_server_that_does_not_greet(greeting: str, result: str) -> None:
    from imapsh.transport.memory import pair

    client, server = pair()
    server.write(f"{greeting}\r\n".encode())
    server.close()
    seen = rows(tried(client, plan()))
    assert result in seen["result"]
    assert seen["tried"] == "nothing: it did not come to that"


def test_a_connection_that_was_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    from imapsh.errors import ConnectError
    from tests.shell.hosting import FakeDriver

    async def reach(driver: FakeDriver, plan: Plan) -> tuple[Stream, Plan]:
        raise ConnectError("127.0.0.1:143 refused the connection")

    host = FakeApp(connected=True)
    monkeypatch.setattr(FakeDriver, "reach", reach)
    with pytest.raises(ConnectError):
        host.to_the_end(host.connect(plan(), "2"))
    host.done.clear()
    seen = rows(host)
    assert seen["result"] == "127.0.0.1:143 refused the connection"
    assert "greeting" not in seen
    assert "demo is logged in" in host.does("\\why 1").said[-1]


def test_nothing_was_tried() -> None:
    with pytest.raises(StateError, match="nothing was tried yet"):
        FakeApp().does("\\why")


def test_capabilities_that_lie() -> None:
    """A server that offers PLAIN and does not know it; `\\why` tells of both logins."""
    host = FakeApp()
    host.talks_over(answering({"AUTHENTICATE": "TAG BAD what?"}, OFFERS, "OK"), plan())
    text = host.does("\\why").said[-1]
    assert "answer    BAD what?" in text
    assert "tried     LOGIN as ida" in text
    assert "the login works" in text


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_screen(dovecot: Server, tmp_path: Path, columns: int) -> None:
    async def scene() -> None:
        url, cafile = f"imap://demo@localhost:{dovecot.port}", str(dovecot.cafile)
        async with acting(tmp_path, columns=columns, url=url, cafile=cafile, password=Kept(SECRET)) as person:
            await person.screen.shows("refused the login of demo")
            person.types("\\why" + ENTER)
            await person.screen.shows("Result", "the login was refused: NO [AUTHENTICATIONFAILED]", "  try     check")
            assert "  PLAIN          taken" in person.screen.text
            assert max(map(len, person.screen.lines)) <= columns
            assert SECRET not in person.screen.text

    play(scene)
