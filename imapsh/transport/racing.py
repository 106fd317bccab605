"""Happy Eyeballs: connects to the addresses of a host side by side, a little later each (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
from itertools import chain, zip_longest

from imapsh.transport.resolving import Place

LATER = 0.25  #: seconds before the next address is tried beside the first (RFC 8305 section 8)


async def race(places: list[Place]) -> socket.socket:
    """Return a socket that is connected to the first place that accepts.  Raises OSError, the first, if none does."""
    waiting, running = _in_turn(places), set[asyncio.Task[socket.socket]]()
    failed: list[BaseException] = []
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect(waiting.pop(0))))
            done, running = await asyncio.wait(
                running, timeout=LATER if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                if (error := task.exception()) is None:
                    running |= done - {task}
                    return task.result()
                failed.append(error)
        raise failed[0] if failed else OSError("the name has no address")
    finally:
        await _stop(running)


def _in_turn(places: list[Place]) -> list[Place]:
    """Return the places with the families by turns (RFC 8305 section 4)."""
    first = [place for place in places if place[0] == places[0][0]]
    others = [place for place in places if place[0] != places[0][0]]
    return [place for place in chain.from_iterable(zip_longest(first, others)) if place is not None]


async def _connect(place: Place) -> socket.socket:
    sock = socket.socket(*place[:3])
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, place[4])
    except BaseException:
        sock.close()
        raise
    return sock


async def _stop(tasks: set[asyncio.Task[socket.socket]]) -> None:
    """End the attempts that came too late."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, socket.socket):
            outcome.close()
