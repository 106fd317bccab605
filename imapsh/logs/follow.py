"""Reads what `tshark -q -z follow,tcp,FORM,N` writes, where FORM is `raw`, `ascii`, `hex` or `yaml`.

    Follow: tcp,raw
    Filter: tcp.stream eq 0
    Node 0: 192.0.2.1:51560
    Node 1: 192.0.2.2:143
    <TAB>2a204f4b2072656164790d0a
    6131204e4f4f500d0a

A TAB is before what the second node sent.  `ascii` has a line with the number of octets before each piece, and a dot
for each octet that is not ASCII; in `yaml` a piece has its time, and its octets are in base64.  The first line of IMAP
tells which node is the server.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from imapsh.logs.streams import Dialogue
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import EXACT, LINES, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_FOLLOW = lazy(rb"Follow: (?:tcp|tls|ssl),(\w+)")
_FILTER = lazy(rb"Filter: .*?(\d+)\s*$")
_RULE = b"====="
_HEX = lazy(rb"(\t?)((?:[0-9a-fA-F]{2})+)\s*$")
_DUMP = lazy(rb"(\t?)[0-9A-Fa-f]{8}  ((?:[0-9a-f]{2} {1,2}){1,16})")
_SIZE = lazy(rb"(\t?)(\d{1,9})\r?\n")
_FIELD = lazy(rb"\s*(?:- )?(peer|packet|timestamp|packets|peers|data): ?(.*?)\s*$")
_BASE64 = lazy(rb"      ([0-9A-Za-z+/=]+)\s*$")

_LONGEST = 1 << 24  # octets of a piece in base64; longer ones are not read on

_Line = tuple[int, bytes]


class Part(NamedTuple):
    """The octets that a node sent at once: their place in the file, their time, and the number of the packet, or 0."""

    node: str
    octets: bytes
    offset: int
    time: float | None = None
    packet: int = 0
    exactness: str = EXACT


def read_follow(log: Log) -> Iterator[Piece]:
    """Yield the pieces of the streams that a file holds, one after the other."""
    form, stream, lines = b"", "", log.lines()
    dialogue = Dialogue(stream)
    for offset, line in lines:
        if found := _FOLLOW.match(line):
            form, stream = found[1], ""
        elif line.startswith(b"peers:"):
            form, stream = b"yaml", ""
            yield from _yaml(lines)
            return
        elif found := _FILTER.match(line):
            stream = found[1].decode()
            dialogue = Dialogue(stream)
        elif form in _READERS and not line.startswith((_RULE, b"Node ")):
            for part in _READERS[form](offset, line, lines):
                yield from dialogue.take(part.node, part.octets, part.offset, part.time, part.exactness)


def _raw(offset: int, line: bytes, _: Iterator[_Line]) -> Iterator[Part]:
    if found := _HEX.match(line):
        yield Part(found[1].decode(), bytes.fromhex(found[2].decode()), offset)


def _dump(offset: int, line: bytes, _: Iterator[_Line]) -> Iterator[Part]:
    if found := _DUMP.match(line):
        yield Part(found[1].decode(), bytes.fromhex(found[2].decode()), offset)


def _ascii(offset: int, line: bytes, lines: Iterator[_Line]) -> Iterator[Part]:
    """Read the size of a piece, and then its lines up to that size and the LF behind it."""
    found = _SIZE.match(line)
    left = int(found[2]) + 1 if found else 0
    while found and left > 0 and (coming := next(lines, None)):
        place, text = coming
        octets = text[: left - 1]
        left -= len(text)
        if octets:
            yield Part(found[1].decode(), octets, place, exactness=LINES)


_READERS = {b"raw": _raw, b"hex": _dump, b"ascii": _ascii}


def _yaml(lines: Iterable[_Line]) -> Iterator[Piece]:
    for number, parts in enumerate(streams_of(chain(((0, b"peers:\n"),), lines))):
        dialogue = Dialogue(str(number or ""))
        for part in parts:
            yield from dialogue.take(part.node, part.octets, part.offset, part.time)


def streams_of(lines: Iterable[_Line]) -> Iterator[Iterator[Part]]:
    """Yield the parts of each stream of a text in YAML.  Those of one must be taken before the next stream is."""
    coming = iter(lines)
    begins = [next(coming, None)]
    while begins.pop() is not None:
        yield _parts(coming, begins)
        begins = begins or [None]


def _parts(lines: Iterator[_Line], begins: list[_Line | None]) -> Iterator[Part]:
    """Yield the parts of a stream.  The first line of the next one is put into `begins`."""
    node, time, packet = "", None, 0
    held: list[bytes] = []
    place = length = 0
    for offset, line in lines:
        if found := _BASE64.match(line):
            place = place if held else offset
            length += len(found[1])
            if length <= _LONGEST:
                held.append(found[1])
            continue
        if held:
            yield Part(node, _decoded(held), place, time, packet)
            held, length = [], 0
        if found := _FIELD.match(line):
            if found[1] == b"peers":
                begins.append((offset, line))
                return
            node = found[2].decode("utf-8", "replace") if found[1] == b"peer" else node
            time = _number(found[2]) if found[1] == b"timestamp" else time
            packet = int(_number(found[2]) or 0) if found[1] == b"packet" else packet
    if held:
        yield Part(node, _decoded(held), place, time, packet)
    begins.append(None)


def _number(text: bytes) -> float | None:
    return float(text) if text.replace(b".", b"", 1).isdigit() and len(text) < 40 else None


def _decoded(held: list[bytes]) -> bytes:
    try:
        return a2b_base64(b"".join(held))
    except Base64Error:  # the log was cut
        text = b"".join(held).replace(b"=", b"")
        return a2b_base64(text[: len(text) // 4 * 4])
