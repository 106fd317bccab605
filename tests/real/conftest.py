"""The servers and ways in to them, each as one fixture value; the built-in demo server is one of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from imapsh.server.demo import demo_store
from imapsh.server.listen import serve
from imapsh.server.store import Store
from imapsh.transport.address import Address
from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE
from tests.servers.base import Server
from tests.servers.certs import Certs

from .visitor import Visitor

WAYS = (
    ("dovecot", "plain"), ("dovecot", "starttls"), ("dovecot", "tls"), ("dovecot", "exec"),
    ("cyrus", "plain"), ("cyrus", "starttls"), ("cyrus", "tls"),
    ("courier", "plain"), ("courier", "tls"),
    ("mailutils", "plain"), ("mailutils", "tls"),
    ("demo", "plain"), ("demo", "starttls"), ("demo", "tls"),
)  # fmt: skip


async def _serve(store: Store, tls: TLSOptions, ports: list[int], ready: threading.Event, stop: asyncio.Event) -> None:
    plain = await serve(Address("imap", "127.0.0.1"), store, tls)
    secure = await serve(Address("imaps", "127.0.0.1"), store, tls)
    ports += [plain.address.port, secure.address.port]
    ready.set()
    await stop.wait()
    await plain.close()
    await secure.close()


@pytest.fixture(scope="session")
def demo(certs: Certs) -> Iterator[Server]:
    """The built-in demo server, on loopback in a thread of its own."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    ports: list[int] = []
    tls = TLSOptions(cert=str(certs.server_cert), key=str(certs.server_key))
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(demo_store(), tls, ports, ready, stop),))
    thread.start()
    assert ready.wait(PATIENCE)
    yield Server("demo", "127.0.0.1", ports[0], ports[1], certs.ca, "demo", "demo")
    loop.call_soon_threadsafe(stop.set)
    thread.join(PATIENCE)
    loop.close()


@pytest.fixture(params=WAYS, ids="-".join)
def visitor(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Logged in over one of the ways; whatever the server said wrong in the meantime fails the test."""
    name, way = request.param
    visitor = Visitor(request.getfixturevalue(name), way)
    yield visitor
    visitor.client.close()
    assert not visitor.wrong()
