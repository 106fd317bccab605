"""COMPRESS at the server: both directions are deflated behind the OK, however the octets are cut."""

from __future__ import annotations

import pytest

from imapsh.server.core import ServerSession
from imapsh.server.store import Store
from imapsh.wire.deflate import Deflate


class Peer:
    """A client that deflates what it says, once it has asked for it."""

    def __init__(self, store: Store) -> None:
        self.session = ServerSession(store)
        self.deflate: Deflate | None = None
        self.session.data_to_send()

    def says(self, line: bytes, step: int = 0) -> bytes:
        """Send a line, cut into pieces of `step` octets; what the server says to it, in the clear."""
        data = line + b"\r\n"
        if self.deflate is not None:
            data = self.deflate.deflate(data)
        said = b""
        for at in range(0, len(data), step or len(data)):
            self.session.receive_data(data[at : at + (step or len(data))])
            coded = self.session.data_to_send()
            said += self.deflate.inflate(coded) if self.deflate is not None and coded else coded
        return said


@pytest.fixture
def peer(store: Store) -> Peer:
    made = Peer(store)
    assert b"COMPRESS=DEFLATE" in made.says(b"a LOGIN u p")
    return made


@pytest.mark.parametrize("step", [0, 1, 7])
def test_both_directions_are_deflated(peer: Peer, step: int) -> None:
    assert peer.says(b"b COMPRESS DEFLATE", step) == b"b OK deflated from here on\r\n"
    peer.deflate = Deflate()
    assert peer.says(b"c NOOP", step).endswith(b"c OK nothing done\r\n")
    assert b"d NO [COMPRESSIONACTIVE] " in peer.says(b"d COMPRESS DEFLATE", step)
    assert peer.says(b"e SELECT INBOX", step).count(b"\r\n") > 5


def test_unauthenticate_ends_it(peer: Peer) -> None:
    peer.says(b"b COMPRESS DEFLATE")
    peer.deflate = Deflate()
    assert b"c OK [CAPABILITY " in peer.says(b"c UNAUTHENTICATE")
    peer.deflate = None
    assert peer.says(b"d NOOP") == b"d OK nothing done\r\n"


def test_what_is_not_deflated_ends_the_connection(peer: Peer) -> None:
    peer.says(b"b COMPRESS DEFLATE")
    peer.session.receive_data(b"\xff\xff\xff\xffc NOOP\r\n")
    assert b"BYE" in Deflate().inflate(peer.session.data_to_send())
    assert peer.session.closed


def test_what_was_sent_ahead_is_dropped(peer: Peer) -> None:
    assert peer.says(b"b COMPRESS DEFLATE\r\nc NOOP") == b"b OK deflated from here on\r\n"
