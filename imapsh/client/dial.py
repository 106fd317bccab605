"""Connections that are made when they are needed: what the pool and the watcher have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from imapsh.client.connect import Connection, Options, connect
from imapsh.client.login import Password

if TYPE_CHECKING:
    from imapsh.transport.tls import TLSOptions


class ConnectOptions(Options, total=False):
    """The options of `connect`, with the same names and meanings."""

    password: Password | None
    token: Password | None
    mechanism: str
    authorize: str
    proxyauth: str
    tls: TLSOptions | None
    starttls: bool
    connect_timeout: float | None
    proxy: str


Dial = Callable[[], Awaitable[Connection]]
"""A function that makes a connection and logs in."""


def dialler(url: str, options: ConnectOptions) -> Dial:
    """Return the function that connects to `url` as `connect` does.  Raises UsageError for an invalid URL."""
    connect(url, **options)  # it looks at the URL, and does nothing until it is awaited

    async def dial() -> Connection:
        return await connect(url, **options)

    return dial
