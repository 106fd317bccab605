"""The classes and functions of the standard library's imaplib, over imapsh's own protocol code.

A program that says `from imapsh.client import imap4 as imaplib` goes on working: same methods, same tuples, same octets
on the wire, as Python 3.11 to 3.14 have them.  What is better, and the little that is not the same, is in
`docs/imaplib.rst`.  No threads, no asyncio; an object may be used by one thread at a time, as imaplib's.
"""

from __future__ import annotations

import errno
import io
import random
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from imapsh.client.imap4.extensions import Extensions
from imapsh.client.imap4.names import (
    CRLF,
    IMAP4_PORT,
    IMAP4_SSL_PORT,
    AllowedVersions,
    Commands,
    Continuation,
    Flags,
    Int2AP,
    InternalDate,
    Internaldate2tuple,
    Literal,
    MapCRLF,
    Mon2num,
    Months,
    ParseFlags,
    Response_code,
    Time2Internaldate,
    Untagged_response,
    Untagged_status,
)
from imapsh.client.imap4.sockets import SocketFile
from imapsh.client.imap4.typed import parsed
from imapsh.grammar.fragments import Literal as LiteralArgument
from imapsh.grammar.mutf7 import decode as decode_mutf7
from imapsh.grammar.mutf7 import encode as encode_mutf7

if TYPE_CHECKING:
    import ssl
    from types import TracebackType
    from typing import Self

__version__ = "2.58"  # of the imaplib whose interface this is
__all__ = [
    "CRLF", "IMAP4", "IMAP4_PORT", "IMAP4_SSL", "IMAP4_SSL_PORT", "AllowedVersions", "Commands", "Continuation",
    "Debug", "Flags", "IMAP4_stream", "Int2AP", "InternalDate", "Internaldate2tuple", "Literal", "LiteralArgument",
    "MapCRLF", "Mon2num", "Months", "ParseFlags", "Response_code", "Time2Internaldate", "Untagged_response",
    "Untagged_status", "decode_mutf7", "encode_mutf7", "parsed",
]  # fmt: skip

Debug = 0  # what `debug` of new objects begins with
_MAXLINE = 1_000_000  # octets of a line; read at each call, so that programs may raise it


class IMAP4(Extensions):
    """A connection to `host` (this machine) and `port`, `timeout` seconds being allowed for each step.

    Every command is a method under its lower- and its upper-case name.  Most return (type, [data, ...]): type is "OK"
    or "NO", data the text of the reply or the responses that the command is for; each is bytes, or where a literal
    stands in it a tuple of bytes, (what is before it, the literal).

    Raises ValueError for a timeout of 0, OSError where no connection is made, `IMAP4.abort` where the server's reply
    cannot be gone on with (connect again), `IMAP4.error` for a mistake, BAD, or a login refused; `IMAP4.readonly` where
    a mailbox became read-only.
    """

    class error(Exception):  # noqa: N801 - imaplib's names
        """A command was wrong, or was refused where that ends the matter."""

    class abort(error):  # noqa: N801
        """The connection is of no more use."""

    class readonly(abort):  # noqa: N801
        """The mailbox is READ-ONLY now."""

    def __init__(self, host: str = "", port: int = IMAP4_PORT, timeout: float | None = None) -> None:
        self._prepare(Debug)
        self.open(host, port, timeout)
        try:
            self._connect()
        except Exception:
            try:
                self.shutdown()
            except OSError:
                pass
            raise

    def _connect(self) -> None:
        """Read the greeting (RFC 9051 section 7.1), then ask for the capabilities."""
        self._set_tags(Int2AP(random.randint(4096, 65535)))
        if self.debug >= 1:
            self._mesg(f"imaplib version {__version__}")
            self._mesg(f"new IMAP4 connection, tag={self.tagpre!r}")
        self.welcome = self._get_response()
        if "PREAUTH" in self.untagged_responses:
            self.state = "AUTH"
        elif "OK" in self.untagged_responses:
            self.state = "NONAUTH"
        elif self.survived:
            raise self.abort(f"unexpected response: {self.welcome!r}")
        else:
            raise self.error(self.welcome)
        self._get_capabilities()
        if self.debug >= 3:
            self._mesg(f"CAPABILITIES: {self.capabilities!r}")
        for version in AllowedVersions:
            if version in self.capabilities:
                self.PROTOCOL_VERSION = version
                return
        raise self.error("server not IMAP4 compliant")

    def __getattr__(self, attr: str) -> Any:
        if attr in Commands or (attr.isupper() and not attr.startswith("_") and hasattr(type(self), attr.lower())):
            return getattr(self, attr.lower())
        raise AttributeError(f"Unknown IMAP4 command: '{attr}'")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.state == "LOGOUT":
            return
        try:
            self.logout()
        except OSError:
            pass

    # -- what moves the octets, and may be overridden

    _file: Any = None

    @property
    def file(self) -> Any:
        """The binary file that `read` and `readline` read.  A subclass may set its own, and use that; with ours Python
        3.14 and later warn who reads it past those methods, with a RuntimeWarning.
        """
        if self._file is None or isinstance(self._file, SocketFile):
            import warnings

            warnings.warn("IMAP4.file may be read only through read() and readline()", RuntimeWarning, 2)
        return self._reading()

    @file.setter
    def file(self, file: Any) -> None:
        self._file = file

    def _create_socket(self, timeout: float | None) -> socket.socket:
        if timeout is not None and not timeout:
            raise ValueError("Non-blocking socket (timeout=0) is not supported")
        sys.audit("imaplib.open", self, self.host, self.port)
        address = (self.host or None, self.port)
        if timeout is not None:
            return socket.create_connection(address, timeout)
        return socket.create_connection(address)

    def open(self, host: str = "", port: int = IMAP4_PORT, timeout: float | None = None) -> None:
        """Connect; what `read`, `readline`, `send` and `shutdown` work on.  Raises OSError."""
        self.host: str | None = host
        self.port: int | None = port
        self.sock = self._create_socket(timeout)
        self.file = SocketFile(self.sock)

    def read(self, size: int) -> bytes:
        """So many octets from the server, fewer at its end."""
        data: bytes = (self._file or self._reading()).read(size) or b""
        if len(data) < size:
            self._short(data)
        return data

    def readline(self) -> bytes:
        """The next line, with its CRLF; b"" at the end.  Raises `error` for one over `_MAXLINE` octets."""
        line: bytes = (self._file or self._reading()).readline(_MAXLINE + 1)
        if line[-1:] != b"\n":
            self._short(line)
        if len(line) > _MAXLINE:
            raise self.error(f"got more than {_MAXLINE} bytes")
        return line

    def _reading(self) -> Any:
        if self._file is None:
            self._file = SocketFile(self.sock)
        return self._file

    def _short(self, data: bytes) -> None:
        if isinstance(self._file, SocketFile):
            self._file.short(data)

    def send(self, data: bytes) -> None:
        """Send octets to the server."""
        sys.audit("imaplib.send", self, data)
        self.sock.sendall(data)

    def shutdown(self) -> None:
        """Close what `open` opened."""
        if self._file is not None:
            self._file.close()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError as fault:
            # The server may have closed first; Windows says so with error 10022.
            if fault.errno != errno.ENOTCONN and getattr(fault, "winerror", 0) != 10022:
                raise
        finally:
            self.sock.close()

    def socket(self) -> socket.socket:
        """The socket."""
        sock: socket.socket = self.sock
        return sock


