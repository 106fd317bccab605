"""AUTHENTICATE at the prompt, by the mechanisms that imapsh has; and COMPRESS there."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.shell.connection.steps import Ask
from imapsh.shell.lines import login
from imapsh.shell.settings.passwords.oauth.providers import Provider
from imapsh.shell.settings.passwords.password import Ways
from tests.servers.base import Server
from tests.servers.dovecot import token
from tests.shell.acting import CTRL_C, Actor, Peer, acting, play
from tests.shell.hosting import FakeApp
from tests.shell.walking import Walk

NOBODY = "demo (not logged in)>"


def url(server: Server, user: str = "demo@") -> str:
    return f"imaps://{user}{server.host}:{server.tls_port}"


async def answers(person: Actor, mechanism: str, user: str, secret: str, what: str = "Password") -> None:
    await person.enters(f"authenticate {mechanism}", "User at ")
    await person.enters(user, f"{what} for ")
    await person.enters(secret)


def test_plain_on_the_demo(tmp_path: Path) -> None:
    async def scene() -> None:
        trace = tmp_path / "trace"
        async with acting(tmp_path, demo=True, no_login=True, trace=str(trace)) as person:
            await person.enters("AUTHENTICATE PLAIN", "User at the demo server [demo]:")
            await person.enters("other", "Password for other at the demo server:")
            person.types("oth")
            await person.screen.shows("***")
            await person.enters("er", "> A1 AUTHENTICATE PLAIN", "A1 OK")
            await person.prompted("other@demo>")
        for place in (person.screen.written, (tmp_path / "history").read_text(), trace.read_text()):
            assert "AG90aGVyAG90aGVy" not in place

    play(scene)


def test_the_user_is_the_urls_unless_another_is_typed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await answers(person, "plain", "", "wrong")
            await person.screen.shows("A1 NO [AUTHENTICATIONFAILED]")
            await person.prompted(NOBODY)
            await answers(person, "plain", "", "demo")
            await person.prompted("demo@demo>")

    play(scene)


@pytest.mark.parametrize("at", ["User", "Password"])
def test_ctrl_c_at_a_question_sends_nothing(tmp_path: Path, at: str) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await person.enters("AUTHENTICATE PLAIN", "User at")
            if at == "Password":
                await person.enters("", "Password for")
            person.types(CTRL_C)
            await person.prompted(NOBODY)
            assert "A1" not in person.screen.text

    play(scene)


@pytest.mark.parametrize("line", ["AUTHENTICATE X-OURS", "t AUTHENTICATE PLAIN"])
def test_what_stays_by_hand(tmp_path: Path, line: str) -> None:
    async def scene() -> None:
        async with (
            Peer(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=X-OURS] hi\r\n") as peer,
            acting(tmp_path, url=peer.url) as person,
        ):
            await person.enters(line)
            await peer.hears(line.removeprefix("t ").encode() + b"\r\n")
            peer.says(b"+ \r\n")
            await person.screen.shows("AUTHENTICATE, base64 (* cancels):")
            await person.enters("AGEAYg==")
            await peer.hears(b"AGEAYg==\r\n")
            peer.says((b"t" if line[0] == "t" else b"A1") + b" OK in\r\n")
            await person.screen.shows("OK in")

    play(scene)


def test_scram_on_dovecot_then_compress(dovecot: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        trace = tmp_path / "trace"
        cafile = str(dovecot.cafile)
        async with acting(tmp_path, url=url(dovecot), no_login=True, cafile=cafile, trace=str(trace)) as person:
            await answers(person, "SCRAM-SHA-256", "", dovecot.password)
            await person.screen.shows("A1 OK")
            await person.screen.until(lambda: person.shell.app.connection.user == "demo")
            await person.enters("COMPRESS DEFLATE", "A2 OK", "compressed from here on")
            await person.enters("EXAMINE INBOX", "A3 OK [READ-ONLY]", "(read-only)>")
            await person.enters("FETCH 1 (UID ENVELOPE)", "A4 OK")
        kept = trace.read_text()
        assert dovecot.password not in kept + person.screen.written
        assert "A4 FETCH 1 (UID ENVELOPE)" in kept
        assert "* 1 FETCH (UID" in kept

    play(scene)


def test_a_token_that_is_refused_is_explained(dovecot: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, url=url(dovecot), no_login=True, cafile=str(dovecot.cafile)) as person:
            await answers(person, "XOAUTH2", "", "nothing-we-know", "Token")
            await person.screen.shows("A1 NO", "status 401")
            await answers(person, "OAUTHBEARER", "", token("demo"), "Token")
            await person.screen.shows("A2 OK")

    play(scene)


def test_external_asks_nothing(dovecot: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        certificate = str(dovecot.cafile.with_name("client-pem.pem"))
        cafile = str(dovecot.cafile)
        async with acting(tmp_path, url=url(dovecot, ""), cafile=cafile, cert=certificate) as person:
            await person.enters("AUTHENTICATE EXTERNAL", "A1 OK")

    play(scene)


def test_a_password_is_not_asked_for_where_it_would_go_in_the_clear(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            Peer(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n") as peer,
            acting(tmp_path, url=peer.url) as person,
        ):
            await person.prompted_once()
            talk = person.shell.app.here
            assert talk is not None
            talk.plan = talk.plan._replace(address=talk.plan.address._replace(host="192.0.2.1"))  # as if it were far
            await person.enters("AUTHENTICATE PLAIN", "User at")
            await person.enters("me", "the password for me was not sent")
            assert peer.heard == b""

    play(scene)


def test_a_token_of_the_command(dovecot: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        command = f"echo {token('demo')}"
        async with acting(
            tmp_path, url=url(dovecot), no_login=True, cafile=str(dovecot.cafile), token_command=command
        ) as person:
            await person.enters("AUTHENTICATE XOAUTH2", "User at")
            await person.enters("demo", "A1 OK")
            assert "Token for" not in person.screen.text
            assert token("demo") not in person.screen.written

    play(scene)


def test_a_typed_login_is_not_given_a_token() -> None:
    app = FakeApp(connected=True)
    app.fake.interactive = False
    plan = app.connection.plan
    app.connection.plan = plan._replace(demo=False, ways=Ways(oauth=Provider("company")))
    step = next(Walk(login.password(app, "me")))
    assert isinstance(step, Ask)
    assert step.question.startswith("Password for me at ")
