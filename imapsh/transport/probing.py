"""Tries whether the addresses of a host accept a connection, all at once.  Nothing is sent on any of them."""

from __future__ import annotations

import errno
import socket
import time
from selectors import EVENT_WRITE, DefaultSelector

from imapsh.transport.resolving import Place
from imapsh.tuples import NamedTuple


class Probe(NamedTuple):
    """An address in numbers, its port, and how long it took to connect; `error` says why it could not, or is None."""

    host: str
    port: int
    seconds: float
    error: OSError | None = None


def probe(places: list[Place], seconds: float) -> list[Probe]:
    """Connect to all places side by side, close the connections, and return what became of each, in their order.

    A place that does not answer within `seconds` has a TimeoutError.  Raises nothing of the network's.
    """
    found: dict[int, Probe] = {}
    begun = time.monotonic()
    with DefaultSelector() as waiting:
        try:
            for number, place in enumerate(places):
                _begin(number, place, waiting, found)
            while waiting.get_map() and (left := seconds - (time.monotonic() - begun)) > 0:
                for key, _ in waiting.select(left):
                    sock: socket.socket = key.fileobj  # type: ignore[assignment]
                    waiting.unregister(sock)
                    number, moment = key.data
                    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    error = OSError(code, errno.errorcode.get(code, "")) if code else None
                    found[number] = _probe(places[number], moment, error)
                    sock.close()
        finally:
            for key in list(waiting.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
    silent = TimeoutError("it did not answer")
    return [found.get(number) or _probe(place, begun, silent) for number, place in enumerate(places)]


def _begin(number: int, place: Place, waiting: DefaultSelector, found: dict[int, Probe]) -> None:
    begun = time.monotonic()
    try:
        sock = socket.socket(*place[:3])
        sock.setblocking(False)
        code = sock.connect_ex(place[4])
    except OSError as error:
        found[number] = _probe(place, begun, error)
        return
    if code in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
        waiting.register(sock, EVENT_WRITE, (number, begun))
    else:
        sock.close()
        found[number] = _probe(place, begun, OSError(code, errno.errorcode.get(code, "")))


def _probe(place: Place, begun: float, error: OSError | None) -> Probe:
    return Probe(place[4][0], place[4][1], time.monotonic() - begun, error)
