"""Makes of the pieces of a log the same conversation again, without its secrets: what may be passed on.

Theory of operation.  `Conversation` finds the lines and masks them, but only when a line is complete, and by then the
other side may have spoken.  So each piece that is read is put into a queue in its place, empty, and is filled when its
line is known.  A piece leaves the queue when all before it have left.  Thus order, times and places stay what they
were, a line keeps its number of octets, and a literal that the log left out stays left out.

What a log says of a secret before the secret is known cannot be masked, because a log is read once and may come
through a pipe.  All connections of a log mask the secrets of each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from imapsh.grammar.imapurl import without_tokens
from imapsh.grammar.responses import CLIENT as OURS
from imapsh.grammar.responses import Response
from imapsh.session.freetext import Heard
from imapsh.session.overheard import Conversation, Overheard
from imapsh.session.overhearing import MOST_CONVERSATIONS
from imapsh.session.secrets import Secrets
from imapsh.wire.frames import Part, Spilled, size_of
from imapsh.wire.offline import RECORDED
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, SERVER, Piece
from imapsh.wire.push import FIRST, LITERAL, MORE
from imapsh.wire.sinks import SpoolSink, is_kept, octets_of, opener

if TYPE_CHECKING:
    from imapsh.logs.redact import Redactor
    from imapsh.wire.limits import Limits

THRESHOLD = 1 << 20  #: octets; a larger literal waits in a temporary file

_PIECE = 1 << 16


def rewritten(
    pieces: Iterable[Piece], limits: Limits = RECORDED, *, both: bool = False, redactor: Redactor | None = None
) -> Iterator[Piece]:
    """Yield the pieces again, with stars for their secrets.  `both` is that of `Conversation`.

    With a `redactor`, what is private gets stand-ins as well, and connections have numbers for names.

    Raises LimitError if `limits` are tripped, and what the pieces raise.
    """
    secrets = Secrets()
    connections: dict[str, Rewriter] = {}
    names: dict[str, str] = {}
    for piece in pieces:
        connection = connections.pop(piece.connection, None)
        if connection is None:
            if len(connections) >= MOST_CONVERSATIONS:
                yield from connections.pop(next(iter(connections))).end()
            connection = Rewriter(limits, secrets, both=both, redactor=redactor)
        connections[piece.connection] = connection
        if piece.connection not in names:
            names[piece.connection] = piece.connection and (
                piece.connection if redactor is None else str(len(names) + 1)
            )
        yield from connection.hear(piece._replace(connection=names[piece.connection]))
    for connection in connections.values():
        yield from connection.end()


class _Slot:
    """The place of a piece in the queue: how many of its octets are due, and where those come from that are known."""

    def __init__(self, piece: Piece, due: int) -> None:
        self.piece = piece
        self.due = due
        self.sources: list[tuple[_Octets, int]] = []

    def filled(self) -> Piece:
        """Return the piece with its new octets."""
        return self.piece._replace(octets=b"".join(source.read(octets) for source, octets in self.sources))


class _Octets:
    """Octets that come in pieces and are read in others."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, octets: int) -> bytes:
        """Return the next octets."""
        while len(self._held) < octets and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        taken, self._held = self._held[:octets], self._held[octets:]
        return taken


