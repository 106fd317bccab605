"""One conversation with the server of the demo is written as each format, and reads back as the same conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

import pytest

from imapsh.logs.formats import FORMATS, NAMED
from imapsh.logs.literals import announced
from imapsh.logs.recognising import recognised
from imapsh.server.core import ServerSession
from imapsh.server.store import Store
from imapsh.wire.pieces import CLIENT, ELIDED, NOTE, SERVER, Piece

from .packets import tshark
from .reading import log_of, read
from .test_formats import HEADS
from .writers import WRITERS, Turn, Turns, Writer

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)

#: A message with the lines of all formats, a bare LF, octets of 8 bits, and what ends a response.
MESSAGE = (
    b"Subject: logs\r\nX-Bare: a\nb\r\n\r\n\xe4\xff\x80 \xc3\xa4\r\n"
    + b"".join(
        line.rstrip(b"\r\n") + b"\r\n" for name, head in HEADS.items() if name != "pcap" for line in head.split(b"\n")
    )
    + b"<1795687200< and >1795687201> in a line\r\n=========\r\n>>>>>>>>>\r\n)\r\na5 OK done\r\n* 9 EXISTS\r\n+ go\r\n"
    + b"* 1 FETCH (BODY[] {99}\r\n"
    + b"x" * 5000
    + b"\r\n"
) * 2


class Session:
    """Speaks with the server, and notes down what each side sent at once."""

    def __init__(self, tag: str, message: bytes) -> None:
        store = Store(lambda: NOW)
        self.inbox = store.add_account("demo", "demo", 100).find("INBOX")
        self.inbox.add(message, NOW)
        self.turns: list[Turn] = []
        self._tag = tag
        self._count = 0
        self._server = ServerSession(store)
        self.listen()

    def listen(self) -> None:
        """Note down what the server says now."""
        if octets := self._server.data_to_send():
            self._note(SERVER, octets)

    def command(self, words: str) -> None:
        self._count += 1
        self.send((self._tag % self._count + f" {words}\r\n").encode())

    def send(self, octets: bytes) -> None:
        self._note(CLIENT, octets)
        self._server.receive_data(octets)
        self.listen()

    def _note(self, side: str, octets: bytes) -> None:
        self.turns.append(Turn(side, octets, NOW.timestamp() + len(self.turns)))


def conversation(writer: Writer) -> Turns:
    """A login, a mailbox that is selected, a message that is fetched and one that is appended, IDLE, and the end."""
    message = re.sub(writer.mistaken, b"", MESSAGE)
    session = Session(writer.tag, message)
    session.command("LOGIN demo demo")
    session.command("SELECT INBOX")
    session.command("FETCH 1 (FLAGS BODY[])")
    session.command(f"APPEND INBOX {{{len(message)}}}")
    session.send(message + b"\r\n")
    session.command("IDLE")
    session.inbox.add(b"Subject: new\r\n\r\n", NOW)
    session.listen()
    session.send(b"DONE\r\n")
    session.command("LOGOUT")
    assert message in session.turns[6].octets
    return session.turns


def runs(turns: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """What the sides sent in turns, each as long as the other was silent."""
    return [(side, b"".join(octets for _, octets in group)) for side, group in groupby(turns, lambda turn: turn[0])]


def lines(pieces: Iterable[Piece]) -> list[tuple[str, bytes]]:
    """Return the lines of both sides as they begin, without the octets of literals, and without what a login says."""
    found: list[tuple[str, list[bytes]]] = []
    begun: dict[str, list[bytes]] = {}
    left = {CLIENT: 0, SERVER: 0}
    for side, octets, *_, exactness in pieces:
        at = 0
        while at < len(octets):
            if left[side]:
                taken = min(left[side], len(octets) - at)
                left[side] -= taken
                at += taken
                continue
            end = octets.find(b"\n", at) + 1 or len(octets)
            if side not in begun:
                begun[side] = []
                found.append((side, begun[side]))
            begun[side].append(octets[at:end])
            at = end
            literal = announced(b"".join(begun[side]))
            if literal is not None:
                left[side] = 0 if exactness == ELIDED and at == len(octets) else literal.octets
            elif begun[side][-1].endswith(b"\n"):
                del begun[side]
    return [(side, re.sub(rb"( LOGIN) .*", rb"\1\r", b"".join(texts))) for side, texts in found]


#: Formats that cannot hold the conversation, and why.
CANNOT = {
    "trace-part": "it is what is left of a log that lacks a side",
    "k9": "it has lists that the program made from the responses",
    "node-imap": "it repeats a response that has a literal, without that item",
}


def test_each_format_has_a_writer() -> None:
    assert {name.partition(".")[0] for name in WRITERS} | CANNOT.keys() == {form.name for form in FORMATS}


@pytest.mark.parametrize("name", WRITERS)
def test_a_conversation_reads_back_as_it_was(name: str) -> None:
    if name.startswith("pcap"):
        tshark()
    writer: Writer = WRITERS[name]
    turns = conversation(writer)
    octets = writer.write(turns)
    log = log_of(octets)
    assert recognised(log) is NAMED[name.partition(".")[0]]
    sister = None if writer.sister is None else log_of(writer.sister(turns), "x.in")
    pieces = [one for one in read(octets, path="x.out" if sister else "", sister=sister) if one.direction != NOTE]
    assert len({one.connection for one in pieces}) == 1
    if writer.exact:
        assert runs((one.direction, one.octets) for one in pieces) == runs((side, octets) for side, octets, _ in turns)
    else:
        said = [Piece(side, octets, 0) for side, octets, _ in turns[int(not writer.greeting) :]]
        assert lines(pieces) == lines(said)
