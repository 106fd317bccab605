from __future__ import annotations

import datetime
import socket
import ssl
import sys
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from imapsh.errors import ConnectionLost, TLSError, UsageError
from imapsh.shell.settings.reasons import in_options
from imapsh.transport.address import Address
from imapsh.transport.blocking import connect
from imapsh.transport.tls import TLSFilter, TLSOptions, make_context
from tests.transport.conftest import Papers, Peer, echo, echo_starttls, echo_tls, refuse_tls, write_papers
from tests.transport.papers import shake
from tests.transport.test_blocking import read_exactly, tcp


def imaps(port: int, host: str = "127.0.0.1") -> Address:
    return Address("imaps", host, port)


def test_implicit_tls(peer: Peer, papers: Papers) -> None:
    stream = connect(imaps(peer(echo_tls(papers))), tls=papers.client)
    data = bytes(range(256)) * 4000
    stream.write(data[:60_000])
    assert read_exactly(stream, 60_000) == data[:60_000]
    stream.write(b"ab")
    assert stream.read(1) + stream.read(1) == b"ab"
    assert stream.info.tls == "TLSv1.3"
    assert stream.info.cipher.startswith("TLS_")
    assert "CN=localhost" in stream.info.certificate
    stream.close()


def test_tls_1_2(peer: Peer, papers: Papers) -> None:
    def old(sock: socket.socket) -> None:
        context = papers.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with context.wrap_socket(sock, server_side=True) as secure:
            echo(secure)

    stream = connect(imaps(peer(old)), tls=papers.client)
    stream.write(b"x")
    assert stream.read(9) == b"x"
    assert stream.info.tls == "TLSv1.2"
    stream.close()


@pytest.mark.parametrize("farewell", [True, False])
def test_the_end_under_tls(peer: Peer, papers: Papers, farewell: bool) -> None:
    def say(sock: socket.socket) -> None:
        secure = papers.context().wrap_socket(sock, server_side=True)
        secure.sendall(b"x")
        if farewell:
            secure.unwrap()
        secure.close()

    stream = connect(imaps(peer(say)), tls=papers.client)
    assert stream.read(10) == b"x"
    assert stream.read(10) == b""
    assert stream.read(10) == b""
    stream.close()


def test_starttls_over_tcp(peer: Peer, papers: Papers) -> None:
    stream = connect(tcp(peer(echo_starttls(papers))))
    stream.write(b"go?")
    assert read_exactly(stream, 3) == b"go!"
    stream.start_tls(papers.client, "localhost")
    stream.write(b"x")
    assert stream.read(9) == b"x"
    assert stream.info.tls
    with pytest.raises(TLSError, match="already uses TLS"):
        stream.start_tls(papers.client, "localhost")


