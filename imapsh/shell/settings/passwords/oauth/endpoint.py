"""Posts a form to an endpoint of a provider, over TLS, and returns the JSON that comes back, with limits.

A provider may be slow, gone, or something else than it is taken for: each is one sentence.  Nothing is followed that
leads elsewhere, since what is sent is secret.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from imapsh.errors import ConnectError, ConnectionLost, ImapshError, LoginError, TLSError
from imapsh.shell.settings.passwords.oauth import providers
from imapsh.shell.settings.proxies import known, proxied
from imapsh.transport.address import Address
from imapsh.transport.blocking import connect
from imapsh.transport.deadline import Deadline

if TYPE_CHECKING:
    from imapsh.transport.base import Stream

PATIENCE = 30.0
"""Seconds that a request and its answer may take together."""

MOST = 1 << 18
"""Octets that an answer may have, its header among them."""

_PIECE = 1 << 14  # octets that are read at a time


class Unreachable(LoginError):
    """The provider cannot be reached, or did not answer in time; it may answer later."""


def post(name: str, url: str, body: str, seconds: float | None = None, proxy: str = "") -> dict[str, Any]:
    """Return the JSON object that an endpoint of the provider `name` answers to a form (RFC 6749 section 5).

    `proxy` is the value of `--proxy`.

    Raises LoginError, which names the provider and repeats nothing that was sent, and Unreachable.
    """
    seconds = PATIENCE if seconds is None else seconds
    parts = providers.split(url)
    tls = parts.scheme == "https"
    host = parts.hostname or ""
    address = Address("imaps" if tls else "imap", host, parts.port or (443 if tls else 80))
    address = proxied(address, proxy)
    if address.proxy is not None:
        address = address._replace(proxy=known(address.proxy))
    who = f"the provider {name} ({address.where})"
    due = Deadline(seconds)
    try:
        with_stream = connect(address, connect_timeout=seconds)
        try:
            with_stream.limit(due)
            with_stream.write(_request(parts.netloc, parts.path or "/", parts.query, body))
            return _json(who, *_response(who, with_stream))
        finally:
            with_stream.close()
    except TLSError as error:
        raise LoginError(f"no secure connection to {who}: {error}") from None
    except (ConnectError, ConnectionLost, TimeoutError) as error:
        if address.proxy is not None and isinstance(error, ConnectError):
            raise Unreachable(f"{who} cannot be reached: {error}") from None
        raise Unreachable(f"{who} {_why(error, seconds)}; try again later") from None


def _request(netloc: str, path: str, query: str, body: str) -> bytes:
    target = f"{path}?{query}" if query else path
    octets = body.encode("utf-8")
    head = (
        f"POST {target} HTTP/1.1",
        f"Host: {netloc}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(octets)}",
        "Accept: application/json",
        "User-Agent: imapsh",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in head).encode("ascii") + b"\r\n" + octets


class _Octets(io.RawIOBase):
    """What a stream gives, as a file; MOST octets of it."""

    def __init__(self, who: str, stream: Stream) -> None:
        self._who = who
        self._stream = stream
        self._left = MOST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        octets = self._stream.read(min(len(buffer), _PIECE))
        self._left -= len(octets)
        if self._left < 0:
            raise LoginError(f"{self._who} answered with more than {MOST:,} octets, which is no token")
        buffer[: len(octets)] = octets
        return len(octets)


class _Socket:
    """As much of a socket as the standard library's reader of HTTP asks for."""

    def __init__(self, octets: _Octets) -> None:
        self._octets = octets

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._octets)


def _response(who: str, stream: Stream) -> tuple[int, bytes]:
    """Return the status and the body.  Raises LoginError for what is not HTTP."""
    from http.client import HTTPException, HTTPResponse, IncompleteRead

    response = HTTPResponse(_Socket(_Octets(who, stream)), method="POST")  # type: ignore[arg-type]
    try:
        response.begin()
        body = b"".join(iter(lambda: response.read(_PIECE), b""))  # at once, the length it claims would be allocated
        if response.length:
            raise IncompleteRead(body, response.length)
        return response.status, body
    except (HTTPException, ValueError):
        raise LoginError(f"{who} did not answer in HTTP: check the endpoint") from None


def _json(who: str, status: int, body: bytes) -> dict[str, Any]:
    """Return the object, which may be an error of RFC 6749 section 5.2.  Raises LoginError for anything else."""
    if 300 <= status < 400:
        raise LoginError(f"{who} answered with a redirect ({status}), which is not followed: check the endpoint")
    if status == 429 or status >= 500:
        raise Unreachable(f"{who} cannot answer now ({status}); try again later")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        kind = "HTML" if body.lstrip()[:1] == b"<" else "no JSON"
        raise LoginError(f"{who} answered with {kind} ({status}), and not with a token: check the endpoint") from None
    if not isinstance(said, dict) or (status != 200 and not isinstance(said.get("error"), str)):
        raise LoginError(f"{who} answered with JSON that OAuth does not know ({status}): check the endpoint")
    return said


def _why(error: ImapshError | TimeoutError, seconds: float) -> str:
    """Return why there was no answer; the words of the transport are those for a mail server."""
    import socket

    cause = error.__cause__ or error
    if isinstance(cause, TimeoutError):
        return f"did not answer within {seconds:g} s"
    if isinstance(cause, socket.gaierror):
        return "has a host that cannot be found"
    if isinstance(cause, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, ConnectionLost):
        return "closed the connection without an answer"
    return f"cannot be reached ({getattr(cause, 'strerror', None) or 'no connection'})"
