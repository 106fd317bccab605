"""What is said of a certificate that is refused, and of a handshake that fails (C7, E24)."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from imapsh.errors import TLSError
from imapsh.transport.blocking import connect
from imapsh.transport.tls import TLSOptions
from imapsh.transport.tlsfailures import asks_certificate, listed
from tests.transport.conftest import Handler, Papers, Peer, refuse_tls, write_papers
from tests.transport.test_tls import imaps


def demanding(papers: Papers, trusted: str) -> Handler:
    """A server of TLS 1.2 that wants a certificate whose authority is in `trusted`."""

    def handler(sock: socket.socket) -> None:
        context = papers.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(trusted)
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            with context.wrap_socket(sock, server_side=True) as secure:
                secure.sendall(b"welcome")
                secure.recv(1)
        except (ssl.SSLError, ConnectionError):
            pass

    return handler


def test_c7_a_client_certificate_is_wanted_under_tls_1_2(peer: Peer, papers: Papers) -> None:
    options = TLSOptions(cafile=papers.ca)
    with pytest.raises(
        TLSError, match=r"requires a client certificate; give it with TLSOptions\.cert and TLSOptions\.key"
    ):
        connect(imaps(peer(demanding(papers, papers.ca))), tls=options)
    stream = connect(imaps(peer(demanding(papers, papers.ca))), tls=options._replace(cert=papers.cert))
    assert stream.read(9) == b"welcome"
    stream.close()


def test_c7_a_client_certificate_is_refused_under_tls_1_2(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    authority = trustme.CA()
    other = write_papers(tmp_path, authority, authority.issue_cert("me@mail.example"))
    with pytest.raises(TLSError, match="does not trust the authority of your certificate"):
        connect(imaps(peer(demanding(papers, papers.ca))), tls=TLSOptions(cafile=papers.ca, cert=other.cert))


def test_c7_no_cipher_in_common_is_not_a_certificate_that_is_wanted(peer: Peer, papers: Papers) -> None:
    def old(sock: socket.socket) -> None:
        context = papers.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES256-SHA256:@SECLEVEL=0")  # no forward secrecy, which Python's own list leaves out
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(sock, server_side=True)

    with pytest.raises(TLSError, match="have no TLS cipher in common"):
        connect(imaps(peer(old)), tls=papers.client)


@pytest.mark.parametrize(
    ("heard", "asks"),
    [
        (b"", False),
        (b"\x16\x03\x03\0\x04\x0d\0\0\0", True),
        (b"\x16\x03\x03\0\x06\x02\0\0\x02ab\x16\x03\x03\0\x04\x0d\0\0\0", True),
        (b"\x16\x03\x03\0\x03\x02\0\0\x16\x03\x03\0\x04\x03\x0d\x0d\0", False),  # a message in two records
        (b"\x15\x03\x03\0\x02\x0d\x0d", False),
        (b"\x16\x03\x03\xff\xff\x02\xff\xff\xff\x0d", False),
    ],
)
def test_c7_the_question_is_found_in_the_handshake(heard: bytes, asks: bool) -> None:
    assert asks_certificate(heard) is asks


def test_c7_a_refused_certificate_is_described(peer: Peer, papers: Papers) -> None:
    pem = Path(papers.cert).read_text()
    der = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERT") :])
    with pytest.raises(TLSError) as caught:
        connect(imaps(peer(refuse_tls(papers))))
    said = str(caught.value)
    assert re.search("its subject is O=trustme .*, CN=localhost, its names are", said)
    assert "its names are localhost, 127.0.0.1" in said
    assert "it is valid from 2000-01-01 to 3000-01-01" in said
    assert f"its SHA-256 fingerprint is {hashlib.sha256(der).digest().hex(':').upper()}" in said


def test_e24_a_certificate_of_3000_names_is_cut(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    names = [f"host{number}.example" for number in range(3000)]
    other = write_papers(tmp_path, papers.authority, papers.authority.issue_cert(*names))
    with pytest.raises(TLSError, match=r"is for host0\.example.* and 2,995 more, not for 127") as caught:
        connect(imaps(peer(refuse_tls(other))), tls=papers.client)
    assert len(str(caught.value)) < 1000


def test_e24_what_a_terminal_would_obey_is_not_shown() -> None:
    assert listed(["a\x1b[2J\x9bK\u202e.example", "x" * 5000]) == f"a?[2J?K?.example, {'x' * 100}..."
