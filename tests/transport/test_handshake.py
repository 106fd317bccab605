from __future__ import annotations

import ssl
from pathlib import Path

from imapsh.transport.blocking import connect
from imapsh.transport.handshake import Handshake
from imapsh.transport.tls import TLSOptions
from tests.transport.conftest import Papers, Peer, echo_tls
from tests.transport.papers import made, refused, shaken
from tests.transport.test_tls import imaps


def certificates(path: str) -> list[bytes]:
    """Return the certificates of a PEM file in DER."""
    parts = Path(path).read_text().split("-----BEGIN CERTIFICATE-----")[1:]
    return [ssl.PEM_cert_to_DER_cert(f"-----BEGIN CERTIFICATE-----{part.strip()}\n") for part in parts]


def test_one_that_was_verified(papers: Papers) -> None:
    found = shaken(papers.cert, papers.client, "localhost").handshaken()
    assert (found.version, found.verified, found.name, found.trusted) == ("TLSv1.3", True, "localhost", papers.ca)
    assert found.cipher.startswith("TLS_")
    assert found.bits in (128, 256)
    assert (found.binding, found.alpn) == ("tls-server-end-point", "")
    assert found.chain[0] == certificates(papers.cert)[0]
    assert list(found.path) == [found.chain[0], *certificates(papers.ca)]
    assert found.seconds > 0


def test_one_that_was_not_verified_has_its_certificates(papers: Papers) -> None:
    found = shaken(papers.cert, TLSOptions(insecure=True), "localhost").handshaken()
    assert (found.version, found.verified, found.path) == ("TLSv1.3", False, ())
    assert found.chain[0] == certificates(papers.cert)[0]


def test_one_that_was_refused_has_them_too(papers: Papers, tmp_path: Path) -> None:
    for cert, options in (
        (papers.cert, TLSOptions(cafile=papers.ca, name="other.example")),
        (papers.cert, TLSOptions()),
        (made(tmp_path, "localhost", days=-3).path, TLSOptions()),
    ):
        found = refused(cert, options, "localhost").handshake
        assert isinstance(found, Handshake)
        assert (found.version, found.cipher, found.verified) == ("", "", False)
        assert found.chain[0] == certificates(cert)[0]


def test_a_stream_has_it_after_its_end(peer: Peer, papers: Papers) -> None:
    stream = connect(imaps(peer(echo_tls(papers))), tls=papers.client)
    stream.close()
    known = stream.info.handshake
    assert known is not None
    assert known().verified
