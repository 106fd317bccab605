"""Reads lines that begin with the name of the side: `C: A1 NOOP`, `S: * OK ready`.

So write MailKit (each line of a literal has the prefix; a time may be before it), Ruby's net-imap, Geary (`SEND:`,
`RECV:`), the examples of RFCs, and people in tickets.  In the last two, lines are indented or quoted, the prefix is
missing in literals, long lines are folded, and `...` is where something was cut out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.logs.clocks import Clock, date_in
from imapsh.logs.literals import announced
from imapsh.logs.marks import PREFIX
from imapsh.logs.restoring import Restorer, ended
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, LINES, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_PREFIX = lazy(PREFIX, re.IGNORECASE)
_LEAD = lazy(rb"[ \t>|]*")
_SPACES = lazy(rb"[ \t]*")
_CONNECTED = lazy(rb"[ \t>|]*(Connected to \S.*)")
#: `<the server closes the connection>`, `(more expunges)`, and between lines also `[12 seconds later]`.
_TOLD = lazy(rb"(?:<[^<>]*>|\([a-z][^()]*\)|//.*)\s*")
_TOLD_BETWEEN = lazy(_TOLD.pattern + rb"|\[[^\[\]]*\]\s*")
_CUT_OUT = lazy(rb"(?<![\w.])(?:\.{3,}|\. \. \.|\xe2\x80\xa6|\[snip\]|<snip>)", re.IGNORECASE)
_ALL_CUT_OUT = lazy(rb"[ \t>|]*\[?" + _CUT_OUT.pattern + rb"\]?\s*", re.IGNORECASE)
_QUOTED = lazy(rb'"(?:[^"\\\r\n]|\\.)*"')
_REPLY = lazy(rb"[^*+ ]+ (?:OK|NO|BAD)\b", re.IGNORECASE)
_STARS = lazy(rb"\*{4,}")
_BASE64 = lazy(rb"(?:.* )?[A-Za-z0-9+/=]{40,}")
_MORE_BASE64 = lazy(rb"[A-Za-z0-9+/=]+\s*")
_MOST_INSET = 10
_DAY = 86400
_MOST_STARS = 4096  # octets of a literal whose text the log hides


def read_prefixed(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line of both sides; a line `Connected to` begins a connection."""
    reader = _Reader(log)
    for offset, line in log.lines():
        yield from reader.line(offset, line)
    yield from reader.end()


def _folded(line: bytes, more: bytes) -> bytes:
    """Join a line and the next, into which it was folded where it has a space, or between parentheses, or in base64."""
    line = line.removesuffix(b" \\")
    base64 = _BASE64.fullmatch(line) and _MORE_BASE64.fullmatch(more)
    list_goes_on = line.endswith(b'")') and more.startswith(b'("')
    return line + (b"" if base64 or list_goes_on or line.endswith(b"(") or more.startswith(b")") else b" ") + more


def _unclosed(line: bytes) -> bool:
    """Return whether more must come, because a bracket or a parenthesis is open."""
    rest = _QUOTED.sub(b"", line)
    return rest.count(b"(") > rest.count(b")") or rest.count(b"[") > rest.count(b"]")


