"""The trace of a tap reads back as what passed, but for its secrets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imapsh.session.overhearing import overhear
from imapsh.shell.modes.explain import pieces_of
from imapsh.wire.pieces import CLIENT, SERVER
from imapsh.wire.trace import TraceReader
from tests.shell.tapping import GREETING, Line, Tapping, run

MAIL = b"Subject: hi\r\n\r\nbody\r\n"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


async def append(line: Line) -> None:
    await line.say(b"* PREAUTH hi\r\n")
    assert await line.line() == b"a APPEND x {%d}" % len(MAIL)
    await line.say(b"+ go\r\n")
    assert await line.read(len(MAIL) + 2) == MAIL + b"\r\n"
    await line.say(b"a OK done\r\n")


def test_it_has_both_sides_in_order_and_is_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "trace"

    async def main() -> None:
        async with Tapping(append, trace=str(file)) as tap:
            client = await tap.client()
            await client.line()
            await client.say(b"a APPEND x {%d}\r\n" % len(MAIL))
            assert await client.line() == b"+ go"
            await client.say(MAIL + b"\r\n")
            await client.rest()
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert file.stat().st_mode & 0o777 == 0o600
    said = [(one.direction, one.octets) for one in TraceReader(file.read_bytes()) if one.direction in (CLIENT, SERVER)]
    assert b"".join(octets for side, octets in said if side == CLIENT) == b"a APPEND x {21}\r\n" + MAIL + b"\r\n"
    assert [octets for side, octets in said if side == SERVER] == [b"* PREAUTH hi\r\n", b"+ go\r\n", b"a OK done\r\n"]
    assert [side for side, _ in said][:3] == [SERVER, CLIENT, SERVER]
    assert f"the trace {file} will hold the mail that passes" in capsys.readouterr().err
    found = list(overhear(pieces_of(file.read_bytes())))
    assert [name for name, _ in found] == ["1"] * 4
    assert not [one for _, one in found if one.findings or one.response.violations]


def test_it_has_several_connections_and_no_secrets(tmp_path: Path) -> None:
    file = tmp_path / "trace"

    async def server(line: Line) -> None:
        await line.say(GREETING)
        assert await line.line() == b"hunter2"
        await line.say(b"* BAD what?\r\n")
        assert await line.line() == b"a LOGIN fred {7}"
        await line.say(b"+ go\r\n")
        assert await line.line() == b"hunter2"
        await line.say(b"a OK hunter2 is right\r\n")

    async def main() -> None:
        async with Tapping(server, trace=str(file)) as tap:
            for _ in range(2):
                client = await tap.client()
                await client.hear(GREETING)
                await client.say(b"hunter2\r\na LOGIN fred {7}\r\n")
                await client.hear(b"* BAD what?\r\n+ go\r\n")
                await client.say(b"hunter2\r\n")
                await client.rest()
                await client.stream.close()
            await tap.quiet()

    run(main)
    octets = file.read_bytes()
    assert {one.connection for one in TraceReader(octets)} == {"1", "2"}
    assert b"connected" in octets
    assert b"a LOGIN fred {7}\r\n" in octets
    assert b"hunter2" not in octets


def test_a_large_literal_is_in_it_whole(tmp_path: Path) -> None:
    file, mail = tmp_path / "trace", os.urandom(3 << 20)

    async def server(line: Line) -> None:
        await line.say(b"* PREAUTH hi\r\n* 1 FETCH (BODY[] {%d}\r\n" % len(mail) + mail + b")\r\n")

    async def main() -> None:
        async with Tapping(server, trace=str(file)) as tap:
            client = await tap.client()
            await client.rest()
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert mail in b"".join(one.octets for one in TraceReader(file.read_bytes()) if one.direction == SERVER)
