"""Says in one sentence that a server does not greet, or not as an IMAP server does, whoever drives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from imapsh.errors import ConnectionTimeout, GreetingError
from imapsh.hints import TYPE_CHECKING
from imapsh.session.opening import check_greeting

if TYPE_CHECKING:
    from imapsh.shell.connection.connection import Connection


def silent(connection: Connection) -> ConnectionTimeout:
    """Return the error for a server that is connected and says nothing."""
    plan = connection.plan
    also = "" if connection.session.secure else "; if it speaks TLS from the first octet, use imaps://"
    return ConnectionTimeout(f"no greeting came from {plan.where} within {plan.connect_timeout:g} s{also}")


@contextmanager
def checked(connection: Connection) -> Iterator[None]:
    """Turn the end of a connection that has not greeted into what its first octets tell of the peer.

    Octets that are no line say more by what they are than by not being a line.  Raises GreetingError.
    """
    try:
        yield
    except GreetingError:
        greeting = connection.session.greeting
        first = connection.first.response if connection.first is not None else None
        check_greeting(greeting or first, connection.plan.where)
        raise
