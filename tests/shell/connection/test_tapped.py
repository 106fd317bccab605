"""What passes a tap, what is shown of it, and what is said if something is wrong."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest

from imapsh.transport.tls import TLSOptions
from tests.servers.certs import Certs
from tests.shell.tapping import GREETING, Line, Tapping, login, run
from tests.transport.conftest import closed_port

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_octets_pass_as_they_came_and_both_sides_are_shown(capsys: Capture) -> None:
    up = b"a LOGIN fred secret\r\nb APPEND x {3+}\r\n\x00\xff\n\r\nc NOOP\r\n"
    down = GREETING + b"a OK done\r\n* 3 EXISTS\r\n* odd \x00\xff\nb OK done\r\nc OK fine\r\n"
    got = b""

    async def server(line: Line) -> None:
        nonlocal got
        await line.say(GREETING)
        got = await line.read(len(up))
        await line.say(down[len(GREETING) :])
        got += await line.rest()

    async def main() -> None:
        async with Tapping(server, format="wire", color="never") as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(up)
            await client.hear(down[len(GREETING) :])
            await client.stream.finish()
            assert await client.rest() == b""
            await tap.quiet()
            assert tap.out.getvalue() == down

    run(main)
    assert got == up
    assert "secret" not in capsys.readouterr().err


#: What is said of a LOGIN without TLS; a line below another has no time.
NOTICES = [
    f"{'|':>14}   ? LOGIN without {words}"
    for words in (
        "TLS, which the server offers by STARTTLS [clear-password, notice, RFC 9051 §11.7]",
        "an AUTHENTICATE before, which the server offers [login-first, notice, RFC 9051 §6.2.3]",
    )
]


def test_connections_have_names_and_lines_have_times(capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login) as tap:
            one = await tap.client()
            await one.hear(GREETING)  # first, since its line is to be the first
            two = await tap.client()
            await two.hear(GREETING)
            await two.say(b"x LOGIN fred secret\r\n")
            assert await two.line() == b"x OK done"
            await one.say(b"y LOGOUT\r\n")
            assert await one.rest() == b"* BYE bye\r\ny OK done\r\n"
            assert tap.lines == [
                f"1| - {GREETING.decode().strip()}",
                f"2| - {GREETING.decode().strip()}",
                "2| > x LOGIN fred ***",
                *NOTICES,
                "2| < x OK done",
                "1| > y LOGOUT",
                "1| - * BYE bye",
                "1| < y OK done",
            ]
            await one.stream.close()
            await two.stream.close()
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert "imapsh: 1: the server ended after" in said
    assert "; 1 line and 10 octets from the client, 3 responses and 77 octets from the server" in said
    assert "imapsh: 2: the client ended after" in said
    assert "imapsh: the tap has ended: 2 connections, 0 faults" in said


def test_what_breaks_a_rule_is_said_of_both_sides() -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING)
        await line.line()
        await line.say(b"* 5 FETCH (FLAGS (\\Seen)\r\nzzz OK whose\r\na OK done\r\n")

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.say(b"a LOGIN fred\r\n")
            await client.rest()
            await client.stream.close()
            await tap.quiet()
            assert "RFC 9051" in tap.text
            assert tap.mode.faults >= 3

    run(main)


def test_what_a_client_sends_before_a_login_is_hidden_if_it_is_not_understood(capsys: Capture) -> None:
    said = (b"secret", b"A1 LOGON fred secret", b"A2 SELECT INBOX", b"A3 LOGON secret")

    async def server(line: Line) -> None:
        for _ in said:  # before its greeting, too
            await line.line()
        await line.say(GREETING + b"* BAD what?\r\n")
        assert await line.line() == b"A4 LOGON secret"

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.say(b"\r\n".join((*said, b"")))
            assert await client.line() + b"\r\n" == GREETING
            await client.say(b"A4 LOGON secret\r\n")
            await client.rest()
            await client.stream.close()
            await tap.quiet()
            assert "secret" not in tap.text
            assert tap.lines[0] == "1| > ******"
            assert "1| > A2 SELECT INBOX" in tap.lines

    run(main)
    assert "secret" not in capsys.readouterr().err


def test_a_server_that_cannot_be_reached_is_told_to_the_client_in_a_bye(capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(url=f"imap://127.0.0.1:{closed_port()}") as tap:
            for _ in range(2):
                client = await tap.client()
                said = await client.rest()
                assert said.startswith(b"* BYE [UNAVAILABLE] tap: 127.0.0.1:")
                assert said.endswith(b"(imap 143, imaps 993)\r\n")
                await client.stream.close()
            await tap.quiet()

    run(main)
    assert "imapsh: 2: 127.0.0.1:" in capsys.readouterr().err


def test_a_server_that_is_not_trusted_is_no_server(certs: Certs, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login, tls=TLSOptions(cert=str(certs.server_pem)), cafile=str(certs.other_ca)) as tap:
            client = await tap.client()
            assert b"* BYE [UNAVAILABLE] tap: the certificate of 127.0.0.1:" in await client.rest()
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert "is not trusted" in capsys.readouterr().err


def test_a_server_that_breaks_off_is_told(capsys: Capture) -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING + b"* 1 FETCH (BODY[] {100}\r\nhalf")

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            assert await client.rest() == GREETING + b"* 1 FETCH (BODY[] {100}\r\nhalf"
            await client.stream.close()
            await tap.quiet()
            assert "the input ends here" in tap.text
            assert tap.mode.faults == 0

    run(main)
    assert "imapsh: 1: the server ended after" in capsys.readouterr().err


def test_either_side_may_end_first_and_the_other_goes_on() -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING)
        assert await line.rest() == b"a NOOP\r\n"
        await line.say(b"a OK after your end\r\n")

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(b"a NOOP\r\n")
            await client.stream.finish()
            assert await client.rest() == b"a OK after your end\r\n"
            await client.stream.close()
            await tap.quiet()

    run(main)


def test_what_is_compressed_is_shown_inflated_and_passes_as_it_is() -> None:
    async def server(line: Line) -> None:
        await line.say(b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n")
        assert await line.line() == b"a COMPRESS DEFLATE"
        await line.say(b"a OK go\r\n")
        inflate, deflate = zlib.decompressobj(-15), zlib.compressobj(wbits=-15)
        assert inflate.decompress(await line.stream.read(99)) == b"b NOOP\r\n"
        await line.say(deflate.compress(b"b OK squeezed\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH))
        assert await line.rest() == b""

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.line()
            await client.say(b"a COMPRESS DEFLATE\r\n")
            await client.hear(b"a OK go\r\n")
            deflate = zlib.compressobj(wbits=-15)
            await client.say(deflate.compress(b"b NOOP\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH))
            inflate = zlib.decompressobj(-15)
            assert inflate.decompress(await client.stream.read(99)) == b"b OK squeezed\r\n"
            await client.stream.finish()
            await client.rest()
            await tap.quiet()
            assert tap.lines[-2:] == ["1| > b NOOP", "1| < b OK squeezed"]

    run(main)


@pytest.mark.parametrize("setting", ["line=100", "nesting=2"])
def test_what_cannot_be_followed_passes_unseen(setting: str, capsys: Capture) -> None:
    rest = b"* LIST () NIL " + b"x" * 1000 + b"\r\n* X ((((((1))))))\r\nb OK after\r\n"

    async def server(line: Line) -> None:
        await line.say(b"* PREAUTH hi\r\n" + rest)
        assert await line.rest() == b"b NOOP\r\n"

    async def main() -> None:
        async with Tapping(server, limit=(setting,)) as tap:
            client = await tap.client()
            await client.hear(b"* PREAUTH hi\r\n" + rest)
            await client.say(b"b NOOP\r\n")
            await client.stream.finish()
            await client.rest()
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    if setting == "line=100":
        assert "raises it if you trust it; what follows on this connection passes unseen" in said


def test_a_large_literal_is_counted_and_not_kept() -> None:
    octets = b"x" * (3 << 20)

    async def server(line: Line) -> None:
        await line.say(b"* PREAUTH hi\r\n")
        await line.line()
        await line.say(b"* 1 FETCH (BODY[] {%d}\r\n" % len(octets) + octets + b")\r\na OK\r\n")

    async def main() -> None:
        async with Tapping(server, format="json") as tap:
            client = await tap.client()
            await client.say(b"a FETCH 1 BODY[]\r\n")
            assert octets in await client.rest()
            await client.stream.close()
            await tap.quiet()
            assert len(tap.text) < 5000
            assert f'"octets":{len(octets)}' in tap.text.replace(" ", "")
            assert '"connection":"1"' in tap.text.replace(" ", "")

    run(main)


def test_a_hundred_clients_at_once(capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login) as tap:
            clients = await asyncio.gather(*(tap.client() for _ in range(100)))

            async def talk(number: int, client: Line) -> None:
                await client.hear(GREETING)
                await client.say(b"%d LOGIN fred secret\r\n" % number)
                assert await client.line() == b"%d OK done" % number
                await client.say(b"z LOGOUT\r\n")
                await client.rest()
                await client.stream.close()

            await asyncio.gather(*(talk(number, client) for number, client in enumerate(clients)))
            await tap.quiet()

    run(main)
    assert "the tap has ended: 100 connections, 0 faults" in capsys.readouterr().err


def test_a_client_that_leaves_while_the_server_is_dialled_is_no_trouble(capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login) as tap:
            client = await tap.client()
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert "1: the client ended" in capsys.readouterr().err


def test_views_of_several_connections_are_not_mixed() -> None:
    async def server(line: Line) -> None:
        await line.say(b"* PREAUTH hi\r\n")
        name = (await line.line()).split()[-1]
        await line.say(b'* LIST () "/" %s-1\r\n' % name)
        await line.line()
        await line.say(b'* LIST () "/" %s-2\r\na OK done\r\nb OK done\r\n' % name)

    async def main() -> None:
        async with Tapping(server, format="view") as tap:
            clients = {name: await tap.client() for name in (b"one", b"two")}
            for name, client in clients.items():
                await client.line()
                await client.say(b'a LIST "" %s\r\n' % name)
                await client.line()
            for client in clients.values():
                await client.say(b"b NOOP\r\n")
                await client.rest()
                await client.stream.close()
            await tap.quiet()
            trees = [line.rsplit("|", 1)[1].strip() for line in tap.text.splitlines() if "-1" in line or "-2" in line]
            assert trees in (["one-1", "one-2", "two-1", "two-2"], ["two-1", "two-2", "one-1", "one-2"])

    run(main)


def test_only_what_is_wrong_is_shown_if_that_is_wanted() -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING + b"* 1 FETCH (FLAGS \\Seen)\r\n")
        await line.rest()

    async def main() -> None:
        async with Tapping(server, tap_quiet=True) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.stream.close()
            await tap.quiet()
            assert tap.lines[0] == "1| - * 1 FETCH (FLAGS \\Seen)"
            assert GREETING.decode().strip() not in tap.text
            assert tap.mode.faults > 0

    run(main)