class _Reader:
    def __init__(self, log: Log) -> None:
        found = [(line, match) for line in log.first_lines if (match := _PREFIX.match(line))]
        bare = [line[match.end() :].rstrip() for line, match in found]
        self._inset = min((len(text) - len(text.lstrip()) for text in bare if text), default=1)
        self._by_hand = self._inset > 1
        self._returns = any(line.endswith(b"\r") for line, _ in found)
        self._clock = Clock(_DAY)
        self._restorer = Restorer()
        self._number = 0  # of the connections that the log names
        self._last: Piece | None = None  # the last line
        self._held = False  # it is not taken yet, because it may go on in the next
        self._lead = 0  # how far its prefix is indented
        self._cut = False  # lines were cut out, and nobody knows what the reply says of them

    def line(self, offset: int, line: bytes) -> Iterator[Piece]:
        """Take in a line of the log."""
        found = _PREFIX.match(line)
        if found is not None:
            begin = self._begin(line, found)
            yield from self._next(Piece(
                CLIENT if found[6] else SERVER, line[begin:], offset + begin, self._time(found), self._key, LINES
            ))  # fmt: skip
            self._lead = len(found[1])
        elif (connected := _CONNECTED.match(line)) is not None and not self._midway:
            yield from self.end()
            self._restorer, self._last = Restorer(), None
            self._number += 1
            yield Piece(NOTE, connected[1].strip(), offset + connected.start(1), None, self._key, LINES)
        elif self._last is not None:
            yield from self._without(self._last, offset, line)

    def _begin(self, line: bytes, found: re.Match[bytes]) -> int:
        """Return where a line begins behind its prefix; a text that was set by hand may be inset more from here on."""
        direction = CLIENT if found[6] else SERVER
        if self._by_hand and not self._restorer.midway(direction):
            self._inset = _MOST_INSET
        spaces = _SPACES.match(line, found.end(), found.end() + self._inset)
        begin = spaces.end() if spaces is not None else found.end()
        if self._by_hand and not self._restorer.midway(direction):
            self._inset = begin - found.end()
        return begin

    def end(self) -> Iterator[Piece]:
        """Yield what is held when no more comes on a connection."""
        yield from self._sure()
        yield from self._restorer.end()

    @property
    def _key(self) -> str:
        return str(self._number) if self._number > 1 else ""

    @property
    def _midway(self) -> bool:
        return self._last is not None and self._restorer.midway(self._last.direction)

    def _time(self, found: re.Match[bytes]) -> float | None:
        if not found[2]:
            return None
        date = date_in(found[2])
        return (
            date if date is not None else self._clock.at(*(part.replace(b",", b".") for part in found.group(3, 4, 5)))
        )

    def _without(self, last: Piece, offset: int, line: bytes) -> Iterator[Piece]:
        """Take in a line without a prefix: it is in a literal, or the last line goes on, or it belongs to nobody."""
        lead = _LEAD.match(line)
        indent = lead.end() if lead is not None else 0
        if self._midway:
            begin = min(indent, self._lead)
            yield from self._next(last._replace(octets=line[begin:], offset=offset + begin))
        elif self._held and self._goes_on(last.octets, line, indent):
            self._last = last._replace(octets=_folded(last.octets.rstrip(), line[indent:]))
        else:
            self._cut |= _ALL_CUT_OUT.fullmatch(line) is not None
            yield from self._sure()

    def _goes_on(self, last: bytes, line: bytes, indent: int) -> bool:
        """Return whether a line without a prefix is the rest of the last one."""
        if not line.strip() or _TOLD_BETWEEN.fullmatch(line, indent) or _ALL_CUT_OUT.fullmatch(line):
            return False
        return indent > self._lead or (indent == self._lead and _unclosed(last))

    def _worth(self, line: Piece) -> str:
        """Return the exactness of a line that may lack what somebody cut out, or of the reply that tells of it."""
        replied = line.direction == SERVER and _REPLY.match(line.octets) is not None
        cut, self._cut = self._cut, self._cut and not replied
        return RENDERED if (cut and replied) or _CUT_OUT.search(_QUOTED.sub(b"", line.octets)) else LINES

    def _next(self, piece: Piece) -> Iterator[Piece]:
        """Take in a line, and hold it if it may go on: not in a literal, nor if it announces one."""
        yield from self._sure()
        self._last, self._held = piece, True
        if self._midway or announced(piece.octets.rstrip() + b"\n") is not None:
            yield from self._sure()

    def _sure(self) -> Iterator[Piece]:
        """Take the line that is held."""
        line, held, self._held = self._last, self._held, False
        if line is None or not held:
            return
        left = self._restorer.left(line.direction)
        if not left and (_TOLD.fullmatch(line.octets) or _ALL_CUT_OUT.fullmatch(line.octets)):
            self._cut |= _TOLD.fullmatch(line.octets) is None
            yield from self._restorer.take(line._replace(direction=NOTE, octets=line.octets.strip()))
            return
        if not self._restorer.midway(line.direction):
            line = line._replace(exactness=self._worth(line))
        text = ended(line.octets, left, returns=self._returns)
        if 0 < left <= _MOST_STARS and (stars := _STARS.match(text)) is not None:
            text = b"*" * left + text[stars.end() :]
        yield from self._restorer.take(line._replace(octets=text))
