"""Reads what mbsync (isync) shows with `-Dn`, and with `-DN`, which adds the octets of messages.

    F: >>> 7 UID FETCH 1 (BODY.PEEK[])   the client; `(2 in progress)` may stand before it
    F: * 1 FETCH (UID 1 BODY[] {328}     the server
    F: >+> AGFubgBwdw==                  an answer of the client's in AUTHENTICATE
    =========  or  >>>>>>>>>             stands before and behind the octets of a message

With one IMAP store there is no `F:` (far) or `N:` (near), and the server's lines stand bare among all that mbsync says.
It shows `<authdata>` and `<user> <pass>` for secrets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.lines import CRLF, Body, restored
from imapsh.logs.literals import announced
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_LINE = lazy(rb"(?:\(\d+ in progress\) )?(?:([A-Z]): )?(?:(>>> |>?\+> )?(.*))", 16)  # re.DOTALL
_SERVER = lazy(rb"\* |\+(?= |\r?\n)|\d+ (?:OK|NO|BAD)(?![!-~])")
_GREETING = lazy(rb"\* (?:OK|PREAUTH|BYE)(?![!-~])")
_HIDDEN = lazy(rb"\d+ (?:LOGIN <user> <pass>|AUTHENTICATE PLAIN <authdata>)")
_ENCRYPTED = b"Connection is now encrypted"
_CONNECTING = b"Connecting to "
_RECEIVED, _SENT = b"=========", b">>>>>>>>>"
_BEHIND = (b")", b" ", b"\r", b"\n")  # what a line behind a literal begins with


def read_mbsync(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line of both sides, and for each of a message."""
    mbsync = _Mbsync()
    for offset, line in log.lines():
        yield from mbsync.take(line, offset)
    for store in mbsync.stores.values():
        yield from store.release()


class _Store:
    """The state of the connection of one store."""

    def __init__(self, label: str) -> None:
        self.key = self._label = label
        self.greeted = False  #: the server has said something
        self.behind = False  #: the next line of the server stands behind a literal
        self.running = 0  #: commands that are not completed
        self.held: Piece | None = None  #: a line that announces a literal, until it is known whether that is there
        self.uploading = False  #: `+` was asked for, and the CRLF behind a message is still to come
        self._number = 1

    def begin(self) -> None:
        """Take in that this is another connection."""
        self._number += 1
        self.key, self.running, self.uploading = f"{self._label} ({self._number})".strip(), 0, False

    def release(self) -> Iterator[Piece]:
        """Yield what is held: its literal is not in the log."""
        held, self.held = self.held, None
        if held is not None:
            yield held._replace(exactness=ELIDED)
            if held.direction == CLIENT:
                yield held._replace(octets=CRLF)


class _Mbsync:
    """Reads the lines of a log one by one."""

    def __init__(self) -> None:
        self.stores: dict[str, _Store] = {}
        self._last = ""  # the label of the last line
        self._connecting = 0  # connections that were announced and have not greeted
        self._kept = True  # the log has the CR of what was sent
        self._body: Body | None = None
        self._side = ""  # whose message that is; of nobody if it is not wanted

    def take(self, line: bytes, offset: int) -> Iterator[Piece]:
        """Yield the pieces of a line."""
        if self._body is not None and self._body.left:
            octets, line = self._body.take(line)
            if self._side and octets:
                yield Piece(self._side, octets, offset, None, self._store(self._last).key, LINES)
            offset += len(octets)
            if not self._body.left and self._side == CLIENT:
                yield Piece(CLIENT, CRLF, offset, None, self._store(self._last).key, LINES)
        found = _LINE.match(line)
        if not line or found is None:
            return
        label, mark, text = (found[1] or b"").decode(), found[2], found[3]
        place = offset + found.start(3)
        if text.rstrip(CRLF) in (_RECEIVED, _SENT):
            yield from self._bodies(label, text.rstrip(CRLF))
        elif mark is not None:
            yield from self._sent(self._store(label), mark, text, place)
        elif label or _SERVER.match(text) or self._behind(text):
            yield from self._received(self._store(label), text, place)
        elif text.startswith(_CONNECTING):
            self._connecting += 1
        elif text.startswith(_ENCRYPTED):
            yield Piece(NOTE, text.rstrip(CRLF), place, None, self._store(self._last).key, LINES)

    def _store(self, label: str) -> _Store:
        self._last = label
        return self.stores.setdefault(label, _Store(label))

    def _behind(self, text: bytes) -> bool:
        """Return whether a bare line stands behind a literal."""
        return "" in self.stores and self.stores[""].behind and text.startswith(_BEHIND)

    def _bodies(self, label: str, mark: bytes) -> Iterator[Piece]:
        """Take in that a message begins, or has ended."""
        store = self._store(label)
        self._body = None
        held, store.held = store.held, None
        literal = announced(held.octets) if held is not None else None
        if held is not None and literal is not None and (held.direction == CLIENT) is (mark == _SENT):
            yield held
            self._side = held.direction
            self._body = Body(literal.octets, kept=self._kept)

    def _sent(self, store: _Store, mark: bytes, text: bytes, place: int) -> Iterator[Piece]:
        """Yield a line of the client."""
        if store.held is not None and store.held.direction == CLIENT:
            yield from store.release()
        line = restored(text)
        piece = Piece(CLIENT, line, place, None, store.key, RENDERED if _HIDDEN.match(text) else LINES)
        self._kept = text.endswith(CRLF)
        store.running += mark == b">>> "
        literal = announced(line)
        if literal is None:
            yield piece
        elif literal.waits:
            store.uploading = True
            yield piece._replace(exactness=ELIDED)
        else:
            store.held = piece

    def _received(self, store: _Store, text: bytes, place: int) -> Iterator[Piece]:
        """Yield a line of the server."""
        yield from store.release()
        line, behind = restored(text), store.behind
        store.behind = announced(line) is not None
        if not behind:
            if self._connecting and not store.running and _GREETING.match(line):
                self._connecting -= 1
                if store.greeted:
                    store.begin()
            store.greeted = True
        piece = Piece(SERVER, line, place, None, store.key, LINES)
        if store.behind:
            store.held = piece
            return
        yield piece
        if line[:1].isdigit() and not behind:
            store.running, store.uploading = max(store.running - 1, 0), False
        elif line.startswith(b"+") and store.uploading:
            store.uploading = False
            yield Piece(CLIENT, CRLF, place, None, store.key, LINES)
