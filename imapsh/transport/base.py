"""The methods of every stream, and what a stream knows of its peer."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.hints import TYPE_CHECKING, Any, Protocol
from imapsh.transport.deadline import Deadline
from imapsh.transport.options import TLSOptions
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.transport.handshake import Handshake

CHUNK = 256 * 1024
"""Octets asked of the operating system, or given to it, at once."""

CONNECT_TIMEOUT = 30.0
"""Seconds allowed to reach the server, TLS handshake and greeting included, unless told otherwise."""


class StreamInfo(NamedTuple):
    """Information about the other end of a stream.

    `peer` is `host:port`, a path or a command.  The rest is "" without TLS: `tls` is the version (`TLSv1.3`), `cipher`
    its suite, `certificate` the peer's subject.  `binding` is what SASL binds itself to (RFC 5929): `tls-unique` and
    its octets up to TLS 1.2, else `tls-server-end-point` and the SSLObject that holds the peer's certificate; None if
    neither can be had.  `handshake` returns all that is known of the TLS handshake, None without TLS.
    """

    peer: str
    tls: str = ""
    cipher: str = ""
    certificate: str = ""
    binding: tuple[str, Any] | None = None
    handshake: Callable[[], Handshake] | None = None


class Stream(Protocol):
    """A blocking connection.  It allows one reader and one writer at a time.

    `due` is the moment by which the connection is to be of use: `connect_timeout` after it was begun.
    """

    due: Deadline

    @property
    def info(self) -> StreamInfo:
        """The peer and, under TLS, its version, cipher and certificate."""

    def read(self, max_octets: int) -> bytes:
        """Return 1 to `max_octets` octets as soon as there are any, b"" at the peer's end.

        Raises ConnectionLost, ConnectionTimeout, or TLSError when the peer's TLS fails.
        """

    def write(self, data: bytes) -> None:
        """Send all of `data`.  Raises ConnectionLost or ConnectionTimeout."""

    def start_tls(self, options: TLSOptions, server_name: str, *, server_side: bool = False) -> None:
        """Put TLS in and finish the handshake; `server_name` is what the certificate must bear.

        Raises TLSError, after which the stream is closed: nothing falls back to plain text.
        On the server's side the handshake goes on in the following reads.
        """

    def settimeout(self, seconds: float | None) -> None:
        """Let a read or write wait so many seconds, None for ever."""

    def limit(self, due: Deadline) -> None:
        """Let all reads and writes together last no longer than until `due`; ENDLESS lifts it."""

    def fileno(self) -> int:
        """Return the socket's descriptor, or -1 if there is none."""

    def close(self) -> None:
        """End the connection, and a child with it.  May be called again; raises nothing."""


class AsyncStream(Protocol):
    """A connection for asyncio, with the methods of Stream."""

    due: Deadline

    @property
    def unsent(self) -> int:
        """Return the number of octets that were written and that the system has not taken yet."""

    @property
    def info(self) -> StreamInfo:
        """See Stream."""

    async def read(self, max_octets: int) -> bytes:
        """See Stream; may be cancelled without loss."""

    async def write(self, data: bytes) -> None:
        """See Stream; waits while the peer is slow."""

    def put(self, data: bytes) -> None:
        """Hand `data` to the system without waiting.  Raises what `write` raises, but no time-out."""

    async def start_tls(self, options: TLSOptions, server_name: str, *, server_side: bool = False) -> None:
        """See Stream; finishes the handshake on either side."""

    def settimeout(self, seconds: float | None) -> None:
        """See Stream."""

    def fileno(self) -> int:
        """See Stream."""

    async def close(self) -> None:
        """See Stream."""


class EagerStream(AsyncStream, Protocol):
    """An AsyncStream that tells at once when something came, so that nobody has to be woken for it."""

    on_arrival: Callable[[], bool] | None
    """Called when something came, in the loop's turn in which it came; it may `take` it.

    If it returns true, nobody who waits in `read` or `arrival` is woken.  None at first.
    """

    unread: int
    """The number of octets that came and that nobody has read yet."""

    full: bool
    """True while so much waits to be sent that more should wait, too."""

    async def arrival(self) -> None:
        """Wait until `read` has something to return, or `on_arrival` has returned false.  Raises what `read` raises."""

    def take(self, max_octets: int) -> bytes:
        """Return 1 to `max_octets` octets that came already; there must be some."""
