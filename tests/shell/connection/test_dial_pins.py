"""--pin on the command line and in a profile, against a real server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

import imapsh as library
from imapsh.errors import TLSError, UsageError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.config import load
from imapsh.shell.settings.options import Options, parse
from imapsh.transport import pins
from imapsh.transport.tls import TLSOptions
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.running import Done, imapsh, listening, says, url
from tests.transport.test_handshake import certificates

WRONG = "00" * 32


@pytest.fixture(scope="module")
def own(certs: Certs) -> dict[str, str]:
    """The pins of the server's certificate, by their kind."""
    made = pins.digests(certificates(str(certs.server_cert))[0])
    return {kind: pins.Pin(kind, digest).text for kind, digest in made.items()}


def seen(server: Server, *words: str, scheme: str = "imaps") -> Done:
    port = server.tls_port if scheme == "imaps" else server.port
    place = f"{scheme}://demo@{server.host}:{port}"
    env = {"IMAPSH_PASSWORD": server.password, "SSL_CERT_FILE": "/nonexistent"}
    return imapsh(place, *words, "-c", "\\tls", "--format", "json", env=env)


def tls_of(done: Done) -> dict[str, object]:
    (found,) = [one["value"] for one in map(json.loads, done.lines) if one["name"] == "tls"]
    return dict(found)


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
@pytest.mark.parametrize("kind", ["certificate", "key"])
def test_the_pinned_one(dovecot: Server, own: dict[str, str], kind: str, scheme: str) -> None:
    done = seen(dovecot, "--cafile", str(dovecot.cafile), "--pin", WRONG, "--pin", own[kind], scheme=scheme)
    assert done.status == 0, done.err
    found = tls_of(done)
    assert (found["verified"], found["pinned"]) == (True, kind)


def test_alone_no_authority_is_asked(dovecot: Server, own: dict[str, str]) -> None:
    done = seen(dovecot, "--pin", own["key"], "--pin-only")
    assert done.status == 0, done.err
    assert (tls_of(done)["verified"], tls_of(done)["pinned"]) == (False, "key")
    done = seen(dovecot, "--pin", own["key"])
    assert done.status == 5
    assert "; it is the one that is pinned, and --pin-only trusts it for that alone" in done.err


@pytest.mark.parametrize("words", [("--pin-only",), ()])
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_another_one_gets_no_password(
    dovecot: Server, own: dict[str, str], words: tuple[str, ...], scheme: str
) -> None:  # fmt: skip
    done = seen(dovecot, "--cafile", str(dovecot.cafile), "--pin", WRONG, *words, scheme=scheme)
    assert done.status == 5
    assert own["certificate"] in done.err
    assert own["key"] in done.err
    assert done.err.rstrip().endswith("ask them for the new fingerprint and give that with --pin")
    assert "AUTHENTICATE" not in done.out.decode()


def test_a_profile_has_pins(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[profiles.a]\nurl = "imaps://h"\npin = ["{WRONG}"]\npin-only = true\n')

    def made(**given: object) -> Options:
        return load(str(file), {"url": "a", **given})

    tls = make_plan(made()).tls
    assert (tls.pins, tls.pins_only, tls.insecure) == ((WRONG,), True, False)
    tls = make_plan(made(insecure=True)).tls
    assert (tls.pins, tls.pins_only, tls.insecure) == ((), False, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--pin-only",), "--pin-only needs --pin: without one nothing would be checked"),
        (("--pin", "abc"), "'abc' is not a pin: give the SHA-256"),
        (("--pin", WRONG, "--insecure"), "--pin and --insecure cannot be used together"),
    ],
)
def test_what_cannot_be_pinned(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_plan(parse(["imaps://h", *words]))


STRIPPED = (b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n", b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")


@pytest.mark.parametrize("greeting", STRIPPED)
@pytest.mark.parametrize("words", [(), ("--cleartext",), ("--pin-only",), ("--user", "ann"), ("--fallback",)])
def test_nothing_is_said_to_a_server_that_shows_no_certificate(greeting: bytes, words: tuple[str, ...]) -> None:
    """Not on this machine either, which may be the end of a tunnel."""
    heard: list[bytes] = []
    with listening(says(greeting=greeting, heard=heard)) as port:
        done = imapsh(url(port), "--pin", WRONG, *words, "-c", "NOOP", env={"IMAPSH_PASSWORD": "hunter22"})
    assert done.status == 5
    assert "so it showed no certificate to compare with the pin" in done.err
    assert heard == []


def test_in_a_program_no_password_goes_to_a_server_that_shows_no_certificate() -> None:
    async def scene(place: str) -> None:
        await library.connect(place, password="hunter22", tls=TLSOptions(pins=(WRONG,)), cleartext=True)

    heard: list[bytes] = []
    uncompared = "showed no certificate to compare with the pin"
    with listening(says(greeting=STRIPPED[0], heard=heard)) as port, pytest.raises(TLSError, match=uncompared):
        asyncio.run(scene(url(port, user="ann")))
    assert heard == []


def test_a_pin_and_no_starttls_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="--pin needs TLS, and --no-starttls forbids it"):
        make_plan(parse(["imap://h", "--pin", WRONG, "--no-starttls"]))
    assert make_plan(parse(["imaps://h", "--pin", WRONG, "--no-starttls"])).pinned
    assert not make_plan(parse(["--demo", "--pin", WRONG, "--no-starttls"])).pinned