def test_starttls_over_a_unix_socket(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    address = Address("unix", path=str(tmp_path / "s"))
    peer(echo_starttls(papers), socket.AF_UNIX, address.path)
    stream = connect(address)
    stream.write(b"go?")
    assert read_exactly(stream, 3) == b"go!"
    stream.start_tls(papers.client, address.server_name)
    stream.write(b"x")
    assert stream.read(9) == b"x"
    stream.close()


def test_octets_behind_the_ok_break_starttls(peer: Peer, papers: Papers) -> None:
    def inject(sock: socket.socket) -> None:
        sock.recv(3)
        sock.sendall(b"go!* OK injected\r\n")
        sock.recv(65536)

    stream = connect(tcp(peer(inject)))
    stream.write(b"go?")
    assert read_exactly(stream, 3) == b"go!"
    with pytest.raises(TLSError, match="said OK to STARTTLS but did not start TLS"):
        stream.start_tls(papers.client, "localhost")
    with pytest.raises(ConnectionLost, match="is closed"):
        stream.write(b"LOGIN")


def test_a10_not_trusted_names_the_option_that_skips_the_check(peer: Peer, papers: Papers) -> None:
    words = r"certificate of 127\.0\.0\.1:\d+ is not trusted .*TLSOptions\.cafile.*TLSOptions\.insecure"
    with pytest.raises(TLSError, match=words) as caught:
        connect(imaps(peer(refuse_tls(papers))))
    assert "with --cafile, or skip the check with --insecure; " in in_options(caught.value)


@pytest.mark.parametrize("name", ["mail.example", "10.0.0.1"])
def test_a10_another_name_may_be_expected(peer: Peer, papers: Papers, tmp_path: Path, name: str) -> None:
    other = other_papers(papers, tmp_path, "mail.example", "10.0.0.1")
    stream = connect(imaps(peer(echo_tls(other))), tls=TLSOptions(cafile=papers.ca, name=name))
    stream.write(b"x")
    assert stream.read(9) == b"x"
    stream.close()


def test_a10_the_name_expected_is_the_one_that_counts(peer: Peer, papers: Papers) -> None:
    options = TLSOptions(cafile=papers.ca, name="mail.example")
    with pytest.raises(
        TLSError, match=r"is for localhost.*, not for mail\.example;.*TLSOptions\.name, or .*\.insecure"
    ) as caught:
        connect(imaps(peer(refuse_tls(papers))), tls=options)
    assert "with --tls-name, or skip the check with --insecure" in in_options(caught.value)


def test_a10_tls_from_the_start_over_a_unix_socket(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    address = Address("unix", path=str(tmp_path / "s"), tls=True)
    peer(echo_tls(papers), socket.AF_UNIX, address.path)
    check_echo(address, papers)


def test_a10_tls_from_the_start_over_a_command(peer: Peer, papers: Papers) -> None:
    check_echo(Address("exec", command=(sys.executable, "-c", NETCAT, str(peer(echo_tls(papers)))), tls=True), papers)


NETCAT = """
import os, socket, sys, threading
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def back():
    while data := sock.recv(65536):
        os.write(1, data)
threading.Thread(target=back, daemon=True).start()
while data := os.read(0, 65536):
    sock.sendall(data)
"""


def check_echo(address: Address, papers: Papers) -> None:
    """TLS is spoken there from the first octet, with whatever echoes."""
    stream = connect(address, tls=papers.client)
    stream.write(b"x")
    assert stream.read(9) == b"x"
    assert stream.info.tls == "TLSv1.3"
    stream.close()


def test_insecure_skips_only_the_verification(peer: Peer, papers: Papers) -> None:
    stream = connect(imaps(peer(echo_tls(papers))), tls=TLSOptions(insecure=True))
    stream.write(b"x")
    assert stream.read(9) == b"x"
    assert "CN=localhost" in stream.info.certificate
    stream.close()


def other_papers(papers: Papers, folder: Path, *names: str, expired: bool = False) -> Papers:
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    leaf = papers.authority.issue_cert(*names, not_after=past if expired else None)
    return write_papers(folder, papers.authority, leaf)


def test_wrong_name(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    other = other_papers(papers, tmp_path, "a.example", "*.b.example", "10.0.0.1")
    for host in ("localhost", "127.0.0.1"):
        words = rf"certificate of {host}:\d+ is for a\.example, \*\.b\.example, 10\.0\.0\.1, not for {host};"
        with pytest.raises(TLSError, match=words):
            connect(imaps(peer(refuse_tls(other)), host), tls=papers.client)


def test_expired(peer: Peer, papers: Papers, tmp_path: Path) -> None:
    other = other_papers(papers, tmp_path, "127.0.0.1", expired=True)
    with pytest.raises(TLSError, match="has expired"):
        connect(imaps(peer(refuse_tls(other))), tls=papers.client)


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"* OK IMAP4rev2 ready\r\n", "does not speak TLS from the start; try imap:// and STARTTLS"),
        (b"220 smtp.example ESMTP\r\n", "does not speak TLS from the start"),
        (b"", "closed the connection during the TLS handshake"),
    ],
)
def test_tls_on_a_plain_port(peer: Peer, papers: Papers, greeting: bytes, words: str) -> None:
    def plain(sock: socket.socket) -> None:
        sock.sendall(greeting)
        sock.recv(65536)

    with pytest.raises(TLSError, match=words):
        connect(imaps(peer(plain)), tls=papers.client)


def test_reset_in_the_handshake(peer: Peer, papers: Papers) -> None:
    # Octets left unread make the close a reset.
    with pytest.raises(TLSError, match="closed the connection during the TLS handshake"):
        connect(imaps(peer(lambda sock: sock.recv(1) and None)), tls=papers.client)


def test_silence_in_the_handshake(peer: Peer, papers: Papers) -> None:
    def silent(sock: socket.socket) -> None:
        while sock.recv(65536):
            pass

    with pytest.raises(TLSError, match=r"did not finish the TLS handshake within 0\.05 s"):
        connect(imaps(peer(silent)), tls=papers.client, connect_timeout=0.05)


