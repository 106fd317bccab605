"""Plays a conversation that is written down.

    C: a LOGIN demo demo
    S: a OK [CAPABILITY ...] demo is logged in

Each `C:` line is sent with CRLF, each `S:` line must be the next line that comes, and nothing may be left before the
next `C:` or at the end.  `...` stands for any characters of a line; `S: ....` for any lines up to the one that the next
`S:` fits.  `C2:` and `S2:` are a second connection, and so on.  Everything the server says must be free of violations.
"""

from __future__ import annotations

import re
from collections import defaultdict

from imapsh import table
from imapsh.grammar.responses import CONTINUATION, Parser, Response
from imapsh.server.core import ServerSession
from imapsh.server.store import Store
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader

_LINE = re.compile(r"\s*([CS])(\d?): ?(.*)")
ANY_LINES = "...."


def read(octets: bytes, *, utf8: bool = False) -> list[Response]:
    """The responses in `octets`."""
    parser = Parser(table.readers, utf8=utf8)
    pusher = Pusher(FrameReader())
    pusher.feed(octets)
    pusher.feed(b"")
    return [parser.parse(frame) for frame in pusher if isinstance(frame, Frame)]


def check(octets: bytes) -> None:
    """Fails where our own parser finds something wrong in what the server said, or cannot tell what it is."""
    for response in read(octets):
        raw = response.frame.raw
        assert not response.violations, (raw, response.violations)
        assert response.kind != "garbage", raw
        assert response.kind == CONTINUATION or not response.frame.incomplete, raw


class Player:
    """Connections to one store, and what they have said."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sessions: dict[str, ServerSession] = {}
        self.said: dict[str, bytes] = defaultdict(bytes)
        self._left: dict[str, list[str]] = defaultdict(list)

    def session(self, number: str = "") -> ServerSession:
        """The connection of this number; its greeting is passed over when it is made."""
        if number not in self.sessions:
            self.sessions[number] = ServerSession(self.store)
            self.said[number] = self.sessions[number].data_to_send()
        return self.sessions[number]

    def play(self, script: str) -> None:
        """Fails at the first line that does not come as written."""
        skipping = False
        for line in script.strip().splitlines():
            found = _LINE.fullmatch(line)
            if found is None:
                continue
            side, number, text = found.groups()
            if side == "C":
                self._nothing_left()
                self.session(number).receive_data(text.encode("utf-8") + b"\r\n")
                continue
            self._collect()
            if text == ANY_LINES:
                skipping = True
                continue
            left = self._left[number]
            while skipping and left and not _fits(text, left[0]):
                left.pop(0)
            skipping = False
            assert left, f"nothing came where {line.strip()!r} was due"
            said = left.pop(0)
            assert _fits(text, said), f"{said!r} came where {text!r} was due"
        self._nothing_left()
        for said_by in self.said.values():
            check(said_by)

    def _collect(self) -> None:
        for number, session in self.sessions.items():
            octets = session.data_to_send()
            self.said[number] += octets
            self._left[number] += octets.decode("utf-8").split("\r\n")[:-1]

    def _nothing_left(self) -> None:
        self._collect()
        for number, left in self._left.items():
            assert not left, f"connection {number or 1} also said {left!r}"


def _fits(pattern: str, said: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("..."))), said) is not None
