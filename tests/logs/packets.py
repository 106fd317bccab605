"""Writes packet captures: segments of TCP over IPv4 or IPv6, in pcap and pcapng."""

from __future__ import annotations

import shutil
import ssl
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.servers.base import absent
from tests.servers.certs import Certs

FIN, SYN, RST, PUSH, ACK = 1, 2, 4, 8, 16
LINK = 101  # a packet begins with its IP header


def tshark() -> None:
    """A test of captures needs it: without it, fail in CI and skip elsewhere."""
    if shutil.which("tshark") is None:
        absent("tshark is not installed")


class Packet(NamedTuple):
    time: float
    octets: bytes


class Connection:
    """Makes the packets of a connection: what each side sends, cut into segments."""

    def __init__(self, port: int = 143, client: int = 40000, *, version: int = 4, first: int = 1000) -> None:
        self._ports = {"C": client, "S": port}
        self._next = {"C": first, "S": 7000}
        self._version = version
        self.packets: list[Packet] = []

    def packet(self, side: str, flags: int, octets: bytes = b"", time: float = 0.0, length: int | None = None) -> None:
        """Add one segment; of the octets only `length` are captured if it is given."""
        other = "S" if side == "C" else "C"
        header = struct.pack(
            ">HHIIBBHHH",
            self._ports[side], self._ports[other], self._next[side] % 2**32, self._next[other] % 2**32,
            5 << 4, flags, 65535, 0, 0,
        )  # fmt: skip
        self._next[side] += len(octets) + bool(flags & (SYN | FIN))
        ip = self._ip(side, len(header) + len(octets))
        whole = ip + header + octets
        self.packets.append(Packet(time, whole if length is None else whole[: len(ip) + len(header) + length]))

    def _ip(self, side: str, size: int) -> bytes:
        hosts = (1, 2) if side == "C" else (2, 1)
        if self._version == 6:
            ends = b"".join(bytes.fromhex("20010db8") + bytes(11) + bytes([host]) for host in hosts)
            return struct.pack(">IHBB", 6 << 28, size, 6, 64) + ends
        ends = b"".join(bytes([192, 0, 2, host]) for host in hosts)
        return struct.pack(">BBHHHBBH", 0x45, 0, 20 + size, 0, 0, 64, 6, 0) + ends

    def opened(self, time: float = 0.0) -> None:
        self.packet("C", SYN, time=time)
        self.packet("S", SYN | ACK, time=time)
        self.packet("C", ACK, time=time)

    def sent(self, side: str, octets: bytes, time: float = 0.0, size: int = 1400) -> None:
        """Add what a side sends, and the other's acknowledgement."""
        for at in range(0, len(octets), size):
            self.packet(side, PUSH | ACK, octets[at : at + size], time)
        self.packet("S" if side == "C" else "C", ACK, time=time)

    def closed(self, time: float = 0.0) -> None:
        self.packet("C", FIN | ACK, time=time)
        self.packet("S", FIN | ACK, time=time)


def pcap(packets: Iterable[Packet], order: str = "<", *, nano: bool = False) -> bytes:
    """Return a capture in the older format, in an order of octets, with micro- or nanoseconds."""
    parts = [struct.pack(f"{order}IHHIIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, LINK)]
    for time, octets in packets:
        fraction = round(time % 1 * (10**9 if nano else 10**6))
        size = _size(octets)
        parts.append(struct.pack(f"{order}IIII", int(time), fraction, len(octets), size) + octets)
    return b"".join(parts)


def pcapng(packets: Iterable[Packet], keys: bytes = b"") -> bytes:
    """Return a capture in the newer format, with the keys of TLS in it if there are any."""
    parts = [
        _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        _block(1, struct.pack("<HHI", LINK, 0, 1 << 18)),
    ]
    if keys:
        parts.append(_block(10, struct.pack("<II", 0x544C534B, len(keys)) + keys))
    for time, octets in packets:
        high, low = divmod(round(time * 10**6), 2**32)
        parts.append(_block(6, struct.pack("<IIIII", 0, high, low, len(octets), _size(octets)) + octets))
    return b"".join(parts)


def _size(octets: bytes) -> int:
    """How long a packet was before it was cut."""
    if octets[0] >> 4 == 6:
        return 40 + int.from_bytes(octets[4:6], "big")
    return int.from_bytes(octets[2:4], "big")


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


class Encrypted:
    """Both ends of TLS in memory.  `flights` holds what each side has sent, in order; `keys` is the key log's text."""

    def __init__(self, certs: Certs, log: str) -> None:
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certs.server_cert, certs.server_key)
        client = ssl.create_default_context(cafile=str(certs.ca))
        client.keylog_filename = log
        wires = {"C": ssl.MemoryBIO(), "S": ssl.MemoryBIO()}
        self._wires = wires
        self._ends = {
            "C": client.wrap_bio(wires["S"], wires["C"], server_hostname="localhost"),
            "S": server.wrap_bio(wires["C"], wires["S"], server_side=True),
        }
        self.flights: list[tuple[str, bytes]] = []
        self._shake("CSCS")

    def send(self, turns: Sequence[tuple[str, bytes]]) -> None:
        for side, octets in turns:
            self._ends[side].write(octets)
            self._fly(side)

    def _shake(self, order: str) -> None:
        for side in order:
            try:
                self._ends[side].do_handshake()
            except ssl.SSLWantReadError:
                pass
            self._fly(side)

    def _fly(self, side: str) -> None:
        """Note down what a side has sent, and let the other read it."""
        octets = self._wires[side].read()
        if octets:
            self.flights.append((side, octets))
            self._wires[side].write(octets)
        other = self._ends["S" if side == "C" else "C"]
        try:
            while other.read(1 << 16):
                pass
        except ssl.SSLError:
            pass
