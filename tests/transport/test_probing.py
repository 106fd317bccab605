from __future__ import annotations

import errno
import socket

from imapsh.transport.probing import Probe, probe
from imapsh.transport.resolving import Place, literal
from tests.transport.conftest import closed_port


def test_one_that_accepts_and_one_that_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = probe([*literal("127.0.0.1", port), *literal("127.0.0.1", closed_port())], 10)
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(10) == b""  # nothing was sent
    assert (found[0].host, found[0].port, found[0].error) == ("127.0.0.1", port, None)
    assert found[0].seconds >= 0
    assert found[1].error is not None
    assert found[1].error.errno == errno.ECONNREFUSED


def test_a_family_that_this_machine_does_not_have() -> None:
    place: Place = (9999, socket.SOCK_STREAM, 0, "", ("2001:db8::1", 993, 0, 0))
    (found,) = probe([place], 10)
    assert found.error is not None
    assert found.host == "2001:db8::1"


def test_one_that_never_answers() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        place = literal("127.0.0.1", server.getsockname()[1])
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:  # they fill the queue, and what comes after them waits
            sock.setblocking(False)
            sock.connect_ex(place[0][4])
        (found,) = probe(place, 0.05)
        for sock in waiting:
            sock.close()
    assert isinstance(found.error, TimeoutError)


def test_no_place() -> None:
    assert probe([], 1) == []
    assert Probe("h", 1, 0.0).error is None