def test_a_certificate_of_ours(peer: Peer, papers: Papers) -> None:
    def demanding(sock: socket.socket) -> None:
        context = papers.context()
        context.load_verify_locations(papers.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            with context.wrap_socket(sock, server_side=True) as secure:
                secure.sendall(b"welcome")
                echo(secure)
        except ssl.SSLError:
            pass

    stream = connect(imaps(peer(demanding)), tls=TLSOptions(cafile=papers.ca, cert=papers.cert, key=papers.key))
    assert stream.read(9) == b"welcome"
    stream.close()
    stream = connect(imaps(peer(demanding)), tls=papers.client)
    with pytest.raises(
        TLSError, match=r"requires a client certificate; give it with TLSOptions\.cert and TLSOptions\.key"
    ):
        stream.read(1)
    stream.close()


def test_files_that_are_wrong(papers: Papers, tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_text("junk")
    other = tmp_path / "other.pem"
    leaf = trustme.CA().issue_cert("x.example")
    leaf.private_key_pem.write_to_path(other)
    locked = tmp_path / "locked.pem"
    key = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"hunter2"),
        )
    )
    for options, words in (
        (TLSOptions(cafile=str(tmp_path / "none")), "cannot read .*none: No such file"),
        (TLSOptions(cafile=str(junk)), "junk does not contain PEM certificates"),
        (TLSOptions(cert=str(tmp_path)), "cannot read .*: Is a directory"),
        (TLSOptions(cert=str(junk)), "junk is not a certificate with its private key in PEM"),
        (TLSOptions(cert=papers.cert, key=str(junk)), "are not a certificate with its private key"),
        (TLSOptions(cert=papers.cert, key=str(other)), "does not belong to the certificate"),
        (
            TLSOptions(cert=papers.cert, key=str(locked)),
            "is protected by a passphrase; give that with TLSOptions.key_p",
        ),
        (TLSOptions(key=papers.key), "needs its certificate"),
    ):
        with pytest.raises(TLSError, match=words):
            make_context(options)


def test_a_key_with_a_passphrase(papers: Papers, tmp_path: Path) -> None:
    key = serialization.load_pem_private_key(Path(papers.key).read_bytes(), None)
    locked = tmp_path / "locked.pem"
    form, secret = serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"hunt\xc3\xa9r")
    locked.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, secret))
    options = TLSOptions(cert=papers.cert, key=str(locked))
    assert make_context(options._replace(key_password=lambda: "huntér"))
    with pytest.raises(TLSError, match=r"does not unlock the private key in .*locked\.pem; check TLSOptions") as raised:
        make_context(options._replace(key_password=lambda: "s3cret"))
    assert "s3cret" not in str(raised.value)
    assert raised.value.__cause__ is None
    with pytest.raises(UsageError, match=r"^TLSOptions\.key_password returned a bytes, not text$"):
        make_context(options._replace(key_password=lambda: b"s3cret"))  # type: ignore[arg-type, return-value]


def test_the_context_verifies_and_asks_for_tls_1_2(papers: Papers) -> None:
    context = make_context(papers.client)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    with pytest.raises(TLSError, match="a certificate cannot be issued for the name"):
        TLSFilter(papers.client, "", "h:993")


def test_the_filter_is_fed_octet_by_octet(papers: Papers) -> None:
    client = TLSFilter(papers.client, "localhost", "h")
    server = TLSFilter(papers.server, "", "c", server_side=True)

    def carry(source: TLSFilter, target: TLSFilter) -> None:
        for octet in source.outgoing():
            target.receive(bytes([octet]))
            if not target.done:
                target.handshake()

    client.handshake()
    while not (client.done and server.done):
        carry(client, server)
        carry(server, client)
    for piece in server.encrypt(b"x" * 300_000):
        client.receive(piece)
    assert client.read(200_000) == b"x" * 200_000
    assert client.read(200_000) == b"x" * 100_000
    assert client.read(1) is None
    client.receive(server.close())
    assert client.read(1) == b""


def test_much_that_came_at_once_is_read_whole_and_its_memory_is_free_then(papers: Papers) -> None:
    client = TLSFilter(papers.client, "localhost", "h")
    server = TLSFilter(papers.server, "", "c", server_side=True)
    shake(client, server)
    room = bytearray(1 << 20)
    for octet in b"abc":
        sealed = b"".join(server.encrypt(bytes([octet]) * 300_000))
        room[: len(sealed)] = sealed
        client.receive(memoryview(room)[: len(sealed)])
        got = b""
        while data := client.read(1 << 17):
            got += data
        assert got == bytes([octet]) * 300_000
        assert data is None
        room[:] = bytes(len(room))


def test_the_end_comes_behind_what_was_not_read(papers: Papers) -> None:
    client = TLSFilter(papers.client, "localhost", "h")
    server = TLSFilter(papers.server, "", "c", server_side=True)
    shake(client, server)
    for octet in b"ab":
        client.receive(b"".join(server.encrypt(bytes([octet]) * 200_000)))
    client.receive(b"")
    got = b""
    while data := client.read(1 << 18):
        got += data
    assert got == b"a" * 200_000 + b"b" * 200_000
    assert data == b""


def test_what_came_before_a_broken_record_is_read_first(papers: Papers) -> None:
    client = TLSFilter(papers.client, "localhost", "h")
    server = TLSFilter(papers.server, "", "c", server_side=True)
    shake(client, server)
    client.receive(b"".join(server.encrypt(b"* BYE over\r\n")) + b"\x17\x03\x03\x00\x40" + bytes(64))
    assert client.read(100) == b"* BYE over\r\n"
    for _ in range(2):
        with pytest.raises(TLSError, match="failed the TLS integrity check"):
            client.read(100)
