"""The liar says what its script says; the memory stream carries either server."""

from __future__ import annotations

import pytest

from imapsh.errors import ConnectionTimeout
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect, join
from imapsh.server.scripted import CLOSE, ScriptedServer, expect


def test_the_script_is_played_in_order() -> None:
    server = ScriptedServer(
        [b"* OK hi\r\n", expect(rb"(?P<tag>\w+) NOOP\r\n"), b"\\g<tag> OK \xff\r\n", CLOSE, b"never"]
    )
    assert server.data_to_send() == b"* OK hi\r\n"
    server.receive_data(b"a1 NO")
    assert server.data_to_send() == b""
    server.receive_data(b"OP\r\nmore")
    assert server.data_to_send() == b"a1 OK \xff\r\n"
    assert server.closed
    assert server.missing == [b"never"]
    assert server.received == b"a1 NOOP\r\nmore"


def test_over_memory() -> None:
    stream = join(ScriptedServer([b"* OK\r\n", expect(rb"x"), b"y", CLOSE]))
    assert stream.read(100) == b"* OK\r\n"
    with pytest.raises(ConnectionTimeout):
        stream.read(1)
    stream.write(b"x")
    assert stream.read(100) == b"y"
    assert stream.read(100) == b""


def test_the_demo_over_memory() -> None:
    stream = connect(demo_store())
    assert stream.read(4096).endswith(b"imapsh demo server ready\r\n")
    stream.write(b"a LOGIN demo demo\r\n")
    assert b"a OK [CAPABILITY" in stream.read(4096)
    stream.write(b"b LOGOUT\r\n")
    assert stream.read(4096).endswith(b"b OK logged out\r\n")
    assert stream.read(4096) == b""


def test_a_client_that_goes_away_leaves_its_mailbox() -> None:
    store = demo_store()
    stream = connect(store)
    assert stream.read(4096).startswith(b"* OK")
    stream.write(b"a LOGIN demo demo\r\nb SELECT INBOX\r\n")
    assert b"b OK" in stream.read(1 << 16)
    inbox = store.accounts["demo"].find("INBOX")
    assert len(inbox.watchers) == 1
    stream.close()
    assert inbox.watchers == []


def test_news_reaches_an_idling_connection_in_memory() -> None:
    store = demo_store()
    idler, other = connect(store), connect(store)
    for stream in (idler, other):
        stream.write(b"a LOGIN demo demo\r\n")
        assert stream.read(4096).startswith(b"* OK")
        assert stream.read(4096).startswith(b"a OK")
    idler.write(b"b SELECT Drafts\r\nc IDLE\r\n")
    assert idler.read(4096).endswith(b"+ idling\r\n")
    other.write(b"d APPEND Drafts {1+}\r\nx\r\n")
    assert other.read(4096).startswith(b"d OK")
    assert idler.read(4096) == b"* 3 EXISTS\r\n* 1 RECENT\r\n"
