"""TLS that the tap ends itself: its certificate, STARTTLS on both sides, and clients that want something else."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from imapsh.errors import TLSError
from imapsh.transport.tls import TLSOptions
from tests.servers.certs import Certs
from tests.shell.tapping import GREETING, Line, Server, Tapping, login, run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of the tap's own authority."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return str(tmp_path / "imapsh" / "tap" / "authority.pem")


def papers(certs: Certs) -> TLSOptions:
    return TLSOptions(cert=str(certs.server_pem))


def starting(certs: Certs, behind: bytes = b"") -> Server:
    """A server that begins TLS, with what it injects behind its OK, and takes a login."""

    async def server(line: Line) -> None:
        await line.say(GREETING)
        assert await line.line() == b"a STARTTLS"
        await line.say(b"a OK begin\r\n" + behind)
        await line.stream.start_tls(papers(certs), "", server_side=True)
        inside = Line(line.stream)
        assert await inside.line() == b"b LOGIN fred secret"
        await inside.say(b"b OK in\r\n")
        await inside.rest()

    return server


async def talk(tap: Tapping, authority: str, behind: bytes = b"") -> None:
    client = await tap.client()
    await client.hear(GREETING)
    await client.say(b"a STARTTLS\r\n" + behind)
    await client.hear(b"a OK begin\r\n")
    await client.stream.start_tls(TLSOptions(cafile=authority), "localhost")
    await client.say(b"b LOGIN fred secret\r\n")
    await client.hear(b"b OK in\r\n")
    await client.stream.close()
    await tap.quiet()


def test_starttls_is_ended_by_the_tap_on_both_sides(certs: Certs, authority: str, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(starting(certs), cafile=str(certs.ca)) as tap:
            await talk(tap, authority)
            assert tap.lines[1:] == ["1| > a STARTTLS", "1| < a OK begin", "1| > b LOGIN fred ***", "1| < b OK in"]
            assert tap.mode.faults == 0

    run(main)
    said = capsys.readouterr().err
    assert "the tap ends STARTTLS itself, so that clients see its certificate" in said
    assert f"(let it trust the authority in {authority})" in said
    assert "bound to TLS (channel binding: SCRAM-...-PLUS) fail" in said
    assert "1: STARTTLS: TLSv1.3 with the client, and TLSv1.3 with 127.0.0.1:" in said


def test_what_either_side_sends_behind_starttls_is_dropped_and_told(
    certs: Certs, authority: str, capsys: Capture
) -> None:
    async def main() -> None:
        async with Tapping(starting(certs, b"* OK injected\r\n"), cafile=str(certs.ca)) as tap:
            await talk(tap, authority, b"z LOGIN eve gotcha\r\n")
            assert "injected" not in tap.text
            assert "eve" not in tap.text
            assert tap.mode.faults == 2

    run(main)
    said = capsys.readouterr().err
    assert "1: 20 octets that the client sent in plain text behind STARTTLS were dropped (possible injection" in said
    assert "1: 15 octets that the server sent in plain text behind STARTTLS were dropped" in said


@pytest.mark.parametrize("answer", [b"a NO not now\r\n", b"a BAD what\r\n"])
def test_what_a_client_sends_behind_a_starttls_that_is_refused_passes(answer: bytes, capsys: Capture) -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING)
        assert await line.line() == b"a STARTTLS"
        await line.say(answer)
        assert await line.line() == b"b NOOP"
        await line.say(b"b OK done\r\n")

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.say(b"a STARTTLS\r\nb NOOP\r\n")
            assert await client.rest() == GREETING + answer + b"b OK done\r\n"
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert "dropped" not in capsys.readouterr().err


def test_a_server_that_ends_instead_of_an_answer_to_starttls(capsys: Capture) -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING)
        await line.line()

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.say(b"a STARTTLS\r\nb NOOP\r\n")
            assert await client.rest() == GREETING
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert "1: the server ended after" in capsys.readouterr().err


def test_a_client_that_refuses_the_certificate_is_told_about(certs: Certs, authority: str, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(starting(certs), cafile=str(certs.ca)) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(b"a STARTTLS\r\n")
            await client.hear(b"a OK begin\r\n")
            with pytest.raises(TLSError, match="not trusted"):
                await client.stream.start_tls(TLSOptions(cafile=str(certs.other_ca)), "localhost")
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert f"does not trust the certificate that the tap shows; let it trust the authority in {authority}\n" in said


def test_a_server_whose_certificate_is_refused_is_told_before_the_client_begins_tls(
    certs: Certs, capsys: Capture
) -> None:
    async def server(line: Line) -> None:
        await line.say(GREETING)
        await line.line()
        await line.say(b"a OK begin\r\n")
        with pytest.raises(TLSError):
            await line.stream.start_tls(papers(certs), "", server_side=True)

    async def main() -> None:
        async with Tapping(server, cafile=str(certs.other_ca)) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(b"a STARTTLS\r\n")
            assert (await client.rest()).startswith(b"* BYE [UNAVAILABLE] tap: the certificate of 127.0.0.1:")
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert "is not trusted" in capsys.readouterr().err


def test_tls_from_the_first_octet_on_both_sides(certs: Certs, authority: str, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login, tls=papers(certs), cafile=str(certs.ca), tap="imaps://0") as tap:
            client = await tap.client(TLSOptions(cafile=authority))
            await client.hear(GREETING)
            await client.say(b"a LOGIN fred secret\r\nb LOGOUT\r\n")
            assert (await client.rest()).endswith(b"b OK done\r\n")
            await client.stream.close()
            await tap.quiet()
            assert "1| > a LOGIN fred ***" in tap.lines

    run(main)
    said = capsys.readouterr().err
    assert "the tap ends TLS itself" in said
    assert "1: TLSv1.3 with 127.0.0.1:" in said


def test_a_given_certificate_is_shown(certs: Certs, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(
            login, tap="imaps://0", tap_cert=str(certs.server_cert), tap_key=str(certs.server_key)
        ) as tap:
            client = await tap.client(TLSOptions(cafile=str(certs.ca)))
            await client.hear(GREETING)
            await client.stream.close()
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert f"let it trust the authority of {certs.server_cert}" in said
    assert "clients speak TLS to the tap, which goes on in plain text" in said


@pytest.mark.parametrize("trusted", [True, False])
def test_a_client_that_leaves_when_tls_has_begun_may_not_trust_the_certificate(
    trusted: bool, authority: str, certs: Certs, capsys: Capture
) -> None:
    async def main() -> None:
        async with Tapping(login, tap="imaps://0") as tap:
            if trusted:
                client = await tap.client(TLSOptions(cafile=authority))
                await client.hear(GREETING)
                await client.stream.close()
            else:
                with pytest.raises(TLSError, match="not trusted"):
                    await tap.client(TLSOptions(cafile=str(certs.other_ca)))
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    words = "ended as soon as TLS had begun" if trusted else "does not trust the certificate that the tap shows"
    assert words in said
    assert f"let it trust the authority in {authority}" in said


def test_plain_text_to_a_port_with_tls(capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login, tap="imaps://0") as tap:
            client = await tap.client()
            await client.say(b"a LOGIN fred secret\r\n")
            await client.rest()
            await client.stream.close()
            await tap.quiet()
            assert tap.text == ""

    run(main)
    said = capsys.readouterr().err
    assert "does not speak TLS where the tap expects it; let it use TLS, or listen on imap://" in said
    assert "secret" not in said


def test_tls_to_a_port_without(certs: Certs, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login) as tap:
            with pytest.raises(TLSError):
                await tap.client(TLSOptions(cafile=str(certs.ca)))
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert "1: the client begins TLS, but the tap listens without: let the client use STARTTLS or no TLS" in said


def test_a_login_that_is_bound_to_tls_cannot_pass(authority: str, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login, tap="imaps://0") as tap:
            client = await tap.client(TLSOptions(cafile=authority))
            await client.say(b"a AUTHENTICATE SCRAM-SHA-256-PLUS\r\n")
            await client.until(b"a")
            await client.stream.close()
            await tap.quiet()

    run(main)
    assert "bound to the TLS of its connection (channel binding), and the tap ends that TLS" in capsys.readouterr().err


def test_plain_text_before_tls_is_announced(certs: Certs, capsys: Capture) -> None:
    async def main() -> None:
        async with Tapping(login, tls=papers(certs), cafile=str(certs.ca)) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.stream.close()
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert "clients speak plain text to the tap, which goes on over TLS: passwords can be read before it" in said
    assert "channel binding" not in said


def test_without_a_certificate_starttls_does_not_reach_the_server(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)

    async def server(line: Line) -> None:
        await line.say(GREETING)
        assert await line.rest() == b""

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(b"a STARTTLS\r\n")
            assert b"* BYE [UNAVAILABLE] tap: a certificate of our own needs" in await client.rest()
            await client.stream.close()
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert "a client that asks for STARTTLS is refused: a certificate of our own needs the package cryptography" in said
    assert "(--tap-cert FILE, --tap-key FILE)" in said


def test_a_tap_with_tls_does_not_begin_without_a_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)

    async def main() -> None:
        with pytest.raises(TLSError, match="needs the package cryptography"):
            async with Tapping(login, tap="imaps://0"):
                await asyncio.sleep(0)

    run(main)


def test_a_starttls_that_has_no_answer_ends_the_connection(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.shell.connection.tapped.CONNECT_TIMEOUT", 0.01)

    async def server(line: Line) -> None:
        await line.say(GREETING)
        await line.rest()

    async def main() -> None:
        async with Tapping(server) as tap:
            client = await tap.client()
            await client.hear(GREETING)
            await client.say(b"a STARTTLS\r\n")
            assert await client.rest() == b""
            await tap.quiet()

    run(main)
    said = capsys.readouterr().err
    assert "1: STARTTLS has had no answer for 0.01 s" in said
    assert "1: ended without TLS after" in said
