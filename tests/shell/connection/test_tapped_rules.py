"""Rules of a tap: what each side gets, what is shown, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.transport.tls import TLSOptions
from tests.servers.certs import Certs
from tests.shell.tapping import GREETING, Line, Tapping, login, run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of the tap's own authority."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return str(tmp_path / "imapsh" / "tap" / "authority.pem")


def test_the_tap_answers_in_the_servers_stead(capsys: Capture, tmp_path: Path) -> None:
    seen = []

    async def server(line: Line) -> None:
        await login(line)
        seen.append(line.seen)

    async def main() -> None:
        rules = ("hide STARTTLS", 'answer NOOP "NO go away"')
        trace = str(tmp_path / "trace")
        async with Tapping(server, tap_rule=rules, trace=trace) as tap:
            client = await tap.client()
            await client.hear(GREETING.replace(b" STARTTLS", b""))
            await client.say(b"a LOGIN fred secret\r\nb NOOP\r\nc LOGOUT\r\n")
            got = await client.rest()
            assert sorted(got.splitlines()) == [b"* BYE bye", b"a OK done", b"b NO go away", b"c OK done"]
            await client.stream.close()
            await tap.quiet()
            assert "1| > b NOOP" in tap.lines
            assert "1| < b NO go away" in tap.lines
            assert tap.mode.faults == 0

    run(main)
    assert seen == [b"a LOGIN fred secret\r\nc LOGOUT\r\n"]
    said = capsys.readouterr().err
    assert "imapsh: a rule changes what passes: hide STARTTLS\n" in said
    assert "imapsh: 1: hide STARTTLS: STARTTLS taken out of the server's capabilities\n" in said
    assert "imapsh: 1: answer NOOP: the server does not get this command, the tap answers it\n" in said
    trace = (tmp_path / "trace").read_text()
    assert "hide STARTTLS: STARTTLS taken out of the server's capabilities" in trace
    assert "b NO go away" in trace


def test_the_tap_cuts_the_connection(capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login, tap_rule=("cut 12", "split 5")) as tap:
            client = await tap.client()
            assert await client.rest() == GREETING[:12]
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert f"1: cut: the connection ends after 12 octets of the server; {len(GREETING) - 12} octets that came" in said
    assert "1: split: 12 octets of the server pass in 3 pieces" in said
    assert "1: a rule ended the connection after" in said


def test_rules_work_inside_tls_that_the_tap_ends(certs: Certs, authority: str) -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING)
        assert await line.line() == b"a STARTTLS"
        await line.say(b"a OK begin\r\n* CAPA")
        await line.stream.start_tls(TLSOptions(cert=str(certs.server_pem)), "", server_side=True)
        inside = Line(line.stream)
        assert await inside.line() == b"c CAPABILITY"
        await inside.say(b"* CAPABILITY IMAP4rev1 IDLE\r\nc OK done\r\n")
        await inside.rest()

    async def main() -> None:
        rules = ("answer NOOP OK", "hide IDLE", "delay 0 * CAPABILITY", "delay 0 CAPABILITY")
        async with Tapping(server, cafile=str(certs.ca), tap_rule=rules) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(b"a STARTTLS\r\nx NOOP\r\n")  # what is behind it is dropped
            await client.hear(b"a OK begin\r\n")
            await client.stream.start_tls(TLSOptions(cafile=authority), "localhost")
            await client.say(b"b NOOP\r\nc CAPABILITY\r\n")
            await client.hear(b"b OK\r\n* CAPABILITY IMAP4rev1\r\nc OK done\r\n")
            await client.stream.close()
            await tap.quiet()
            assert "x NOOP" not in tap.text

    run(main)


def test_what_is_held_passes_when_the_server_ends() -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING + b"* BYE I di")

    async def main() -> None:
        async with Tapping(server, tap_rule=("hide IDLE",)) as tap:
            client = await tap.client()
            assert await client.rest() == GREETING + b"* BYE I di"
            await client.stream.close()
            await tap.quiet()

    run(main)
