"""Puts the lines of a log together that keeps lines, not octets, and sees if a literal is there whole.

A log of lines loses octets: CR, NUL, what somebody cut out of it for a ticket.  A literal is held back until all its
octets came.  If the tagged reply comes first, the literal is not whole, and is left out (ELIDED).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence

from imapsh.logs.lines import restored
from imapsh.logs.literals import Literals
from imapsh.logs.sides import is_client, is_server
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, SERVER, Piece

HELD = 1 << 20  #: octets that are held back at most; of a larger literal nobody asks if it is whole

_TAGGED = lazy(rb"([^*+ \r\n]+) (OK|NO|BAD)(?![!-~])", re.IGNORECASE)
_CUT_OUT = lazy(rb"\s*(?:\[?(?:\.\.\.+|\xe2\x80\xa6)\]?|\[snip\]|<snip>)\s*", re.IGNORECASE)
_MOST_TAGS = 1000


def ended(line: bytes, left: int, *, returns: bool) -> bytes:
    """Return a line of a log with the end that it had.

    That is CRLF; but if the log has kept the CR of each line (`returns`), a line in a literal may have come with LF
    alone.  `left` counts the octets of the literal that are still to come.
    """
    return line if returns and left and not line.endswith(b"\r\n") else restored(line)


class Restorer:
    """Takes the lines of one connection in order, as pieces with CRLF, and gives them back when they are sure."""

    def __init__(self) -> None:
        self._literals = {CLIENT: Literals(), SERVER: Literals()}
        self._tags: dict[bytes, None] = {}  # of the commands that are not answered, oldest first
        self._held: list[Piece] = []
        self._again: deque[Piece] = deque()  # what was held, and is read as lines after all
        self._octets = 0
        self._side = ""  # whose literal is held; its announcement is the first that is held
        self._doubt = 0  # the index of a held line that is no part of the literal if this is not whole; 0 for none

    def left(self, direction: str) -> int:
        """Return how many octets of a side's literal are still to come."""
        return self._literals[direction].left

    def midway(self, direction: str) -> bool:
        """Return whether a side's next octets belong to a line that has begun, in a literal or behind one."""
        return self._literals[direction].midway

    def take(self, piece: Piece) -> Iterator[Piece]:
        """Take a piece.  Yield all that is sure now."""
        self._again.append(piece)
        while self._again:
            yield from self._take(self._again.popleft())

    def _take(self, piece: Piece) -> Iterator[Piece]:
        if piece.direction == NOTE:
            yield from self._put(piece)
            return
        literals, before = self._literals[piece.direction], self._literals[piece.direction].left
        if self._side:
            behind = yield from self._checked(piece)
            if behind:
                return
        if not literals.midway:
            yield from self._begun(piece)
        literals.take(piece.octets)
        if literals.left and literals.left != before - len(piece.octets) and not self._side:  # a literal begins
            self._side = piece.direction
        yield from self._put(piece)
        if self._side == piece.direction and not literals.left:
            yield from self._filled(piece.octets, before)

    def rest(self) -> Iterator[Piece]:
        """Yield what is held."""
        held, self._held, self._octets, self._side, self._doubt = self._held, [], 0, "", 0
        yield from held

    def end(self) -> Iterator[Piece]:
        """Yield what is held when no more comes.  A literal of which somebody cut lines out is left out."""
        while self._side:
            mine = [index for index, one in enumerate(self._held) if one.direction == self._side]
            if not self._doubt and not any(_CUT_OUT.fullmatch(self._held[index].octets) for index in mine[1:]):
                break
            yield from self._elided(self._doubt or len(self._held))
            while self._again:
                yield from self._take(self._again.popleft())
        yield from self.rest()

    def _put(self, piece: Piece) -> Iterator[Piece]:
        if not self._side:
            yield piece
            return
        self._held.append(piece)
        self._octets += len(piece.octets)
        if self._octets > HELD or len(self._held) > HELD // 64:
            yield from self._elided(self._doubt) if self._doubt else self.rest()

    def _filled(self, line: bytes, inside: int) -> Iterator[Piece]:
        """Yield what is held when as much came as was announced; `inside` octets of a line are the last of it."""
        behind = line[inside:]
        if not self._doubt:
            yield from self.rest()
        elif behind:
            closes = behind[:1] in b") " and behind.rstrip()[-1:] in (b")", b"}") and not line.startswith(b"* ")
            yield from self.rest() if closes else self._elided(self._doubt)

    def _begun(self, piece: Piece) -> Iterator[Piece]:
        """Note the tag of a command, or of a reply.  Yield the end of a command that a reply says has ended.

        After a last literal it is an empty line, which people leave out.
        """
        if piece.direction == CLIENT:
            if is_client(piece.octets):
                self._tags[piece.octets.split(b" ")[0].strip()] = None
            if len(self._tags) > _MOST_TAGS:
                del self._tags[next(iter(self._tags))]
        elif (found := _TAGGED.match(piece.octets)) is not None:
            last = next(reversed(self._tags), None)
            client = self._literals[CLIENT]
            if found[1] == last and found[2].upper() == b"OK" and client.midway and not client.left and not self._side:
                self._literals[CLIENT] = Literals()
                yield Piece(CLIENT, b"\r\n", piece.offset, piece.time, piece.connection, LINES)
            self._tags.pop(found[1], None)

    def _checked(self, piece: Piece) -> Generator[Piece, None, bool]:
        """Look for a tagged reply, which cannot come before the end of the literal; but mail may look like one.

        Return true if the piece is taken again, behind others.
        """
        found = _TAGGED.match(piece.octets) if piece.direction == SERVER else None
        if found is None or found[1] not in self._tags:
            return False
        if self._side == SERVER:
            self._doubt = self._doubt or len(self._held)
            if self._asked_since(found[1]):
                self._again.appendleft(piece)
                yield from self._elided(self._doubt)
                return True
        elif self._held[0].octets.startswith(found[1] + b" "):
            if found[2].upper() != b"OK" and all(one.direction != CLIENT for one in self._held[1:]):
                self._literals[CLIENT] = Literals()  # refused: nothing is missing
                yield from self.rest()
            else:
                yield from self._elided(len(self._held))
        return False

    def _asked_since(self, tag: bytes) -> bool:
        """Return whether a command was sent since the literal began, so that no mail can know its tag."""
        return any(one.direction == CLIENT and one.octets.startswith(tag + b" ") for one in self._held)

    def _elided(self, end: int) -> Iterator[Piece]:
        """Yield what is held without the text of the literal, which has come to its end where `end` is."""
        side, held = self._side, list(self.rest())
        others = [one for one in held[1:end] if one.direction != side]
        self._literals[side] = Literals()
        yield held[0]._replace(exactness=ELIDED)
        if side == CLIENT:
            yield from others
            yield Piece(CLIENT, b"\r\n", held[-1].offset, held[-1].time, held[0].connection, LINES)
            return
        closing = _closing(held[:end], held[end].octets if end < len(held) else b"* ")
        if closing:
            self._literals[side].midway = True
            held[closing] = _closed(held[closing])
        self._again.extendleft(reversed(held[closing:] if closing else [*others, *held[end:]]))


def _closing(held: Sequence[Piece], after: bytes) -> int:
    """Return the index of the line that closes the response whose literal is not whole, or 0."""
    mine = [index for index, one in enumerate(held) if one.direction == SERVER][1:]
    for index, following in zip(mine, [*(held[at].octets for at in mine[1:]), after], strict=False):
        if held[index].octets.rstrip().endswith(b")") and is_server(following):
            return index
    return 0


def _closed(piece: Piece) -> Piece:
    """Return the line that closes a response, without text before it."""
    text = piece.octets
    return piece._replace(octets=b")\r\n") if text[:1] not in b") " or text.strip() == b")" else piece
