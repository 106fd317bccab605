"""Reads what curl shows with `--verbose`, `--trace-ascii` and `--trace`, with times or without.

    -v             each line as it was; the octets of a message go to the standard output, and are not there
    --trace-ascii  CRLF is left out, and octets that do not print are dots; the places of the lines give the CRLF back
    --trace        all octets in hexadecimal digits

In all of them curl tells that it has found a message (`Found 216 bytes to download`), and how much of it came with
the line before (`Written 216 bytes`): that part is in none of them, and the literal is therefore taken as left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imapsh.logs.clocks import Clock
from imapsh.logs.lines import CRLF, restored
from imapsh.logs.literals import announced
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, LINES, NOTE, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_METER = rb"(?:[\r ][\r 0-9.kMGTP:-]{50,200})?"  # a progress meter has no line end
_STAMP = rb"(?:(\d\d):(\d\d):(\d\d\.\d{1,6}) )?(?:\[(?:\d+|x)-(\d{1,9}|x)\] )?"
_SHOWN = lazy(_METER + _STAMP + rb"([<>*]) (.*)", 16)  # re.DOTALL
_BLOCK = lazy(
    _METER
    + _STAMP
    + rb"(?:== Info: (.*)|(=>|<=) (?:Send|Recv) (header|data|SSL data), \d+ bytes \(0x([0-9a-f]{1,16})\))",
    16,
)
_ROW = lazy(rb"([0-9a-f]{4,16}): ?(.*)", 16)
_HEX = lazy(rb"(?:[0-9a-f]{2} ){1,16}")

_CONNECTED = lazy(rb"(?:Connected|Established connection) to .*?(?:\(#(\d{1,9})\))?\Z", 16)
_USED_AGAIN = lazy(rb"Re-using existing .*?connection #(\d{1,9})")
_ENDED = (b"Connection #", b"Closing connection", b"closing connection", b"shutting down connection")
_TOLD = (b"SSL connection using ", *_ENDED)

_TAIL = 64  #: octets, more than an announcement has


def read_verbose(log: Log) -> Iterator[Piece]:
    """Yield a piece for each line that `-v` shows."""
    curl = _Curl()
    for offset, line in log.lines():
        found = _SHOWN.match(line)
        if found is None:
            continue
        time, text, place = curl.stamp(*found.groups()[:4]), found[6], offset + found.start(6)
        if found[5] == b"*":
            yield from curl.told(text.rstrip(CRLF), place, time)
        elif not curl.ended and not (found[5] == b">" and curl.writing):
            curl.writing |= found[5] == b"<" and text.rstrip(CRLF) == b")"  # what curl told was taken out of the log
            yield from curl.header()
            yield from curl.line(found[5] == b"<", text, place, time)
    yield from curl.release()


def read_trace(log: Log) -> Iterator[Piece]:
    """Yield a piece for each row of `--trace`."""
    yield from _blocks(log, _unhexed)


def read_trace_ascii(log: Log) -> Iterator[Piece]:
    """Yield a piece for each row of `--trace-ascii`."""
    yield from _blocks(log, _completed)


def _unhexed(shown: bytes, _: int) -> bytes:
    found = _HEX.match(shown)
    return bytes.fromhex(found[0].decode()) if found is not None else b""


def _completed(shown: bytes, octets: int) -> bytes:
    return shown + CRLF if octets - len(shown) >= len(CRLF) else shown


def _blocks(log: Log, read: Callable[[bytes, int], bytes]) -> Iterator[Piece]:
    curl, block = _Curl(), None
    for offset, line in log.lines():
        text = line.rstrip(CRLF)
        if found := _BLOCK.match(text):
            if block is not None:
                yield from block.row(block.size)
            time, block = curl.stamp(*found.groups()[:4]), None
            if found[5] is not None:
                yield from curl.told(found[5], offset + found.start(5), time)
            elif found[7] != b"SSL data":
                server, header = found[6] == b"<=", found[7] == b"header"
                yield from curl.header() if header or not server else curl.data()
                if header or not server or not curl.lost:
                    block = _Block(curl, read, server and header, SERVER if server else CLIENT, int(found[8], 16), time)
        elif block is not None and (row := _ROW.match(text)):
            yield from block.row(int(row[1], 16), row[2], offset + row.start(2))
    if block is not None:
        yield from block.row(block.size)
    yield from curl.release()


class _Block:
    """The rows of what was sent or received at once.  What a row lost is told by where the next one begins."""

    def __init__(
        self,
        curl: _Curl,
        read: Callable[[bytes, int], bytes],
        holds: bool,
        direction: str,
        size: int,
        time: float | None,
    ) -> None:
        self.size = size
        self._curl = curl
        self._read = read
        self._holds = holds
        self._direction = direction
        self._time = time
        self._row: tuple[int, bytes, int] | None = None

    def row(self, start: int, shown: bytes = b"", place: int = 0) -> Iterator[Piece]:
        """Take in a row; yield the one before, which ends where this one begins."""
        last, self._row = self._row, (start, shown, place)
        octets = self._read(last[1], start - last[0]) if last is not None else b""
        if last is None or not octets:
            return
        piece = self._curl.piece(
            self._direction, octets, last[2], self._time, LINES if self._read is _completed else EXACT
        )
        if self._holds:
            yield from self._curl.hold(piece)
        else:
            yield piece


class _Curl:
    """Follows what curl tells of itself.

    It holds the server's last piece until it is known whether the literal that it may announce is there.
    """

    def __init__(self) -> None:
        self.ended = False  #: the connection is not in use: what looks like a line of it is a message's
        self.writing = False  #: curl has found a message
        self.lost = False  #: it has written octets of it that it does not show
        self._clock = Clock(86400)
        self._key = ""
        self._connections = 0
        self._held: Piece | None = None
        self._tail = b""  # what stands before the held piece on its line

    def stamp(self, *stamp: bytes | None) -> float | None:
        """Take in the time and the connection that stand before a line; return the time."""
        hour, minute, second, connection = stamp
        if connection is not None and connection != b"x":
            self._key = f"#{connection.decode()}"
        return None if hour is None or minute is None or second is None else self._clock.at(hour, minute, second)

    def piece(self, direction: str, octets: bytes, offset: int, time: float | None, worth: str) -> Piece:
        """Return a piece of the connection in use."""
        return Piece(direction, octets, offset, time, self._key, worth)

    def hold(self, piece: Piece) -> Iterator[Piece]:
        """Hold a piece of a line of the server; yield the one before."""
        tail = (self._tail + self._held.octets)[-_TAIL:] if self._held is not None else b""
        yield from self.release()
        self._held, self._tail = piece, tail

    def release(self) -> Iterator[Piece]:
        """Yield what is held."""
        held, self._held = self._held, None
        if held is not None:
            elided = self.writing and announced(self._tail + held.octets) is not None
            yield held._replace(exactness=ELIDED) if elided else held

    def header(self) -> Iterator[Piece]:
        """Take in that a line begins: the message that curl has found has ended."""
        yield from self.release()
        self.writing = self.lost = False

    def data(self) -> Iterator[Piece]:
        """Take in that octets of a message come."""
        self.writing = self.lost
        yield from self.release()

    def line(self, server: bool, text: bytes, offset: int, time: float | None) -> Iterator[Piece]:
        """Take in a whole line, as `-v` shows it; the literals of the client are never there."""
        exact = text.endswith(CRLF)
        octets = text if exact else restored(text)
        piece = self.piece(SERVER if server else CLIENT, octets, offset, time, EXACT if exact else LINES)
        if server:
            yield from self.hold(piece)
        else:
            yield piece if announced(octets) is None else piece._replace(exactness=ELIDED)

    def told(self, text: bytes, offset: int, time: float | None) -> Iterator[Piece]:
        """Take in what curl says of itself."""
        if text.startswith(b"Found ") and text.endswith(b" bytes to download"):
            self.writing = True
        elif text.startswith(b"Written "):
            self.lost = self.writing
        begun, again = _CONNECTED.match(text), _USED_AGAIN.match(text)
        if begun is None and again is None and not text.startswith(_TOLD):
            return
        yield from self.header()
        self.ended = text.startswith(_ENDED)
        if begun is not None:
            number = self._connections if begun[1] is None else int(begun[1])
            self._key, self._connections = f"#{number}", number + 1
        elif again is not None:
            self._key = f"#{int(again[1])}"
        yield self.piece(NOTE, text, offset, time, LINES)
