"""README and tutorial typed as they stand, at the prompt: on the demo and, with the user changed, on Dovecot."""

from __future__ import annotations

import imaplib
import re
from pathlib import Path

import pytest

from tests.servers.base import USERS, Server
from tests.shell.acting import CTRL_C, Actor, acting, play

ROOT = Path(__file__).parents[2]
_REPLY = re.compile(r"< \w+ (OK|NO|BAD)")
_MESSAGE = "Subject: tide\r\rhigh"  # 21 octets, Enter being two

#: Lines that are wrong on purpose, and what a server says of them.
WRONG = {"FETCH 1 (FLAGS BODY[HEADER.FIELD (To)]": "BAD", "STORE 1 +FLAGS (\\Flagged": "BAD"}


def tutorial() -> list[str]:
    """The lines of its blocks that are typed at the prompt."""
    page = (ROOT / "docs/tutorial.rst").read_text("utf-8")
    return re.findall(r"^    ((?:[A-Z]{2,}|\\)(?: ?.*))$", page, re.MULTILINE)


def readme() -> list[str]:
    """What stands in double backquotes under 'things to try'."""
    page = (ROOT / "README.rst").read_text("utf-8")
    section = page.partition("to try\n---")[2].partition("\n---")[0]
    return [" ".join(line.split()) for line in re.findall(r"``((?:[A-Z]{2,}|\\)[^`]*)``", section)]


async def types(person: Actor, line: str) -> None:
    """One line, and all that belongs to it; until the prompt stands again."""
    before, at = len(_REPLY.findall(person.screen.written)), len(person.screen.written)
    shell = person.shell
    person.types(line + "\r")
    if line.endswith("{21}"):
        person.types(_MESSAGE + "\r")
    if line == "IDLE":
        await person.screen.until(lambda: shell.app.session.idling and shell.prompt.app.is_running)
        person.types(CTRL_C)
    if line[0] == "\\" and not line.startswith("\\edit "):
        await person.screen.until(lambda: line.split()[0] in person.screen.written)
    elif "|" in line or " > " in line:
        await person.screen.until(lambda: "OK: " in person.screen.written[at:])
    else:
        asked = "send it? [y/N]"
        await person.screen.until(lambda: len(_REPLY.findall(person.screen.written)) > before
                                  or asked in person.screen.written[at:])  # fmt: skip
        if asked in person.screen.written[at:]:
            person.types("y\r")
        await person.screen.until(lambda: len(_REPLY.findall(person.screen.written)) > before)
        assert _REPLY.findall(person.screen.written)[before] == WRONG.get(line, "OK"), line
    await person.screen.until(lambda: shell.prompt.app.is_running and not shell.prompt.default_buffer.text)


async def walk(person: Actor, lines: list[str]) -> None:
    await person.prompted_once()
    for line in lines:
        if line not in ("\\quit", "LOGOUT"):
            await types(person, line)
    assert "imapsh: " not in person.screen.written.replace("imapsh: an interactive shell", "")


@pytest.fixture(autouse=True)
def _editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that writes a line."""
    program = tmp_path / "editor"
    program.write_text('#!/bin/sh\necho high >> "$1"\n')
    program.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(program))


@pytest.mark.parametrize("lines", [readme(), tutorial()], ids=["readme", "tutorial"])
def test_on_the_demo(lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, color="never") as person:
            await walk(person, lines)

    assert len(lines) > 5
    monkeypatch.chdir(tmp_path)
    (tmp_path / "draft.eml").write_text("Subject: a draft\n\nlow\n")
    play(scene)


def furnish(server: Server) -> None:
    """Give the other user what the demo has: mailboxes by these names, and some messages."""
    with imaplib.IMAP4(server.host, server.port) as client:
        client.login("other", USERS["other"])
        for name in ("Archive", "Sent", "Drafts", "Junk", "Trash"):
            client.create(name)
        for number in range(12):
            client.append("INBOX", "", None, b"Subject: %d\r\n\r\ntide\r\n" % number)


@pytest.mark.parametrize("lines", [readme(), tutorial()], ids=["readme", "tutorial"])
def test_on_dovecot(lines: list[str], tmp_path: Path, dovecot: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"imaps://other@{dovecot.host}:{dovecot.tls_port}"

    async def scene() -> None:
        async with acting(tmp_path, url=url, cafile=str(dovecot.cafile), color="never") as person:
            await person.screen.shows("Password for other")
            await person.enters(USERS["other"], "A1 OK")
            await walk(person, lines)

    furnish(dovecot)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "draft.eml").write_text("Subject: a draft\n\nlow\n")
    play(scene)


def test_the_views_page_shows_what_is_shown(tmp_path: Path) -> None:
    """Every line of its examples is seen, in order; tags are the example's own, `...` stands for more."""
    page = (ROOT / "docs/views.rst").read_text("utf-8")
    blocks = [line[4:] for line in re.findall(r"^    .*$", page, re.MULTILINE) if line.strip() != "..."]
    due = [re.sub(r"^([<>]) A\d+ ", "", line).rstrip() for line in blocks]
    typed = [re.sub(r"^> (A\d+ )?", "", line) for line in blocks if line.startswith("> ")]

    async def scene() -> None:
        async with acting(tmp_path, columns=96, demo=True, format="view") as person:
            await person.prompted_once()
            for line in ("SELECT INBOX", "FETCH 4 BODYSTRUCTURE", *typed):
                done = person.screen.written.count("OK: ")
                person.types(line + "\r")
                if not line.startswith("\\"):
                    await person.screen.until(lambda: person.screen.written.count("OK: ") > done)  # noqa: B023
                await person.prompted_once()
            plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", person.screen.written)
            seen = iter(plain.splitlines())
            for line in due:
                assert any(line in one for one in seen), f"{line!r} is not seen, or not here"

    assert len(typed) > 5
    play(scene)
