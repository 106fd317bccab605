"""`\\tap` as a person meets it: typed in a terminal beside the shell's own connections, and read off a screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imapsh.transport import aio
from imapsh.transport.address import Address
from tests.shell.acting import CTRL_D, Actor, acting, play
from tests.shell.tapping import Line

READY = "demo@demo>"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


async def client(person: Actor) -> Line:
    """Connect to the last tap that the screen tells of."""
    ports = re.findall(r"the tap listens on 127\.0\.0\.1:(\d+) for", person.screen.text)
    return Line(await aio.connect(Address("imap", "127.0.0.1", int(ports[-1]))))


def test_a_tap_beside_a_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            await person.enters("\\tap", "there is no tap: \\tap LISTEN [URL] begins one")
            await person.enters("\\tap 0", "for the demo server; \\tap off ends it")
            line = await client(person)
            assert (await line.line()).startswith(b"* OK [CAPABILITY")
            await line.say(b"a LOGIN demo demo\r\nb NOOP\r\n")
            await line.until(b"b")
            await person.screen.until(lambda: re.search(r"\d\.1\| > a LOGIN demo \*\*\*", person.screen.text))
            await person.screen.until(lambda: re.search(r"\d\.1\| < b OK", person.screen.text))
            await person.enters("\\tap", "1 connection, 1 open")
            await person.enters("SELECT INBOX", "demo@demo INBOX>")  # the shell's own connection goes on
            await line.stream.close()
            await person.screen.until(lambda: "the client ended after" in person.screen.text)
            await person.enters("\\tap off", "has ended: 1 connection")
            await person.enters("\\tap off", "imapsh: there is no tap")

    play(scene)


def test_a_tap_ends_with_the_shell(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            await person.enters("\\tap 0", "\\tap off ends it")
            line = await client(person)
            await line.line()
            person.types(CTRL_D)
            assert await line.rest() == b""
            await line.stream.close()

    play(scene)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("\\tap 0.0.0.0:1143", "imapsh --tap with --tap-open allows that"),
        ("\\tap exec:true", "\\tap listens on PORT, HOST:PORT"),
        ("\\tap 192.0.2.1:1143", "is not it"),
    ],
)
def test_a_wrong_tap_is_one_sentence(typed: str, said: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            await person.enters(typed, said)

    play(scene)
