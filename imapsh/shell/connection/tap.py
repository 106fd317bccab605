"""A tap: listens for clients, and stands between each of them and the server (`imapsh.shell.connection.tapped`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh.errors import TLSError, UsageError
from imapsh.shell.connection.background import BackgroundDial
from imapsh.shell.connection.tapped import Tapped, Terms
from imapsh.shell.settings.reasons import in_options
from imapsh.transport.address import Address, parse_address
from imapsh.transport.aio import adopt
from imapsh.transport.blocking import BlockingStream

if TYPE_CHECKING:
    import asyncio

    from imapsh.server.store import Store
    from imapsh.shell.connection.dial import Plan
    from imapsh.transport.aio import AioStream
    from imapsh.transport.listening import Listener

THRESHOLD = 1 << 20  #: octets; a larger literal is counted and hashed as it passes, and not kept in memory

HERE = "127.0.0.1"  #: where a tap listens if only a port is given

_PORT = re.compile(r"(?:(imaps?)://)?(\d{1,5})")


class Tap:
    """A tap that listens on `address` for clients of a server.

    `terms` are those of all its connections.  `tapped` has the connections that are open, by name, and `listener`
    accepts them, None before that.  Connections are numbered; if there may be other taps, the name of this one (`name`)
    is before the number.
    """

    def __init__(self, address: Address, terms: Terms, *, alone: bool = True) -> None:
        self._alone = alone
        self.address = address
        self.terms = terms._replace(implicit=address.speaks_tls)
        self.tapped: dict[str, Tapped] = {}
        self.accepted = 0
        self.listener: Listener | None = None

    async def open(self) -> None:
        """Begin to listen.

        Raises ConnectError if the address cannot be had, TLSError if it needs a certificate and there is none.
        """
        from imapsh.transport.listening import listen
        from imapsh.transport.tls import make_context

        # A connection's own TLS is begun by the connection, which knows how to say what becomes of it.
        plain = self.address._replace(scheme="imap") if self.address.scheme == "imaps" else self.address
        if self.address.speaks_tls:
            make_context(self.terms.papers.tls(), server_side=True)  # so that a wrong file is told now
        self.listener = await listen(plain, self._accept)
        self.address = self.address._replace(port=self.listener.address.port)

    async def close(self) -> None:
        """End all connections, and listen no more."""
        if self.listener is not None:
            await self.listener.close()

    @property
    def name(self) -> str:
        """Return the name of the tap: its port."""
        return str(self.address.port) if self.address.scheme != "unix" else self.address.path.rpartition("/")[2]

    async def _accept(self, client: AioStream) -> None:
        self.accepted += 1
        name = str(self.accepted) if self._alone else f"{self.name}.{self.accepted}"
        self.tapped[name] = tapped = Tapped(name, client, self.terms)
        try:
            await tapped.run()
        except Exception as error:  # noqa: BLE001 - it would vanish with the task
            self.terms.watcher.failed(error)
        finally:
            del self.tapped[name]

    def warnings(self) -> list[str]:
        """Return what a person must know before clients come: what the tap changes, and what it does not protect."""
        there, here = self.terms.plan.address, self.address
        told: list[str] = []
        if there.speaks_tls and not here.speaks_tls:
            told.append("clients speak plain text to the tap, which goes on over TLS: passwords can be read before it")
        if here.speaks_tls and not (there.speaks_tls or self.terms.plan.demo):
            told.append("clients speak TLS to the tap, which goes on in plain text")
        if self.terms.plan.pinned and not there.speaks_tls:
            told.append("the pin is compared when a client asks for STARTTLS; without that, no certificate is seen")
        if not here.is_local:
            told.append("other machines can connect, and use the server from here")
        if here.speaks_tls or not (there.speaks_tls or self.terms.plan.demo):
            told.append(self._tls_warning())
        return told

    def _tls_warning(self) -> str:
        what = "TLS" if self.address.speaks_tls else "STARTTLS"
        try:
            self.terms.papers.tls()
        except TLSError as error:
            return f"a client that asks for {what} is refused: {in_options(error)}"
        return (
            f"the tap ends {what} itself, so that clients see its certificate ({self.terms.papers.trust}), and logins "
            "that are bound to TLS (channel binding: SCRAM-...-PLUS) fail"
        )


class Servers:
    """Reaches the server of a tap for each of its clients; `demo` has the mail of the demo."""

    def __init__(self, demo: Callable[[], Store]) -> None:
        self._demo = demo
        self._serving: set[asyncio.Task[None]] = set()  # the demo's servers; a task that nobody holds may vanish

    async def reach(self, plan: Plan) -> AioStream:
        """Return a new connection.  Raises ConnectError or TLSError."""
        if plan.demo:
            from imapsh.server.listen import connect

            stream, serving = await connect(self._demo())
            self._serving.add(serving)
            serving.add_done_callback(self._serving.discard)
            return stream
        blocking, _ = await BackgroundDial(plan).wait()
        assert isinstance(blocking, BlockingStream)
        stream = await adopt(blocking)
        stream.settimeout(None)  # how long a server may be silent is the client's affair
        return stream


def listening(text: str, *, everywhere: bool = False, what: str = "--tap") -> Address:
    """Return the address that a tap is to listen on.

    Raises UsageError, which begins with `what`, if that is no address, or not of this machine and not `everywhere`.
    """
    port = _PORT.fullmatch(text)
    if text.isascii() and text.isdecimal() and (port is None or int(text) > 65535):
        raise UsageError(f"{what} cannot listen on the port {text}: ports are 1 to 65535")
    if port is not None and int(port[2]) < 65536:
        address = Address(port[1] or "imap", HERE, int(port[2]))
    else:
        address = parse_address(text, default_scheme="imap")
    if address.scheme == "exec" or address.tls or address.user or address.auth or address.mailbox:
        raise UsageError(f"{what} listens on PORT, HOST:PORT, imap://HOST:PORT, imaps://HOST:PORT or unix:PATH")
    if not address.is_local and not everywhere:
        raise UsageError(
            f"{what} listens on this machine alone, and {address.host} is not it: other machines could use the server "
            "from here; imapsh --tap with --tap-open allows that"
        )
    return address
