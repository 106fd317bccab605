"""A proxy that writes down what each side of a connection sent, inside TLS too.

It is written with threads, sockets and `ssl` alone, so that it shares nothing with the tap that it stands beside.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.patience import PATIENCE
from tests.servers.certs import Certs

PLAIN, STARTTLS, TLS = "plain", "STARTTLS", "TLS"

_ASKS = re.compile(rb"(\S+) STARTTLS\r\n\Z", re.IGNORECASE)


class Recorded(NamedTuple):
    """What the client and the server of one connection sent, without TLS."""

    client: bytearray
    server: bytearray


class Papers(NamedTuple):
    """How a proxy speaks TLS: the certificate that it shows, and the authority that it trusts."""

    pem: Path
    authority: Path

    def server_side(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        return context

    def client_side(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))


def papers(certs: Certs, authority: Path | None = None) -> Papers:
    """Return those of the tests; `authority` has vouched for the server if it is another one."""
    return Papers(certs.server_pem, authority or certs.ca)


class Recorder:
    """Accepts on `port`, connects to `target`, and keeps what passed in `connections`, in order of their beginning."""

    def __init__(self, target: int, security: str, tls: Papers) -> None:
        self.connections: list[Recorded] = []
        self._target, self._security, self._tls = target, security, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        recorded = Recorded(bytearray(), bytearray())
        self.connections.append(recorded)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            server = stack.enter_context(socket.create_connection(("127.0.0.1", self._target), PATIENCE))
            stack.callback(client.close)
            client.settimeout(PATIENCE)
            if self._security == TLS:
                client, server = self._secured(client, server)
            elif self._security == STARTTLS:
                _until_starttls(client, server, recorded)
                client, server = self._secured(client, server)
            stack.callback(client.close)
            stack.callback(server.close)
            _move(client, server, recorded)

    def _secured(self, client: socket.socket, server: socket.socket) -> tuple[socket.socket, socket.socket]:
        secure = self._tls.client_side().wrap_socket(server, server_hostname="127.0.0.1")
        return self._tls.server_side().wrap_socket(client, server_side=True), secure

    def __enter__(self) -> Recorder:
        self._accepting.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._accepting, *self._threads):
            thread.join(PATIENCE)


def _until_starttls(client: socket.socket, server: socket.socket, recorded: Recorded) -> None:
    """Move octets until the server has agreed to TLS."""
    for sender, receiver, kept in _readable(client, server, recorded):
        octets = sender.recv(65536)
        if not octets:
            raise ConnectionError
        kept += octets
        receiver.sendall(octets)
        asked = _ASKS.search(recorded.client)
        if asked is not None and re.search(rb"\r\n%b OK.*\r\n\Z" % re.escape(asked[1]), recorded.server):
            return


def _move(client: socket.socket, server: socket.socket, recorded: Recorded) -> None:
    """Move octets until one side has ended."""
    for sender, receiver, kept in _readable(client, server, recorded):
        sender.settimeout(0)
        try:
            octets = sender.recv(65536)
            while isinstance(sender, ssl.SSLSocket) and sender.pending():
                octets += sender.recv(65536)
        except ssl.SSLWantReadError:  # there was a record of TLS alone, as a session ticket
            continue
        finally:
            sender.settimeout(PATIENCE)
        if not octets:
            return
        kept += octets
        receiver.sendall(octets)


def _readable(
    client: socket.socket, server: socket.socket, recorded: Recorded
) -> Iterator[tuple[socket.socket, socket.socket, bytearray]]:
    """Yield whoever has something to read, its peer, and where that is kept."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, (client, server, recorded.client))
        selector.register(server, selectors.EVENT_READ, (server, client, recorded.server))
        while found := selector.select(PATIENCE):
            for key, _ in found:
                yield key.data


@contextlib.contextmanager
def recorder(target: int, security: str, tls: Papers) -> Iterator[Recorder]:
    """Record what passes to the port `target` of this machine."""
    with Recorder(target, security, tls) as running:
        yield running
