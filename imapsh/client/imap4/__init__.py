"""The classes and functions of the standard library's imaplib, over imapsh's own protocol code.

A program that says `from imapsh.client import imap4 as imaplib` goes on working: same methods, same tuples, same octets
on the wire, as Python 3.11 to 3.14 have them.  Improvements, and the few differences, are in `docs/imaplib.rst`.  No
threads, no asyncio; an object may be used by one thread at a time, like those of imaplib.
"""

from __future__ import annotations

from imapsh.client.imap4.classes import IMAP4
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
from imapsh.client.imap4.opening import unverified_context
from imapsh.grammar.fragments import Literal as LiteralArgument

TYPE_CHECKING = False  # nothing here imports `typing`: that would take longer than all of these modules
if TYPE_CHECKING:
    import socket
    import ssl
    from typing import Any

    from imapsh.client.imap4.typed import parsed
    from imapsh.grammar.mutf7 import decode as decode_mutf7
    from imapsh.grammar.mutf7 import encode as encode_mutf7

__version__ = "2.58"  # that of the imaplib whose interface this is
__all__ = [
    "CRLF", "IMAP4", "IMAP4_PORT", "IMAP4_SSL", "IMAP4_SSL_PORT", "AllowedVersions", "Commands", "Continuation",
    "Debug", "Flags", "IMAP4_stream", "Int2AP", "InternalDate", "Internaldate2tuple", "Literal", "LiteralArgument",
    "MapCRLF", "Mon2num", "Months", "ParseFlags", "Response_code", "Time2Internaldate", "Untagged_response",
    "Untagged_status", "decode_mutf7", "encode_mutf7", "parsed",
]  # fmt: skip

Debug = 0  # initial value of `debug` of new objects
_MAXLINE = 1_000_000  # octets of a line; read at each call, so that programs may raise it

#: Name -> its module and its name there, "" for the module itself; imported when it is first used (PEP 562).
_LAZY = {
    "parsed": ("imapsh.client.imap4.typed", "parsed"),
    "decode_mutf7": ("imapsh.grammar.mutf7", "decode"),
    "encode_mutf7": ("imapsh.grammar.mutf7", "encode"),
    # what programs find in imaplib beside its interface
    "Idler": ("imapsh.client.imap4.idle", "Idler"),
    "_Authenticator": ("imapsh.client.imap4.opening", "Authenticator"),
    "_Literal": ("imapsh.client.imap4.names", "LITERAL"),
    "_Untagged_status": ("imapsh.client.imap4.names", "UNTAGGED_STATUS"),
    "DEFAULT_BUFFER_SIZE": ("io", "DEFAULT_BUFFER_SIZE"),
    **{name: ("datetime", name) for name in ("datetime", "timedelta", "timezone")},
    **{
        name: (name, "")
        for name in ("binascii", "calendar", "errno", "random", "re", "socket", "ssl", "subprocess", "sys", "time")
    },
}


def __getattr__(name: str) -> Any:
    if name == "HAVE_SSL":
        value: Any = _have_ssl()
    elif name in _LAZY:
        from importlib import import_module

        module, attribute = _LAZY[name]
        value = import_module(module)
        value = getattr(value, attribute) if attribute else value
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _have_ssl() -> bool:
    try:
        import ssl  # noqa: F401
    except ImportError:
        return False
    return True


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, "HAVE_SSL"})


class IMAP4_SSL(IMAP4):  # noqa: N801 - imaplib's name
    """IMAP4 over TLS from the first octet.

    Without `ssl_context` the server's certificate is NOT verified, as in imaplib; `ssl.create_default_context()` makes
    a context that does.  `keyfile` and `certfile` are deprecated.  Raises ValueError if both kinds are given.
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
        self.ssl_context = ssl_context or unverified_context(certfile, keyfile)
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
        import io
        import subprocess

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
        """Return `size` octets from the command, or fewer at its end."""
        return self.readfile.read(size)

    def readline(self) -> bytes:
        """Return the next line, of any length."""
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
