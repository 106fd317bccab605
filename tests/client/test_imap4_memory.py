"""The memory that a server can make the classes take, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from imapsh.client import imap4
from imapsh.wire.limits import MEMORY

from .imap4_peers import scripted

MIB = 1 << 20
OK = b"<tag> OK done\r\n"

#: Fetches from a server that sends `begin`, then the octets of a literal, then `end`; prints what came of it.
_CHILD = """\
import json, socket, sys, threading
from imapsh.client import imap4
from tests.bench.terminal import peak

here, there = socket.socketpair()
class Client(imap4.IMAP4):
    def _create_socket(self, timeout):
        return here
    def _connect(self):
        self.state = "SELECTED"
        self._set_tags(b"A")

def serve():
    there.recv(1000)
    there.sendall({begin!r})
    piece, left = b"x" * 65536, {octets}
    try:
        while left:
            left -= there.send(piece[:left])
        there.sendall({end!r} + b"A0 OK done\\r\\n")
    except OSError:
        pass

threading.Thread(target=serve, daemon=True).start()
client = Client()
before = peak("self")
try:
    result, said = len(client.fetch("1", "BODY[]")[1][0][1]), ""
except imap4.IMAP4.abort as error:
    result, said = 0, str(error)
print(json.dumps([result, said, (peak("self") - before) // 1024]))
"""


def fetched(begin: bytes, octets: int, end: bytes = b")\r\n") -> tuple[int, str, int]:
    """Return the octets that arrived, the text of `abort`, and by how many MiB the process grew at its most."""
    script = _CHILD.format(begin=begin, octets=octets, end=end)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    result, said, grown = json.loads(done.stdout)
    return result, said, grown


@pytest.mark.parametrize(
    "begin", [b"* 1 FETCH (BODY[] {%d}\r\n", b'* 1 FETCH (X "a\\"b" BODY[] {%d}\r\n', b"* X {%d}\r\n"]
)
def test_e2_a_literal_beyond_the_limit_is_refused_before_memory_is_taken(begin: bytes) -> None:
    result, said, grown = fetched(begin % (1 << 31), 1 << 31)
    assert (result, grown < 16) == (0, True)
    assert str(MEMORY) in said
    assert str(1 << 31) in said
    assert "literal_limit" in said


@pytest.mark.parametrize("begin", [b"* 1 FETCH (BODY[] {%d}\r\n", b'* 1 FETCH (X "a\\"b" BODY[] {%d}\r\n'])
def test_e2_a_literal_is_in_memory_once(begin: bytes) -> None:
    result, said, grown = fetched(begin % (64 * MIB), 64 * MIB)
    assert (result, said) == (64 * MIB, "")
    assert grown < 80


def test_e2_the_literals_of_a_response_are_counted_together() -> None:
    client = scripted(imap4, b"* 1 FETCH (A {60}\r\n" + b"a" * 60 + b" B {60}\r\n" + b"b" * 60 + b")\r\n" + OK)
    client.state, client.literal_limit = "SELECTED", 100
    with pytest.raises(imap4.IMAP4.abort, match="memory limit is 100 and the server sent 120"):
        client.fetch("1", "(A B)")


def test_e2_literals_of_many_responses_are_not_counted_together() -> None:
    one = b"* 1 FETCH (A {60}\r\n" + b"a" * 60 + b")\r\n"
    client = scripted(imap4, one * 5 + OK)
    client.state, client.literal_limit = "SELECTED", 100
    assert len(client.fetch("1:5", "A")[1]) == 10


@pytest.mark.parametrize("limit", [0, 10])
def test_e2_what_goes_to_a_file_is_not_counted(limit: int, tmp_path: Any) -> None:
    client = scripted(imap4, b"* 1 FETCH (A {60}\r\n" + b"a" * 60 + b")\r\n" + OK)
    client.state, client.literal_limit = "SELECTED", limit
    with (tmp_path / "literal").open("wb") as file:
        assert client.fetch_to("1", "A", file)[0] == "OK"
    assert (tmp_path / "literal").read_bytes() == b"a" * 60