class IMAP4_SSL(IMAP4):  # noqa: N801 - imaplib's name
    """IMAP4 over TLS from the first octet.

    Without `ssl_context` the server's certificate is NOT verified, as in imaplib; `ssl.create_default_context()` makes
    a context that does.  `keyfile` and `certfile` are deprecated.  Raises ValueError where both kinds are given.
    """

    def __init__(
        self,
        host: str = "",
        port: int = IMAP4_SSL_PORT,
        keyfile: str | None = None,
        certfile: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        timeout: float | None = None,
    ) -> None:
        if ssl_context is not None and (keyfile is not None or certfile is not None):
            raise ValueError("ssl_context and keyfile or certfile are mutually exclusive")
        if keyfile is not None or certfile is not None:
            import warnings

            warnings.warn("keyfile and certfile are deprecated, use a custom ssl_context", DeprecationWarning, 2)
        self.keyfile = keyfile
        self.certfile = certfile
        self.ssl_context = ssl_context or self._default_context(certfile, keyfile)
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self.ssl_context.wrap_socket(super()._create_socket(timeout), server_hostname=self.host)

    def open(self, host: str = "", port: int = IMAP4_SSL_PORT, timeout: float | None = None) -> None:
        """Connect, with TLS.  Raises OSError, of which ssl.SSLError is one."""
        super().open(host, port, timeout)


class IMAP4_stream(IMAP4):  # noqa: N801 - imaplib's name
    """IMAP4 on stdin and stdout of `command`, which a shell runs."""

    def __init__(self, command: str) -> None:
        self.command = command
        super().__init__()

    def open(self, host: str | None = None, port: int | None = None, timeout: float | None = None) -> None:
        """Start the command.  The arguments are for likeness only."""
        self.host = self.port = self.sock = None
        self.process = subprocess.Popen(
            self.command,
            bufsize=io.DEFAULT_BUFFER_SIZE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            shell=True,
            close_fds=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.writefile = self.process.stdin
        self.readfile = self.process.stdout

    def read(self, size: int) -> bytes:
        """So many octets from the command, fewer at its end."""
        return self.readfile.read(size)

    def readline(self) -> bytes:
        """The next line, of any length."""
        return self.readfile.readline()

    def send(self, data: bytes) -> None:
        """Send octets to the command."""
        self.writefile.write(data)
        self.writefile.flush()

    def shutdown(self) -> None:
        """Close both, and wait for the command to end."""
        self.readfile.close()
        self.writefile.close()
        self.process.wait()
