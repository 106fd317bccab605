"""Waits on a port of this machine for the browser that brings back what a provider said (RFC 8252 section 7.3).

One answer with our state is taken, then nothing listens any more.  Others on this machine can connect too, so nothing
here waits for anybody: each connection has a limit, and the oldest goes if there are too many.
"""

from __future__ import annotations

import hmac
import re
import socket
from contextlib import suppress
from types import TracebackType
from urllib.parse import parse_qs

from imapsh.errors import LoginError

MOST = 16
"""Connections at a time; a browser opens some that it does not use."""

LONGEST = 1 << 14
"""Octets of a request, up to the end of its header."""

_LINE = re.compile(rb"GET /\?(\S{1,8192}) HTTP/1\.[01]\r\n")
_HEAD = (
    "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n"
    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\n\r\n"
)
_PAGE = "<!DOCTYPE html><title>imapsh</title><p>{text}\n"


class Redirect:
    """A port on loopback that waits for the answer with the state `state`; use it in `with`.

    Raises LoginError if no port can be opened.
    """

    def __init__(self, host: str) -> None:
        try:
            self._listener = socket.create_server(("127.0.0.1", 0), backlog=MOST)
        except OSError as error:
            raise LoginError(f"no port can be opened for the browser: {error.strerror}") from None
        self._listener.setblocking(False)
        self._heard: dict[socket.socket, bytearray] = {}
        self.port: int = self._listener.getsockname()[1]
        self.uri = f"http://{host}:{self.port}"

    def __enter__(self) -> Redirect:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sock in (*self._heard, self._listener):
            sock.close()

    def poll(self, state: str) -> str | None:
        """Return the query that came with our state, or None if there is none yet.  It waits for nothing."""
        self._accept()
        for sock in tuple(self._heard):
            query = self._read(sock, state)
            if query is not None:
                return query
        return None

    def _accept(self) -> None:
        with suppress(OSError):  # nobody waits any more
            while True:
                sock, _ = self._listener.accept()
                sock.setblocking(False)
                self._heard[sock] = bytearray()
                if len(self._heard) > MOST:
                    self._drop(next(iter(self._heard)))

    def _drop(self, sock: socket.socket) -> None:
        del self._heard[sock]
        sock.close()

    def _read(self, sock: socket.socket, state: str) -> str | None:
        heard = self._heard[sock]
        try:
            octets = sock.recv(LONGEST)
        except BlockingIOError:
            return None
        except OSError:
            octets = b""
        heard += octets
        if b"\r\n\r\n" not in heard:
            if not octets or len(heard) > LONGEST:
                self._drop(sock)
            return None
        query = _query(bytes(heard), state)
        if query is None:
            self._answer(sock, "404 Not Found", "This is not what imapsh waits for.")
        else:
            self._answer(sock, "200 OK", "imapsh has its answer.  You can close this page.")
        self._drop(sock)
        return query

    def _answer(self, sock: socket.socket, status: str, text: str) -> None:
        page = _PAGE.format(text=text)
        with suppress(OSError):
            sock.sendall((_HEAD.format(status=status, length=len(page)) + page).encode("ascii"))
            sock.shutdown(socket.SHUT_WR)


def _query(request: bytes, state: str) -> str | None:
    """Return the query of a request that has our state, once; None for any other."""
    found = _LINE.match(request)
    if found is None or not found[1].isascii():
        return None
    query = found[1].decode("ascii")
    try:
        states = parse_qs(query, keep_blank_values=True, max_num_fields=32).get("state", [])
    except ValueError:
        return None
    if len(states) != 1 or not hmac.compare_digest(states[0].encode("utf-8"), state.encode("ascii")):
        return None
    return query
