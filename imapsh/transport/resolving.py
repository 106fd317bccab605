"""Finds the addresses of a host.

The system's resolver cannot be interrupted, and its own time-outs add up to half a minute.  So a thread asks it that
nobody has to wait for, neither a time-out nor Ctrl-C nor the end of the process.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from imapsh.hints import Any

Place = tuple[int, int, int, str, tuple[Any, ...]]
"""Family, type, protocol, canonical name and address, as `socket.getaddrinfo` gives them."""

Outcome = list[Place] | Exception


def literal(host: str, port: int) -> list[Place]:
    """Return the place of an address in numbers, for which nobody is asked; empty for a name."""
    for family, where in ((socket.AF_INET, (host, port)), (socket.AF_INET6, (host, port, 0, 0))):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)]
    return []


def ask(host: str, port: int, tell: Callable[[Outcome], None]) -> None:
    """Ask for the places of a host in a thread, which hands them, or the error, to `tell`."""
    from threading import Thread

    def look_up() -> None:
        try:
            # As octets, a name does not load the idna codec.
            name = host.encode("ascii") if host.isascii() else host
            tell(list(socket.getaddrinfo(name, port, 0, socket.SOCK_STREAM)))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            tell(error)

    Thread(target=look_up, daemon=True).start()


def resolve(host: str, port: int, seconds: float | None) -> list[Place]:
    """Return the places of a host, within so many seconds.  Raises OSError, and `socket.gaierror` if none answers."""
    if places := literal(host, port):
        return places
    from threading import Event

    done, found = Event(), list[Outcome]()

    def tell(outcome: Outcome) -> None:
        found.append(outcome)
        done.set()

    ask(host, port, tell)
    if not done.wait(seconds):
        raise silent()
    return settled(found[0])


def settled(outcome: Outcome) -> list[Place]:
    """Return the places of an outcome, or raise its error."""
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def silent() -> socket.gaierror:
    """Return the error for name servers that do not answer in time."""
    return socket.gaierror(socket.EAI_AGAIN, "no name server answered in time")