class Rewriter:
    """Rewrites one connection.  `both` and `whole` are those of `Conversation`; `secrets` may be shared with others."""

    def __init__(
        self,
        limits: Limits,
        secrets: Secrets,
        *,
        both: bool = False,
        whole: bool = False,
        redactor: Redactor | None = None,
    ) -> None:
        self._conversation = Conversation(
            limits, opener(THRESHOLD, SpoolSink), both=both, whole=whole, secrets=secrets, on_piece=self._read
        )
        known = self._conversation.known
        self._redactor = redactor
        self._secrets = secrets
        self._echoes = Heard(secrets, known.parser.readers, known.tags)
        self._queue: deque[_Slot] = deque()
        self._empty: dict[str, deque[_Slot]] = {SERVER: deque(), CLIENT: deque()}
        self._last = Piece(NOTE, b"", 0)

    def hear(self, piece: Piece) -> Iterator[Piece]:
        """Take in a piece, and yield what it completes.  Raises what `Conversation.hear` raises."""
        self._last = piece
        if piece.direction == NOTE:
            slot = _Slot(piece, 0)
            note = without_tokens(self._secrets.mask_text(piece.octets))
            note = note if self._redactor is None else self._redactor.text(note)
            slot.sources.append((_Octets(iter((note,))), len(note)))
            self._queue.append(slot)
        before = len(self._queue)
        for found in self._conversation.hear(piece):
            self._fill(found)
        if piece.exactness == ELIDED and len(self._queue) > before:
            slot = self._queue[-1]
            slot.piece = slot.piece._replace(exactness=ELIDED)
        yield from self._leaving()

    def end(self) -> Iterator[Piece]:
        """Yield the rest at the end of the log."""
        for found in self._conversation.end():
            self._fill(found)
        for slot in self._queue:
            slot.due = 0
        yield from self._leaving()

    def _leaving(self) -> Iterator[Piece]:
        while self._queue and not self._queue[0].due:
            yield self._queue.popleft().filled()

    def _read(self, direction: str, octets: bytes) -> None:
        """Put a piece of a line or of a literal into the queue, which the conversation has just read."""
        last = self._last
        exactness = LINES if last.exactness == ELIDED else last.exactness
        slot = _Slot(Piece(direction, b"", last.offset, last.time, last.connection, exactness), len(octets))
        self._queue.append(slot)
        self._empty[direction].append(slot)

    def _fill(self, found: Overheard) -> None:
        """Fill the pieces of a line."""
        frame = found.response.frame
        direction = CLIENT if found.response.kind == OURS else SERVER
        first, left_out = True, False
        redacted = None if self._redactor is None else _redacted(self._redactor, found.response, self._conversation)
        for index, part in enumerate(frame.parts):
            if left_out and index % 2:
                continue
            octets = _Octets(self._masked(part, index, direction) if redacted is None else redacted[index])
            for slot, due in self._due(direction, size_of(part)):
                slot.sources.append((octets, due))
                if first:
                    slot.piece = slot.piece._replace(offset=frame.offset, time=found.time)
                first, left_out = False, slot.piece.exactness == ELIDED and not slot.due

    def _due(self, direction: str, octets: int) -> Iterator[tuple[_Slot, int]]:
        """Yield the next places for so many octets, and how many of them belong to each."""
        empty = self._empty[direction]
        while octets:
            if not empty:  # they were not read piece by piece
                self._read(direction, b"*" * octets)
            slot = empty[0]
            due = min(slot.due, octets)
            slot.due -= due
            octets -= due
            if not slot.due:
                empty.popleft()
            yield slot, due

    def _masked(self, part: Part, index: int, direction: str) -> Iterator[bytes]:
        """Yield the octets of a part in pieces, without secrets that came before."""
        if isinstance(part, Spilled) and not is_kept(part):
            yield from _stars(part.octets)
            return
        if direction == CLIENT:
            yield from octets_of(part)
            return
        self._echoes.logged_in = self._conversation.known.logged_in
        kind = LITERAL if index % 2 else MORE if index else FIRST
        for piece in octets_of(part):
            yield self._echoes.feed(piece, kind)
        yield self._echoes.rest()


def _stars(octets: int) -> Iterator[bytes]:
    """Yield stars in place of octets that are secret, or that no file could keep."""
    for at in range(0, octets, _PIECE):
        yield b"*" * min(_PIECE, octets - at)


def _redacted(redactor: Redactor, response: Response, conversation: Conversation) -> list[Iterator[bytes]]:
    """Return the parts of a line with stand-ins, each in pieces.  The line is masked already."""
    if response.kind == OURS:
        from imapsh.logs.redact_commands import Command

        return Command(redactor, response, conversation).parts()
    from imapsh.logs.redact_responses import Line

    return Line(redactor, response).parts()
