"""Pins: how they are written, what they fit, over both streams and after STARTTLS, with the authorities and alone."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import load_der_x509_certificate

from imapsh.errors import TLSError, UsageError
from imapsh.transport import aio, pins
from imapsh.transport.blocking import connect
from imapsh.transport.options import TLSOptions
from imapsh.transport.pins import CERTIFICATE, KEY, Pin
from imapsh.transport.tls import TLSFilter
from tests.transport.conftest import Papers, Peer, echo_starttls, echo_tls, refuse_tls
from tests.transport.papers import NOW, Made, made, refused, shaken
from tests.transport.test_blocking import read_exactly, tcp
from tests.transport.test_handshake import certificates
from tests.transport.test_tls import imaps

DIGEST = bytes(range(32))
HEX = DIGEST.hex()
COLONS = DIGEST.hex(":")
OF_KEY = f"sha256//{b64encode(DIGEST).decode()}"
WRONG = "00" * 32


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        (HEX, Pin(CERTIFICATE, DIGEST)),
        (HEX.upper(), Pin(CERTIFICATE, DIGEST)),
        (COLONS, Pin(CERTIFICATE, DIGEST)),
        (f"SHA256:{COLONS.upper()}", Pin(CERTIFICATE, DIGEST)),
        (f"sha256 Fingerprint={COLONS.upper()}\n", Pin(CERTIFICATE, DIGEST)),
        (OF_KEY, Pin(KEY, DIGEST)),
    ],
)
def test_how_a_pin_is_written(text: str, pin: Pin) -> None:
    assert pins.parse(text) == pin
    assert pins.parse(pin.text) == pin


@pytest.mark.parametrize(
    "text",
    ["", "x", HEX[:-2], HEX + "00", HEX[:40], "sha1:" + HEX, COLONS[:-3], HEX[:2] + ":" + HEX[2:], "sha256//",
     OF_KEY[:-1], "sha256//" + "A" * 64, "sha256//" + HEX, OF_KEY + ";" + OF_KEY, "\x1b[2J" * 50, "sha256//ä"],
)  # fmt: skip
def test_what_is_no_pin(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a pin: give the SHA-256 of the server's certificate") as raised:
        pins.parse(text)
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 400
    with pytest.raises(UsageError, match="is not a pin"):
        TLSFilter(TLSOptions(pins=(text,)), "h", "h:993")


@pytest.mark.parametrize("key", ["rsa", "ec", "ed25519"])
def test_the_digests_are_those_of_openssl(tmp_path: Path, key: str) -> None:
    makes = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    one = made(tmp_path, "mail.example", key=makes[key]())
    line = f"openssl x509 -in {one.path} -noout -fingerprint -sha256"
    assert pins.matching([pins.parse(_output(line))], one.der)
    line = (
        f"openssl x509 -in {one.path} -noout -pubkey | openssl pkey -pubin -outform der"
        " | openssl dgst -sha256 -binary | base64"
    )
    assert pins.matching([pins.parse("sha256//" + _output(line).strip())], one.der)
    assert pins.matching([pins.parse(WRONG)], one.der) is None


def _output(line: str) -> str:
    return subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout


def test_a_certificate_that_cannot_be_read_fits_no_key() -> None:
    assert pins.digests(b"junk") == {CERTIFICATE: hashlib.sha256(b"junk").digest()}
    empty = Pin(KEY, hashlib.sha256(b"").digest())
    assert pins.matching([empty], b"junk") is None
    assert pins.described(b"junk").count("sha256//") == 0


def pinned(one: Made, *, kind: str = CERTIFICATE) -> str:
    return Pin(kind, pins.digests(one.der)[kind]).text


# -- in a handshake


@pytest.mark.parametrize("kind", [CERTIFICATE, KEY])
def test_a_pin_goes_with_the_authorities(papers: Papers, kind: str) -> None:
    octets = certificates(papers.cert)[0]
    pin = Pin(kind, pins.digests(octets)[kind]).text
    found = shaken(papers.cert, papers.client._replace(pins=(WRONG, pin)), "localhost").handshaken()
    assert (found.verified, found.pinned) == (True, kind)
    with pytest.raises(TLSError, match="is for localhost, 127"):
        shaken(papers.cert, papers.client._replace(pins=(pin,)), "other.example")


def test_another_certificate_is_refused_whoever_signed_it(papers: Papers) -> None:
    octets = certificates(papers.cert)[0]
    for options in (papers.client, TLSOptions(pins_only=True), TLSOptions(insecure=True)):
        error = refused(papers.cert, options._replace(pins=(WRONG, OF_KEY)), "localhost")
        text = str(error)
        assert text.startswith("the certificate of mail.example:993 is not the one that is pinned: its SHA-256 finger")
        assert hashlib.sha256(octets).digest().hex(":").upper() in text
        assert pins.of_key(pins.digests(octets)[KEY]) in text
        assert error.handshake is not None


def test_alone_it_trusts_a_certificate_that_nobody_signed_and_that_is_over(tmp_path: Path) -> None:
    over = made(tmp_path, "other.example", days=-3)
    for kind in (CERTIFICATE, KEY):
        found = shaken(over.path, TLSOptions(pins=(pinned(over, kind=kind),), pins_only=True), "h").handshaken()
        assert (found.verified, found.pinned) == (False, kind)


def test_a_pin_that_fits_is_told_where_the_authorities_do_not(tmp_path: Path) -> None:
    own = made(tmp_path, "h", begins=NOW - timedelta(days=1))
    error = refused(own.path, TLSOptions(pins=(pinned(own),)), "h")
    assert str(error).endswith("; it is the one that is pinned, and TLSOptions.pins_only trusts it for that alone")
    assert "pinned" not in str(refused(own.path, TLSOptions(pins=(WRONG,)), "h"))


def test_a_renewed_certificate_may_keep_its_key(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    before, after = (made(tmp_path, "h", key=key, days=days) for days in (10, 90))
    assert before.der != after.der
    assert load_der_x509_certificate(after.der).public_key() == key.public_key()
    assert shaken(after.path, TLSOptions(pins=(pinned(before, kind=KEY),), pins_only=True), "h").done
    assert refused(after.path, TLSOptions(pins=(pinned(before),), pins_only=True), "h")


def test_alone_needs_a_pin() -> None:
    with pytest.raises(UsageError, match="without one nothing would be checked"):
        TLSFilter(TLSOptions(pins_only=True), "h", "h:993")


def test_over_a_blocking_stream(peer: Peer, papers: Papers) -> None:
    pin = Pin(KEY, pins.digests(certificates(papers.cert)[0])[KEY]).text
    stream = connect(imaps(peer(echo_tls(papers))), tls=TLSOptions(pins=(pin,), pins_only=True))
    stream.write(b"x")
    assert stream.read(9) == b"x"
    stream.close()
    with pytest.raises(TLSError, match="is not the one that is pinned"):
        connect(imaps(peer(refuse_tls(papers))), tls=papers.client._replace(pins=(WRONG,)))


@pytest.mark.parametrize("fits", [True, False])
def test_after_starttls(peer: Peer, papers: Papers, fits: bool) -> None:
    pin = Pin(CERTIFICATE, pins.digests(certificates(papers.cert)[0])[CERTIFICATE]).text if fits else WRONG
    stream = connect(tcp(peer(echo_starttls(papers))))
    stream.write(b"go?")
    assert read_exactly(stream, 3) == b"go!"
    if fits:
        stream.start_tls(papers.client._replace(pins=(pin,)), "localhost")
        stream.write(b"x")
        assert stream.read(9) == b"x"
        stream.close()
        return
    with pytest.raises(TLSError, match="is not the one that is pinned"):
        stream.start_tls(papers.client._replace(pins=(pin,)), "localhost")


def test_over_an_asyncio_stream(peer: Peer, papers: Papers) -> None:
    async def scene() -> None:
        pin = Pin(KEY, pins.digests(certificates(papers.cert)[0])[KEY]).text
        stream = await aio.connect(imaps(peer(echo_tls(papers))), tls=TLSOptions(pins=(pin,), pins_only=True))
        await stream.write(b"x")
        assert await stream.read(9) == b"x"
        await stream.close()
        with pytest.raises(TLSError, match="is not the one that is pinned"):
            await aio.connect(imaps(peer(refuse_tls(papers))), tls=papers.client._replace(pins=(WRONG,)))

    asyncio.run(scene())
