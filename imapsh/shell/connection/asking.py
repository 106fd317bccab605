"""Commands that the shell sends for itself, and the values that they bring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from imapsh.session.events import Received
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Within

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange, Sendable
    from imapsh.shell.connection.steps import Steps


def asked(
    connection: Connection, why: str, name: str, fragments: Iterable[Sendable]
) -> Steps[tuple[Exchange, list[Any]]]:  # fmt: skip
    """Run a command unseen on any connection, and return its exchange and the values of the responses that answer it.

    Raises what `Session.command` does.
    """
    values: list[Any] = []

    def take(event: Received) -> None:
        values.append(event.response.value)

    exchange = connection.quietly(name, fragments, Own(why, take))
    yield Within(connection, exchange)
    return exchange, values
