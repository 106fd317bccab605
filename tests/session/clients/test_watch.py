"""A correct client and a correct server, whose commands and replies cross in any way that the rules allow."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from imapsh.findings import NOTICE
from imapsh.session.overheard import Conversation
from imapsh.wire.pieces import CLIENT, SERVER, Piece

from .scenes import heard

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ IDLE UIDPLUS ENABLE UNSELECT] hi\r\n"

#: Commands for the selected mailbox: what is sent, what comes for it, if it has message numbers, if it may expunge.
SELECTED = [
    (b"NOOP", b"* 3 EXISTS\r\n", False, True),
    (b"UID FETCH 1:* FLAGS", b"* 1 FETCH (UID 1 FLAGS ())\r\n", False, True),
    (b"FETCH 1 FLAGS", b"* 1 FETCH (FLAGS ())\r\n", True, False),
    (b"STORE 1 FLAGS.SILENT ()", b"", True, False),
    (b"SEARCH 1", b"* SEARCH 1\r\n", True, False),
    (b"COPY 1 x", b"", True, True),
    (b"UID SEARCH ALL", b"* SEARCH 1\r\n", False, True),
    (b"APPEND x {2+}\r\nab", b"", False, True),
    (b'LIST "" *', b'* LIST () "/" INBOX\r\n', False, True),
    (b"STATUS x (MESSAGES)", b"* STATUS x (MESSAGES 1)\r\n", False, True),
]


OPENED = (
    b"* FLAGS ()\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 9] x\r\n"
    b"* OK [PERMANENTFLAGS ()] x\r\ns OK [READ-WRITE] done\r\n"
)


def opening() -> list[tuple[str, bytes]]:
    return [(SERVER, GREETING), (CLIENT, b"s SELECT INBOX\r\n"), (SERVER, OPENED)]


class Talk:
    """A correct conversation, as it is drawn."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data
        self._said = opening()
        self._running: list[tuple[bytes, bytes, bool]] = []  # tag, reply, may expunge
        self._tags = 0

    def said(self) -> list[tuple[str, bytes]]:
        for _ in range(self._data.draw(st.integers(0, 12))):
            step = self._data.draw(st.sampled_from(["command", "reply", "idle", "literal"]))
            {"command": self._command, "reply": self._reply, "idle": self._idle, "literal": self._literal}[step]()
        for _ in range(self._data.draw(st.integers(0, len(self._running)))):
            self._reply()
        return self._said

    def _tag(self) -> bytes:
        self._tags += 1
        return b"t%d" % self._tags

    def _command(self) -> None:
        words, brings, numbers, expunges = self._data.draw(st.sampled_from(SELECTED))
        if numbers and any(other for _, _, other in self._running):
            return  # it has to wait (RFC 9051 section 5.5)
        tag = self._tag()
        self._said.append((CLIENT, tag + b" " + words + b"\r\n"))
        self._running.append((tag, brings, expunges))

    def _reply(self) -> None:
        if self._running:
            tag, brings, _ = self._running.pop(0)
            status = self._data.draw(st.sampled_from([b"OK done", b"NO no"]))
            self._said.append((SERVER, brings + tag + b" " + status + b"\r\n"))

    def _idle(self) -> None:
        if self._running:
            return
        tag = self._tag()
        self._said += [(CLIENT, tag + b" IDLE\r\n"), (SERVER, b"+ idling\r\n"), (CLIENT, b"DONE\r\n")]
        self._running.append((tag, b"", True))

    def _literal(self) -> None:
        tag = self._tag()
        self._said.append((CLIENT, tag + b" CREATE {1}\r\n"))
        while self._running:
            self._reply()
        if self._data.draw(st.booleans()):
            self._said += [(SERVER, b"+ go\r\n"), (CLIENT, b"x\r\n")]
        self._running.append((tag, b"", True))
        self._reply()


def cut(said: list[tuple[str, bytes]], data: st.DataObject) -> Iterator[Piece]:
    """Yield pieces, each part of the conversation cut anywhere."""
    place = 0
    for direction, octets in said:
        at = data.draw(st.integers(0, len(octets)))
        for piece in filter(None, (octets[:at], octets[at:])):
            yield Piece(direction, piece, place)
            place += len(piece)


@given(st.data())
def test_a_correct_client_is_never_accused(data: st.DataObject) -> None:
    found = heard(cut(Talk(data).said(), data))
    assert [(one.response.frame.raw, one.findings) for one in found if one.findings] == []
    assert [one.response.violations for one in found if one.response.violations] == []


@given(st.data())
def test_nobody_is_accused_of_what_a_log_that_begins_later_cannot_know(data: st.DataObject) -> None:
    said = Talk(data).said()
    begin = data.draw(st.integers(1, len(said)))
    found = heard(cut(said[begin:], data))
    assert [(one.response.frame.raw, one.findings) for one in found if one.findings] == []


@given(st.data())
def test_one_side_alone_is_accused_of_nothing(data: st.DataObject) -> None:
    said = [one for one in Talk(data).said() if one[0] == CLIENT]
    found = heard(cut(said, data))
    assert [(one.response.frame.raw, one.findings) for one in found if one.findings] == []


@given(st.lists(st.tuples(st.sampled_from([CLIENT, SERVER]), st.binary(min_size=1, max_size=30)), max_size=12))
def test_any_octets_are_heard(said: list[tuple[str, bytes]]) -> None:
    found = heard([Piece(direction, octets, 0) for direction, octets in said])
    assert all(finding.rfc.startswith("RFC ") for one in found for finding in one.findings)


def test_a_connection_that_is_known_to_be_plain() -> None:
    conversation = Conversation(plain=True)
    said = ((SERVER, b"* OK [CAPABILITY IMAP4rev1] hi\r\n"), (CLIENT, b"a LOGIN ann pass\r\n"))
    found = [one for direction, octets in said for one in conversation.hear(Piece(direction, octets, 0))]
    [finding] = found[1].findings
    assert (finding.rule, finding.level, finding.message) == ("clear-password", NOTICE, "LOGIN without TLS")
