"""The server at the other end of a stream in memory: no socket, no thread."""

from __future__ import annotations

from typing import Protocol

from imapsh.errors import ConnectionLost
from imapsh.server.core import ServerSession
from imapsh.server.store import Store
from imapsh.transport.memory import MemoryStream, attach, pair

WHERE = "the demo server"


class Core(Protocol):
    """A server that turns octets into octets: a ServerSession, or a ScriptedServer."""

    @property
    def closed(self) -> bool:
        """Return whether nothing more comes from it."""

    def receive_data(self, data: bytes, /) -> None:
        """Take octets from the client."""

    def data_to_send(self) -> bytes:
        """Take the octets for the client."""

    def eof(self) -> None:
        """Take in that the client is gone."""


def connect(store: Store) -> MemoryStream:
    """Return a client's end of a new connection to a server over `store`; the greeting waits to be read."""
    client, server = pair(WHERE)
    session = ServerSession(store, on_output=lambda: server.write(session.data_to_send()))
    return _joined(client, server, session)


def join(core: Core) -> MemoryStream:
    """Return the client's end of a stream whose other end is `core`."""
    return _joined(*pair(WHERE), core)


def _joined(client: MemoryStream, server: MemoryStream, core: Core) -> MemoryStream:
    def receive(data: bytes) -> bytes:
        if data:
            core.receive_data(data)
        else:
            core.eof()
        answer = core.data_to_send()
        if core.closed and data:
            try:
                server.write(answer)
            except ConnectionLost:
                pass  # the client closed its end without waiting for an answer
            server.close()
            return b""
        return answer

    server.write(core.data_to_send())
    attach(server, receive)
    return client
