"""Inflates what two sides sent under COMPRESS (RFC 4978), for logs whose order follows from the lines.

Under COMPRESS the lines of a log are not those of the conversation, and so its times do not tell which came first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from zlib import MAX_WBITS, decompressobj, error

from imapsh.errors import ParseError
from imapsh.logs.source import LONGEST
from imapsh.patterns import lazy

Line = tuple[int, bytes]

_PIECE = 1 << 16
_LOOKED_AT = 32  # octets by which text is told from deflated octets

COMPRESS = lazy(rb"[^ \r\n]+ COMPRESS DEFLATE\s*\Z", re.IGNORECASE)
_OK = lazy(rb"[^*+ \r\n]+ OK(?![!-~])", re.IGNORECASE)
_READABLE = lazy(rb"[\t\r\n -~]*")


def inflated(client: Iterator[Line], server: Iterator[Line]) -> tuple[Iterator[Line], Iterator[Line]]:
    """Return the lines of both sides in the clear; those that were deflated are where their deflated octets begin."""
    asked = _Asked()
    return _inflated(client, asked.asks), _inflated(server, asked.grants)


def inflated_alone(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines of one side in the clear, if the other side's are not known."""
    return _inflated(lines, lambda line: COMPRESS.match(line) is not None or _OK.match(line) is not None)


class _Asked:
    """Knows if the client has asked for COMPRESS."""

    def __init__(self) -> None:
        self._asked = False

    def asks(self, line: bytes) -> bool:
        asks = COMPRESS.match(line) is not None
        self._asked |= asks
        return asks

    def grants(self, line: bytes) -> bool:
        return self._asked and _OK.match(line) is not None


def _inflated(lines: Iterator[Line], may_begin: Callable[[bytes], bool]) -> Iterator[Line]:
    """Yield lines in the clear; the first that is not readable behind one that `may_begin` it is deflated."""
    before = False
    for offset, line in lines:
        if before and not _is_readable(line):
            yield from _clear(chain(((offset, line),), lines))
            return
        before = may_begin(line)
        yield offset, line


def _is_readable(line: bytes) -> bool:
    found = _READABLE.match(line, 0, _LOOKED_AT)
    return found is not None and found.end() >= min(len(line), _LOOKED_AT)


def _clear(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines that are deflated in others.  Raises ParseError for a long one, and if they are no DEFLATE."""
    stream, rest, offset = decompressobj(wbits=-MAX_WBITS), bytearray(), 0
    for offset, octets in lines:
        while True:
            try:
                clear = stream.decompress(octets, _PIECE)
            except error:
                raise ParseError(f"what stands behind COMPRESS at octet {offset} is not DEFLATE", offset) from None
            octets = stream.unconsumed_tail
            rest += clear
            if b"\n" in clear:
                *whole, last = bytes(rest).split(b"\n")
                yield from ((offset, line + b"\n") for line in whole)
                rest[:] = last
            if len(rest) > LONGEST:
                raise ParseError(f"the line at octet {offset} is longer than {LONGEST:,} octets", offset)
            if not octets and len(clear) < _PIECE:
                break
    if rest:
        yield offset, bytes(rest)
