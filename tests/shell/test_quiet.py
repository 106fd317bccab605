"""--quiet: what the server answers, and what goes wrong; nothing else, in any format and at the prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shell.acting import Peer, acting, play
from tests.shell.running import imapsh, listening, says, url

OFFERS = b"* OK [CAPABILITY IMAP4rev1] hi\r\n"


def test_a_batch_shows_the_answers_alone() -> None:
    done = imapsh("--demo", "--quiet", "--format", "wire", "-c", "STATUS INBOX (MESSAGES)", "-c", "NOOP")
    assert done.status == 0
    assert done.err == ""
    assert done.lines == ["* STATUS INBOX (MESSAGES 11)", "A2 OK counted", "A3 OK nothing done"]


@pytest.mark.parametrize("form", ["pretty", "view", "wire", "json", "hex"])
def test_in_each_format_the_greeting_and_the_login_are_left_out(form: str) -> None:
    loud = imapsh("--demo", "--format", form, "-c", "NOOP")
    done = imapsh("--demo", "-q", "--format", form, "-c", "NOOP")
    assert (done.status, done.err) == (0, "")
    assert b"nothing do" in done.out
    assert b"ready" not in done.out
    assert b"AUTHENTICATE" not in done.out
    assert len(done.out) < len(loud.out)
    if form == "json":
        assert [json.loads(line)["name"] for line in done.lines] == ["OK"]


def test_what_goes_wrong_is_said() -> None:
    done = imapsh("--demo", "-q", "-c", "SELECT nowhere", "-c", "NOOP")
    assert done.status == 1
    assert b"< A2 NO [NONEXISTENT]" in done.out
    assert done.err.startswith("imapsh: SELECT nowhere: NO [NONEXISTENT]")
    done = imapsh("--demo", "-q", "-c", "\\nonsense")
    assert (done.status, done.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("greeting", "answers", "status", "said"),
    [
        (b"* BYE full\r\n", (), 4, "refused the connection: BYE full"),
        (OFFERS, (b"TAG NO [AUTHENTICATIONFAILED] no\r\n",), 6, "refused the login of ann: NO [AUTHENTICATIONFAILED]"),
        (OFFERS, (b"TAG OK [CAPABILITY IMAP4rev1] in\r\n", None), 7, "closed the connection without BYE"),
    ],
)
def test_how_it_ended_is_said(greeting: bytes, answers: tuple[bytes | None, ...], status: int, said: str) -> None:
    with listening(says(*answers, greeting=greeting)) as port:
        done = imapsh(url(port, user="ann"), "-q", "-c", "NOOP", env={"IMAPSH_PASSWORD": "s3cret"})
    assert (done.status, done.out) == (status, b"")
    assert said in done.err


def test_our_own_commands_answer() -> None:
    done = imapsh("--demo", "-q", "-c", "\\sessions")
    assert "demo@demo" in done.out.decode() + done.err


def test_notes_are_for_those_who_want_them() -> None:
    line = "\\set X 1"
    loud = imapsh("--demo", "-c", "SELECT INBOX", "-c", line, "-c", "\\each NOOP")
    done = imapsh("--demo", "-q", "-c", "SELECT INBOX", "-c", line, "-c", "\\each NOOP")
    assert loud.status == done.status == 0
    assert done.err == ""


def test_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, quiet=True) as person:
            await person.prompted("demo@demo>")
            assert "ready" not in person.screen.text
            assert "AUTHENTICATE" not in person.screen.text
            await person.enters("SELECT INBOX", "- * 11 EXISTS", "< A2 OK [READ-WRITE]", "demo@demo INBOX>")
            assert "> A2 SELECT" not in person.screen.text
            assert " ms, " not in person.screen.text
            await person.enters("\\nonsense", "imapsh: ")

    play(scene)


def test_after_a_refused_login_the_prompt_shows_what_comes(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(OFFERS) as peer:
            place = peer.url.replace("//", "//ann@")
            async with acting(tmp_path, url=place, quiet=True) as person:
                await person.screen.until(lambda: "Password for ann" in person.screen.text)
                person.types("wrong\r")
                await peer.hears(b'A1 LOGIN ann "wrong"\r\n')
                peer.says(b"A1 NO not you\r\n")
                await person.screen.until(lambda: "refused the login of ann: NO not you" in person.screen.text)
                await person.prompted(f"127.0.0.1:{peer.port} (not logged in)>")
                person.types("NOOP\r")
                await peer.hears(b"A2 NOOP\r\n")
                peer.says(b"A2 OK so it is\r\n")
                await person.screen.until(lambda: "< A2 OK so it is" in person.screen.text)

    play(scene)
