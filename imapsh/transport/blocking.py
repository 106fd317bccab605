"""The blocking stream.  Imports neither asyncio nor, without TLS, ssl."""

from __future__ import annotations

import socket

from imapsh.errors import ConnectionLost, ConnectionTimeout, TLSError
from imapsh.hints import TYPE_CHECKING, Any, Protocol
from imapsh.transport.address import Address
from imapsh.transport.base import CHUNK, CONNECT_TIMEOUT, StreamInfo
from imapsh.transport.deadline import ENDLESS, Deadline, within
from imapsh.transport.failures import cannot_connect, closed, lost
from imapsh.transport.tuning import tune
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    import subprocess

    from imapsh.transport.tls import TLSFilter, TLSOptions

_FEW = 1 << 14
"""Octets that are read at once as long as few come.

Python takes memory for as many as may come, and gives back what is left over.  With 256 KiB the system has to map it
each time, which takes ten microseconds, and a short answer keeps a whole page.
"""
_FAREWELL = 0.5  # seconds that a close may wait for a peer who does not read


class Socket(Protocol):
    """The methods of a socket that a stream needs; memory has a socket of its own."""

    def recv(self, size: int, /) -> bytes:
        """Do as socket.recv."""

    def recv_into(self, buffer: memoryview, /) -> int:
        """Do as socket.recv_into."""

    def send(self, data: bytes | memoryview, /) -> int:
        """Do as socket.send."""

    def sendall(self, data: bytes, /) -> None:
        """Do as socket.sendall."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Do as socket.settimeout."""

    def shutdown(self, how: int, /) -> None:
        """Do as socket.shutdown."""

    def fileno(self) -> int:
        """Do as socket.fileno."""

    def close(self) -> None:
        """Do as socket.close."""


class Parts(NamedTuple):
    """The parts that a stream is made of, handed over by `detach`."""

    sock: Socket
    where: str
    timeout: float | None
    tls: TLSFilter | None
    child: subprocess.Popen[bytes] | None
    due: Deadline


def connect(
    address: Address,
    *,
    tls: TLSOptions | None = None,
    connect_timeout: float | None = CONNECT_TIMEOUT,
    idle_timeout: float | None = None,
) -> BlockingStream:
    """Connect; for `imaps` the TLS handshake is finished too.

    Without a proxy, a host's addresses are tried in order.  `connect_timeout` is in seconds, for the name, all
    addresses, the proxy and the handshake together; `due` is the moment when it is over.  `idle_timeout` is for each
    read and write thereafter.  May run in a thread of its own.

    Raises ConnectError or TLSError.
    """
    due = Deadline(connect_timeout)
    sock, child = open_socket(address, due)
    stream = BlockingStream(sock, address.where, child=child, due=due)
    if address.speaks_tls:
        from imapsh.transport.tls import TLSFilter, TLSOptions

        try:
            stream.secure(TLSFilter(tls or TLSOptions(), address.server_name, address.where, implicit=True), due)
        except BaseException:
            stream.close()
            raise
    stream.settimeout(idle_timeout)
    return stream


