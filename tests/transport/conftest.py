"""Certificates, and peers in threads on loopback."""

from __future__ import annotations

import atexit
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE

Handler = Callable[[socket.socket], None]
Peer = Callable[..., int]


class Papers(NamedTuple):
    """Paths of PEM files."""

    ca: str
    cert: str
    key: str
    authority: trustme.CA

    @property
    def server(self) -> TLSOptions:
        return TLSOptions(cert=self.cert)

    @property
    def client(self) -> TLSOptions:
        return TLSOptions(cafile=self.ca)

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert)
        return context


def write_papers(folder: Path, authority: trustme.CA, leaf: trustme.LeafCert) -> Papers:
    ca, cert, key = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    authority.cert_pem.write_to_path(ca)
    leaf.private_key_and_cert_chain_pem.write_to_path(cert)
    leaf.private_key_pem.write_to_path(key)
    return Papers(str(ca), str(cert), str(key), authority)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1", "::1", common_name="localhost")
    return write_papers(tmp_path_factory.mktemp("papers"), authority, leaf)


@pytest.fixture
def peer() -> Iterator[Peer]:
    """`peer(handler, family, place)` runs the handler on one accepted connection and returns the port."""
    threads: list[threading.Thread] = []
    failures: list[BaseException] = []

    def start(handler: Handler, family: int = socket.AF_INET, place: str = "") -> int:
        listener = socket.socket(family)
        listener.settimeout(PATIENCE)
        listener.bind(place or ("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        listener.listen()

        def run() -> None:
            try:
                with listener, listener.accept()[0] as sock:
                    sock.settimeout(PATIENCE)
                    handler(sock)
            except (OSError, AssertionError, ValueError) as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        name = listener.getsockname()
        return int(name[1]) if isinstance(name, tuple) else 0

    yield start
    for thread in threads:
        thread.join(2 * PATIENCE)
        assert not thread.is_alive()
    assert failures == []


def echo(sock: socket.socket) -> None:
    """Send back what comes, until the end."""
    try:
        while data := sock.recv(65536):
            sock.sendall(data)
    except ssl.SSLError:
        pass  # an end without a farewell


def echo_tls(papers: Papers) -> Handler:
    def handler(sock: socket.socket) -> None:
        with papers.context().wrap_socket(sock, server_side=True) as secure:
            echo(secure)

    return handler


def refuse_tls(papers: Papers) -> Handler:
    """A TLS server whose client will not have it."""

    def handler(sock: socket.socket) -> None:
        try:
            with papers.context().wrap_socket(sock, server_side=True) as secure:
                secure.recv(1)
        except (ssl.SSLError, ConnectionError):
            pass

    return handler


def echo_starttls(papers: Papers) -> Handler:
    """Three octets are the request, three the answer, then TLS."""

    def handler(sock: socket.socket) -> None:
        assert sock.recv(3) == b"go?"
        sock.sendall(b"go!")
        echo_tls(papers)(sock)

    return handler


def closed_port() -> int:
    """A loopback port on which nothing listens.  It stays ours, or whoever runs beside us could listen there."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    atexit.register(sock.close)
    return int(sock.getsockname()[1])
