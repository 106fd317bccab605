"""Connects to a server through a proxy: SOCKS5 (RFC 1928, RFC 1929), SOCKS4, or HTTP CONNECT (RFC 9110 section 9.3.6).

The package python-socks, an extra, speaks with the proxy, on a connection of ours: all of it is done in time, and not
an octet is taken of what comes behind the proxy's reply, since an IMAP server speaks first.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from imapsh.errors import ConnectError, ProxyLoginError, ProxySetupError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.transport.address import Address
from imapsh.transport.deadline import Deadline
from imapsh.transport.proxy import Proxy
from imapsh.transport.resolving import resolve

if TYPE_CHECKING:
    from python_socks import ProxyType

LONGEST = 1 << 14
"""Octets of an HTTP proxy's reply, up to the end of its header."""

HOW_TO_INSTALL = 'pip install "imapsh[proxy]"'

Opener = Callable[[Address, Deadline], socket.socket]

#: What a proxy means by a code, by the kind of proxy; the target is named behind it.
_CODES: dict[str, dict[int, str]] = {
    "http": {
        403: "does not allow a connection",
        500: "could not connect",
        502: "could not connect",
        503: "could not connect",
        504: "could not connect in time",
    },
    "socks5": {
        1: "could not connect",
        2: "does not allow a connection",
        3: "has no route",
        4: "could not reach the host, or does not know it, to connect",
        5: "was refused a connection",
        6: "could not connect in time",
        7: "does not make connections, so none",
        8: "cannot connect to an address of that kind",
    },
    "socks4": {91: "refused, or could not make, a connection", 92: "refused a connection", 93: "refused a connection"},
}
_WHO_ASKS = (401, 407)  # HTTP's code for a proxy that wants to know who asks; Tinyproxy refuses a password by 401
_STRANGE = {
    "http": "did not answer as an HTTP proxy does",
    "socks4": "did not answer as a SOCKS4 proxy does",
    "socks5": "did not answer as a SOCKS5 proxy does",
}
#: Words of the library for a proxy that wants to know who asks.
_WHO = ("authentication failure", "authentication method", "authentication response")


def open_tunnel(address: Address, due: Deadline, open_tcp: Opener) -> socket.socket:
    """Return a socket that a proxy has connected to the server; `open_tcp` opens the connection to the proxy.

    Raises ConnectError, which names the proxy and the server.
    """
    assert address.proxy is not None
    return _Tunnel(address, address.proxy, due, open_tcp).open()


