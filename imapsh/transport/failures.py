"""The operating system's errors as one sentence for a person: what, where, the way out."""

from __future__ import annotations

import errno

from imapsh.errors import ConnectError, ConnectionLost, ConnectionTimeout
from imapsh.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from imapsh.transport.address import Address

# How a connection fails, by errno.  {where} is host:port, a path or a command.
_TCP = {
    errno.ECONNREFUSED: "{where} refused the connection: nothing listens there; check the server and the port "
    "(imap 143, imaps 993)",
    errno.ECONNRESET: "{where} reset the connection immediately; the cause may be a firewall or the server's own "
    "limits",
    errno.ENETUNREACH: "there is no route to {where}; check this machine's network",
    errno.EHOSTUNREACH: "{where} cannot be reached; check the address and this machine's network",
    errno.EACCES: "this machine's security rules forbid a connection to {where}",
    errno.EPERM: "this machine's security rules forbid a connection to {where}",
}
_UNIX = {
    errno.ENOENT: "the socket {where} does not exist; check that the server is up and the path is right",
    errno.ECONNREFUSED: "nothing listens on the socket {where}; check that the server is up",
    errno.ENOTSOCK: "{where} is not a socket",
    errno.EACCES: "you do not have permission to open the socket {where}; get permission, or run as a user who has it",
    errno.EPERM: "you do not have permission to open the socket {where}; get permission, or run as a user who has it",
    errno.EPROTOTYPE: "{where} is a socket, but not a stream socket",
}
_EXEC = {
    errno.ENOENT: "the command {where} was not found; check its name and PATH",
    errno.EACCES: "the command {where} is not executable",
    errno.ENOEXEC: "this machine cannot run the command {where}",
}
_TABLES = {"imap": _TCP, "imaps": _TCP, "unix": _UNIX, "exec": _EXEC}


def cannot_connect(error: Exception, address: Address, seconds: float | None) -> ConnectError:
    """Name why `address` could not be reached; `seconds` is the time that was allowed."""
    import socket

    where = address.where
    if isinstance(error, socket.gaierror):
        return ConnectError(_unknown_host(error, address.host))
    if isinstance(error, TimeoutError):
        allowed = f" within {seconds:g} s" if seconds else ""
        return ConnectError(f"{where} did not answer{allowed}; check the host and the port, or allow more time")
    sentence = _TABLES[address.scheme].get(getattr(error, "errno", None) or 0)
    if sentence is None:
        sentence = f"cannot connect to {{where}}: {_reason(error)}; check the address"
    return ConnectError(sentence.format(where=where))


def lost(error: OSError, where: str, seconds: float | None) -> ConnectionLost:
    """Name what ended a connection in mid-session; `seconds` is the idle time that was allowed."""
    if isinstance(error, TimeoutError):
        if error.errno == errno.ETIMEDOUT:
            return ConnectionTimeout(f"{where} no longer answers: the connection timed out; connect again")
        allowed = f"within {seconds:g} s" if seconds else "in time"
        return ConnectionTimeout(f"nothing came from {where} {allowed}; connect again, or allow more time")
    if isinstance(error, ConnectionResetError):
        return ConnectionLost(f"{where} reset the connection; connect again")
    if isinstance(error, BrokenPipeError):
        return ConnectionLost(f"{where} closed the connection before everything was sent; connect again")
    if error.errno in (errno.EBADF, errno.ENOTCONN):
        return closed(where)
    return ConnectionLost(f"the connection to {where} failed: {_reason(error)}; connect again")


def closed(where: str) -> ConnectionLost:
    """Return the error for a read or write on a stream that is closed."""
    return ConnectionLost(f"the connection to {where} is closed; connect again")


def _unknown_host(error: OSError, host: str) -> str:
    import socket

    if error.errno == socket.EAI_AGAIN:
        return f"the name server did not answer about {host}; check this machine's network and try again"
    return f"the host {host} is unknown; check its spelling"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