def open_socket(address: Address, due: Deadline) -> tuple[socket.socket, subprocess.Popen[bytes] | None]:
    """Return the connected socket of an address, and the child behind it for `exec:`.  Raises ConnectError."""
    try:
        if address.scheme == "exec":
            from imapsh.transport.child import spawn

            return spawn(address)
        if address.scheme == "unix":
            return _open_one((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", address.path), due.left()), None
        if address.proxy is not None:
            from imapsh.transport.tunnel import open_tunnel

            return open_tunnel(address, due, _open_tcp), None
        return _open_tcp(address, due), None
    except (OSError, UnicodeError) as error:
        raise cannot_connect(error, address, due.seconds) from error


def _open_tcp(address: Address, due: Deadline) -> socket.socket:
    """Try a host's addresses in order.  Each has its share of the time, so a silent one leaves some to the rest."""
    from imapsh.transport.resolving import resolve

    failed: OSError | None = None
    places = resolve(address.host, address.port, due.left())
    for number, place in enumerate(places):
        try:
            sock = _open_one(place, due.left(len(places) - number))
        except OSError as error:
            failed = failed or error
            continue
        tune(sock)
        return sock
    raise failed or OSError("the name has no address")


def _open_one(place: tuple[int, int, int, str, Any], seconds: float | None) -> socket.socket:
    sock = socket.socket(*place[:3])
    try:
        sock.settimeout(seconds)
        sock.connect(place[4])
    except BaseException:
        sock.close()
        raise
    return sock


class BlockingStream:
    """A connected socket, with TLS in it or not; see base.Stream.

    `due` is the moment by which it was to be connected.  A handshake after STARTTLS may take as long as connecting.
    """

    def __init__(
        self,
        sock: Socket,
        where: str,
        *,
        timeout: float | None = None,
        tls: TLSFilter | None = None,
        child: subprocess.Popen[bytes] | None = None,
        due: Deadline = ENDLESS,
    ) -> None:
        self.due = due
        self._sock = sock
        self._where = where
        self._timeout = timeout
        self._limit = ENDLESS
        self._tls = tls
        self._child = child
        self._closed = False
        self._room = _FEW  # octets that are read at once
        self._sealed: memoryview | None = None  # where enciphered octets are put, again and again
        sock.settimeout(timeout)

    @property
    def info(self) -> StreamInfo:
        """The peer and, under TLS, its version, cipher and certificate."""
        return self._tls.info(self._where) if self._tls else StreamInfo(self._where)

    def read(self, max_octets: int) -> bytes:
        """Return 1 to `max_octets` octets as soon as there are any, b"" at the peer's end.

        Raises ConnectionLost, ConnectionTimeout, or TLSError when the peer's TLS fails.
        """
        if self._tls is not None:
            return self._read_tls(self._tls, max_octets)
        if self._closed:
            raise closed(self._where)
        try:
            if self._limit is not ENDLESS:
                self._await()
            data = self._sock.recv(min(max_octets, self._room))
        except OSError as error:
            raise lost(error, self._where, self._timeout) from error
        self._room = CHUNK if len(data) >= _FEW else _FEW
        return data

    def _read_tls(self, tls: TLSFilter, max_octets: int) -> bytes:
        self._check_open()
        self._shake_hands(tls)
        while (data := tls.read(max_octets)) is None:
            self._receive(tls)
        self._send(tls.outgoing())
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`.  Raises ConnectionLost or ConnectionTimeout."""
        if self._tls is None:
            self._send(data)
            return
        self._check_open()
        self._shake_hands(self._tls)
        for piece in self._tls.encrypt(data):
            self._send(piece)

    def start_tls(self, options: TLSOptions, server_name: str, *, server_side: bool = False) -> None:
        """Put TLS in and finish the handshake; `server_name` is what the certificate must bear.

        Raises TLSError, after which the stream is closed: nothing falls back to plain text.
        On the server's side the handshake goes on in the following reads.
        """
        from imapsh.transport.tls import TLSFilter

        try:
            if self._tls is not None:
                raise TLSError(f"the connection to {self._where} already uses TLS")
            tls = TLSFilter(options, server_name, self._where, server_side=server_side)
            if server_side:
                self._tls = tls
            else:
                self.secure(tls)
        except BaseException:
            self.close()
            raise

    def secure(self, tls: TLSFilter, due: Deadline | None = None) -> None:
        """Put a client's filter in and finish its handshake before `due`.  Raises TLSError."""
        from imapsh.transport.tlsfailures import handshake_failed

        self._tls = tls
        limit = due or Deadline(within(self._timeout, self.due.seconds))
        self.limit(limit)
        try:
            self._shake_hands(tls)
        except ConnectionLost as error:
            raise handshake_failed(error, self._where, limit.seconds) from error
        finally:
            self.limit(ENDLESS)

    def settimeout(self, seconds: float | None) -> None:
        """Let a read or write wait so many seconds, None for ever."""
        self._timeout = seconds
        if not self._closed:
            self._sock.settimeout(seconds)

    def limit(self, due: Deadline) -> None:
        """Let all reads and writes together last no longer than until `due`; ENDLESS lifts it."""
        self._limit = due
        if due is ENDLESS and not self._closed:
            self._sock.settimeout(self._timeout)

    def fileno(self) -> int:
        """Return the socket's descriptor, or -1 if there is none."""
        return self._sock.fileno()

    def detach(self) -> Parts:
        """Give the connection away: this stream is closed, what it stood on lives on."""
        if self._closed:
            raise closed(self._where)
        self._closed = True
        child, self._child = self._child, None
        return Parts(self._sock, self._where, self._timeout, self._tls, child, self.due)

    def close(self) -> None:
        """End the connection, and a child with it.

        May be called again, and from another thread to wake a read; raises nothing.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._tls is not None:
                self._sock.settimeout(_FAREWELL)
                self._sock.sendall(self._tls.close())
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the peer was faster
        finally:
            self._sock.close()
            if self._child is not None:
                from imapsh.transport.child import reap

                reap(self._child)

    def _shake_hands(self, tls: TLSFilter) -> None:
        while not tls.done:
            try:
                tls.handshake()
            finally:
                self._send_alert(tls.outgoing())
            if not tls.done:
                self._receive(tls)

    def _send_alert(self, data: bytes) -> None:
        """Send octets of a handshake.  If they cannot be sent, what was or will be read says why."""
        try:
            self._send(data)
        except ConnectionTimeout:
            raise
        except ConnectionLost:
            pass

    def _receive(self, tls: TLSFilter) -> None:
        """Read enciphered octets into memory that is used again, and hand them to the filter, which copies them."""
        self._check_open()
        if self._sealed is None:
            self._sealed = memoryview(bytearray(CHUNK))
        try:
            if self._limit is not ENDLESS:
                self._await()
            octets = self._sock.recv_into(self._sealed)
        except OSError as error:
            raise lost(error, self._where, self._timeout) from error
        tls.receive(self._sealed[:octets])

    def _send(self, data: bytes) -> None:
        if self._closed:
            raise closed(self._where)
        try:
            left = memoryview(data)
            while (
                left
            ):  # the system takes what it has room for, so the time-out is for the next octet, not for the last
                if self._limit is not ENDLESS:
                    self._await()
                left = left[self._sock.send(left) :]
        except OSError as error:
            raise lost(error, self._where, self._timeout) from error

    def _await(self) -> None:
        """Let the next call wait no longer than until the limit.  Raises TimeoutError if that is over."""
        self._sock.settimeout(within(self._timeout, self._limit.left()))

    def _check_open(self) -> None:
        if self._closed:
            raise closed(self._where)