class _Tunnel:
    def __init__(self, address: Address, proxy: Proxy, due: Deadline, open_tcp: Opener) -> None:
        self._address = address
        self._proxy = proxy
        self._due = due
        self._open_tcp = open_tcp
        self._family = proxy.scheme.rstrip("ah")
        self._who = f"the proxy {proxy.where}{f' of {proxy.source}' if proxy.source else ''}"

    def open(self) -> socket.socket:
        """Try the hosts in order.  Each has its share of the time, so a silent one leaves some to the rest."""
        kind = self._kind()
        failed: ConnectError | None = None
        try:
            hosts = self._hosts()
            for number, host in enumerate(hosts):
                try:
                    return self._connected(kind, host, Deadline(self._due.left(len(hosts) - number)))
                except ConnectError as error:
                    failed = failed or error
        except TimeoutError:
            failed = failed or self._silent()
        raise failed or ConnectError(f"the host {self._address.host} has no address that {self._who} could take")

    def _kind(self) -> ProxyType:
        try:
            from python_socks import ProxyType
        except ImportError:
            raise ProxySetupError(
                f"{self._who} needs the package python-socks, which is not installed: {HOW_TO_INSTALL}"
            ) from None
        return {"http": ProxyType.HTTP, "socks4": ProxyType.SOCKS4, "socks5": ProxyType.SOCKS5}[self._family]

    def _hosts(self) -> list[str]:
        """Return the hosts to ask the proxy for: the name, or the addresses that this machine knows for it."""
        from imapsh.transport.failures import cannot_connect

        host = self._address.host
        try:
            if self._proxy.resolves:
                return [host if host.isascii() else host.encode("idna").decode("ascii")]
            places = resolve(host, self._address.port, self._due.left())
        except (OSError, UnicodeError) as error:
            raise cannot_connect(error, self._address, self._due.seconds) from error
        four = self._family == "socks4"  # which knows no IPv6
        return [place[4][0] for place in places if not four or place[0] == socket.AF_INET]

    def _connected(self, kind: ProxyType, host: str, due: Deadline) -> socket.socket:
        from python_socks import ProxyError
        from python_socks.sync import Proxy as Library

        proxy = self._proxy
        forward: Any = _Forward(due, self._open_tcp, lines=self._family == "http")
        library = Library(
            kind, proxy.host, proxy.port, proxy.user or None, proxy.password or None, proxy.resolves, forward
        )  # fmt: skip
        try:
            library.connect(host, self._address.port)
            taken: socket.socket = forward.taken()
            return taken
        except TimeoutError:  # the library's own is one too
            raise self._silent() from None
        except ProxyError as error:
            raise self._refused(getattr(error, "error_code", None), str(error)) from None
        except OSError as error:
            raise self._failed(_why(error)) from error
        except Exception:  # noqa: BLE001 - what the library makes of octets that are no reply
            raise self._failed(_STRANGE[self._family]) from None
        finally:
            forward.close()

    def _failed(self, why: str) -> ConnectError:
        return ConnectError(f"{self._who} {why}, so {self._address.where} was not reached")

    def _silent(self) -> ConnectError:
        seconds = self._due.seconds
        return self._failed(f"did not answer{f' within {seconds:g} s' if seconds else ''}")

    def _refused(self, code: int | None, text: str) -> ConnectError:
        """Return the error for a reply that is no success.  Nothing of what the proxy wrote is repeated."""
        proxy, target = self._proxy, self._address.where
        if code in _WHO_ASKS or any(words in text for words in _WHO):
            if proxy.user and proxy.password:
                return ProxyLoginError(f"{self._who} refused the user {proxy.user} or the password")
            return ProxyLoginError(f"{self._who} wants a user and a password: write USER@ before its host")
        if code is None:
            return self._failed(_STRANGE[self._family])
        said = _CODES[self._family].get(int(code), f"answered with the code {int(code)} and made no connection")
        return ConnectError(f"{self._who} {said} to {target}")


def _why(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "has a host that is unknown"
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "closed the connection"
    return f"cannot be reached ({error.strerror or type(error).__name__})"


class _Forward:
    """Opens the connection to the proxy, in the place where the library would have another proxy do it."""

    def __init__(self, due: Deadline, open_tcp: Opener, *, lines: bool) -> None:
        self._due = due
        self._open = open_tcp
        self._lines = lines
        self._sock: socket.socket | None = None

    def connect(self, dest_host: str, dest_port: int, timeout: float | None = None, **more: Any) -> _Wire:
        """Do as the library's own proxies do."""
        self._sock = self._open(Address("imap", dest_host, dest_port), self._due)
        return _Wire(self._sock, self._due, lines=self._lines)

    def taken(self) -> socket.socket:
        """Return the socket, which is the caller's from now on."""
        sock, self._sock = self._sock, None
        assert sock is not None
        return sock

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()


class _Wire:
    """As much of a socket as the library asks for, each call within the deadline.

    With `lines`, a read gives all up to the end of an HTTP header, and nothing behind it.
    """

    def __init__(self, sock: socket.socket, due: Deadline, *, lines: bool) -> None:
        self._sock = sock
        self._due = due
        self._lines = lines

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._due.left())
        self._sock.sendall(data)

    def recv(self, size: int) -> bytes:
        return self._head() if self._lines else self._recv(size)

    def close(self) -> None:
        self._sock.close()

    def _recv(self, size: int) -> bytes:
        self._sock.settimeout(self._due.left())
        return self._sock.recv(size)

    def _head(self) -> bytes:
        head = bytearray()
        while not head.endswith((b"\r\n\r\n", b"\n\n")):
            octet = self._recv(1)
            if not octet or len(head) >= LONGEST:
                return b""  # it is none
            head += octet
        return bytes(head)
