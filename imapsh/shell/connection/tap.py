"""A tap: listens for clients, and stands between each of them and the server (`imapsh.shell.connection.tapped`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imapsh.errors import TLSError, UsageError
from imapsh.shell.connection.tapped import Tapped, Terms
from imapsh.shell.settings.reasons import in_options
from imapsh.transport.address import Address, parse_address

if TYPE_CHECKING:
    from imapsh.shell.settings.options import Options
    from imapsh.transport.aio import AioStream
    from imapsh.transport.listening import Listener

HERE = "127.0.0.1"  #: where a tap listens if only a port is given

_PORT = re.compile(r"(?:(imaps?)://)?(\d{1,5})")


class Tap:
    """A tap that listens on `address` for clients of a server.

    `terms` are those of all its connections.  `tapped` has the connections that are
    open, by name, and `listener` accepts them, None before that.
    """

    def __init__(self, address: Address, terms: Terms) -> None:
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

    async def _accept(self, client: AioStream) -> None:
        self.accepted += 1
        name = str(self.accepted)
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


def listening(options: Options) -> Address:
    """Return the address that `--tap` names.  Raises UsageError if it cannot be listened on, or is not local."""
    text = options.tap
    port = _PORT.fullmatch(text)
    if port is not None and int(port[2]) < 65536:
        address = Address(port[1] or "imap", HERE, int(port[2]))
    else:
        address = parse_address(text, default_scheme="imap")
    if address.scheme == "exec" or address.tls or address.user or address.auth or address.mailbox:
        raise UsageError("--tap listens on PORT, HOST:PORT, imap://HOST:PORT, imaps://HOST:PORT or unix:PATH")
    if not address.is_local and not options.tap_open:
        raise UsageError(
            f"--tap listens on this machine alone, and {address.host} is not it: other machines could use the server "
            "from here; --tap-open allows that"
        )
    return address
