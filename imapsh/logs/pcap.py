"""Reads packet captures (pcap and pcapng) by means of tshark.

tshark takes the packets apart, and is told not to look into TCP: what is in there is put in order here
(`imapsh.logs.streams`), so that a capture is read as it streams.  Connections in TLS are read by a second run, in which
tshark decrypts them if the capture holds the keys or SSLKEYLOGFILE names a file of them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.errors import ParseError, plural
from imapsh.logs.follow import Part, streams_of
from imapsh.logs.streams import Dialogue, Flow, Run, Segment
from imapsh.logs.tshark import Tshark
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, NOTE, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_FIELDS = (
    "frame.number", "frame.time_epoch", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst",
    "tcp.dstport", "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.payload",
)  # fmt: skip
_PLAIN = (
    "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-d", "tcp.port==1-65535,data",
    "-Y", "tcp.len > 0 || tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1",
    "-E", "occurrence=l", "-T", "fields", *(word for field in _FIELDS for word in ("-e", field)),
)  # fmt: skip

# An error in what tshark makes of the octets inside TLS would lose them, so it must not look at them either.
_INSIDE_TLS = ("--disable-protocol", "imap", "-d", "tls.port==1-65535,data")

_FIN, _SYN, _RST, _ACK = 0x01, 0x02, 0x04, 0x10
_HTTPS, _IMAPS = "443", "993"

_HELLO = lazy(rb"\x16\x03[\x00-\x04]..\x01")  # the record and the message that begin TLS
_STARTTLS = lazy(rb"[^\s]+ STARTTLS\r?\n")

_AT_ONCE = 100  #: TLS connections that one run of tshark decrypts
_FRAMES = 64  # of a connection: by one of these what was decrypted is known to be of it

_KEYS = (
    "let SSLKEYLOGFILE name the key log that the client wrote, or put that into the capture (editcap --inject-secrets "
    "tls,KEYS IN OUT)"
)
_ENCRYPTED = f"the capture holds TLS and nothing that decrypts it; {_KEYS}"
_NOT_DECRYPTED = b"nothing decrypts the TLS of this connection"


def read_pcap(log: Log) -> Iterator[Piece]:
    """Yield the pieces of all IMAP connections.

    Raises ParseError if tshark is missing or fails, or if the capture holds no IMAP that can be read.
    """
    with tempfile.NamedTemporaryFile(prefix="imapsh-") as copy:  # only its owner may read it
        path = log.path
        if not os.path.isfile(path):
            for _, octets in log.pieces():
                copy.write(octets)
            copy.flush()
            path = copy.name
        yield from _Capture(os.path.abspath(path)).pieces()


class _Connection:
    """A TCP connection: what each node sent, in order, and what it is.

    `encrypted` is true from where TLS begins; the pieces end there.
    """

    def __init__(self, number: str) -> None:
        self.number = number
        self.dialogue = Dialogue(number)
        self.encrypted = False
        self.frames = 0  # of its packets in TLS, those that were noted down
        self._flows: dict[str, Flow] = {}
        self._finished: set[str] = set()
        self._starttls = False

    @property
    def over(self) -> bool:
        """Return whether nothing more can come."""
        return len(self._finished) == 2 and not any(flow.waits for flow in self._flows.values())

    def take(self, segment: Segment, other: str, flags: int) -> Iterator[Piece]:
        """Yield what can be read now that a segment to `other` has come."""
        if flags & _SYN:
            self.dialogue = Dialogue(self.number, other if flags & _ACK else segment.source)
        flow = self._flows.setdefault(segment.source, Flow())
        yield from self._read(flow.take(segment), other)
        if other in self._flows:
            yield from self._read(self._flows[other].acknowledged(segment.acknowledged), segment.source)
        if flags & _RST:
            self._finished = {segment.source, other}
        elif flags & _FIN:
            self._finished.add(segment.source)

    def end(self) -> Iterator[Piece]:
        """Yield what waits for segments that never came."""
        for flow in self._flows.values():
            yield from self._read(flow.end(), "")

    def _read(self, runs: Iterator[Run], other: str) -> Iterator[Piece]:
        for (time, node, *_), octets, lost in runs:
            if _HELLO.match(octets) and (self._starttls or not self.dialogue.accepted):
                self.encrypted = True
                yield from self.dialogue.note("TLS begins", time)
            if self.encrypted:
                continue
            side = self.dialogue.side(node)
            if lost:
                whose = "client" if side == CLIENT else "server"
                noun, are = plural(lost, "octet"), plural(lost, "is", "are")
                yield from self.dialogue.note(f"{lost:,} {noun} of the {whose} {are} not in the capture", time)
            if octets:
                yield from self.dialogue.take(node, octets, 0, time)
            if side == CLIENT:
                self._starttls = bool(_STARTTLS.match(octets))


class _Capture:
    """Reads a capture in a file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connections: dict[str, _Connection] = {}  # those that may be IMAP
        self._others: set[str] = set()  # the numbers of those that are over or not IMAP
        self._encrypted: dict[str, bool] = {}  # those in TLS; true if that they are IMAP is known
        self._frames: dict[int, str] = {}  # the connections of some packets
        self._read = False

    def pieces(self) -> Iterator[Piece]:
        plain = Tshark(["-r", self._path, *_PLAIN])
        for piece in self._plain(plain):
            self._read = True
            yield piece
        for piece in self._decrypted(list(self._encrypted)):
            self._read = True
            yield piece
        if not self._read:
            raise ParseError(self._why(plain.complaint))
        if plain.complaint:
            yield Piece(NOTE, f"tshark: {plain.complaint}".encode(), 0)

    def _why(self, complaint: str) -> str:
        """Return why nothing was read."""
        if self._encrypted:
            return _ENCRYPTED
        count = len(self._others)
        if count:
            return f"the capture holds no IMAP in its {count:,} TCP connection{'s' * (count > 1)}"
        return f"tshark cannot read the capture: {complaint}" if complaint else "the capture holds no TCP connection"

    def _plain(self, tshark: Tshark) -> Iterator[Piece]:
        for line in tshark.lines():
            values = line.decode("ascii", "replace").split("\t")
            if len(values) == len(_FIELDS) and values[2] and values[2] not in self._others:
                try:
                    yield from self._packet(*values)
                except ValueError:
                    raise ParseError("tshark wrote what it was not asked for; its version is not known here") from None
        for connection in list(self._connections.values()):
            yield from self._closed(connection)

    def _packet(self, frame: str, time: str, number: str, *values: str) -> Iterator[Piece]:
        ip, ip6, port, to_ip, to_ip6, to_port, flags, sequence, acknowledged, length, octets = values
        source, target = f"{ip or ip6}:{port}", f"{to_ip or to_ip6}:{to_port}"
        connection = self._connections.setdefault(number, _Connection(number))
        segment = Segment(
            float(time), source, bool(int(flags, 16) & _SYN), int(sequence), int(acknowledged or 0), int(length or 0),
            bytes.fromhex(octets),
        )  # fmt: skip
        yield from connection.take(segment, target, int(flags, 16))
        if connection.encrypted and _HTTPS not in (port, to_port):
            self._encrypted[number] = connection.dialogue.accepted or _IMAPS in (port, to_port)
            connection.frames += 1
            if connection.frames <= _FRAMES:
                self._frames[int(frame)] = number
        if connection.over or connection.dialogue.refused:
            yield from self._closed(connection)

    def _closed(self, connection: _Connection) -> Iterator[Piece]:
        yield from connection.end()
        del self._connections[connection.number]
        self._others.add(connection.number)

    def _decrypted(self, numbers: list[str]) -> Iterator[Piece]:
        """Yield what tshark can decrypt of connections in TLS, one after the other, and a note for those it cannot."""
        found, way_out = set(), b"; " + _KEYS.encode()
        for begin in range(0, len(numbers), _AT_ONCE):
            lines = ((0, line + b"\n") for line in Tshark(self._decrypting(numbers[begin : begin + _AT_ONCE])).lines())
            for parts in streams_of(lines):
                for piece in self._of_stream(parts):
                    found.add(piece.connection)
                    yield piece
        for number in numbers:
            if self._encrypted[number] and number not in found and (self._read or found):
                yield Piece(NOTE, _NOT_DECRYPTED + way_out, 0, None, number)
                way_out = b""

    def _of_stream(self, parts: Iterator[Part]) -> Iterator[Piece]:
        dialogue = None
        for part in parts:
            if dialogue is None:
                dialogue = Dialogue(self._frames.get(part.packet, f"packet {part.packet}"))
            yield from dialogue.take(part.node, part.octets, 0, part.time)

    def _decrypting(self, numbers: list[str]) -> list[str]:
        keys = os.environ.get("SSLKEYLOGFILE", "")
        named = ["-o", f"tls.keylog_file:{os.path.abspath(keys)}"] if os.path.isfile(keys) else []
        streams = [word for number in numbers for word in ("-z", f"follow,tls,yaml,{number}")]
        return ["-n", "-r", self._path, "-q", *_INSIDE_TLS, *named, *streams]
