"""Does `--serve-demo`: serves the built-in demo server on a socket, for any client."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.render.styles import LINE_END, paint
from imapsh.shell.screen import stdio
from imapsh.transport.address import Address, parse_address
from imapsh.transport.tls import TLSOptions

if TYPE_CHECKING:
    from imapsh.shell.settings.options import Options

DEFAULT = "imap://127.0.0.1:1143"


def run(options: Options) -> int:
    """Serve until interrupted.  Raises UsageError, ConnectError or TLSError if the address cannot be served."""
    address = parse_address(options.url or DEFAULT, default_scheme="imap")
    tls = TLSOptions(cert=options.cert, key=options.key or options.cert) if options.cert else None
    if address.scheme == "exec":
        raise UsageError("--serve-demo listens on imap://, imaps:// or unix:, not on exec:")
    if address.tls:
        raise UsageError("--serve-demo speaks TLS on imaps:// alone: leave out imaps+")
    if address.scheme == "imaps" and tls is None:
        raise UsageError("--serve-demo on imaps:// needs a certificate: give --cert and --key")
    asyncio.run(_serve(address, tls))
    return 0


async def _serve(address: Address, tls: TLSOptions | None) -> None:
    from imapsh.server.demo import PASSWORD, USER, demo_store
    from imapsh.server.listen import serve_forever

    def announce(found: Address) -> None:
        said = f"listening on {found.where}; user {USER}, password {PASSWORD}; Ctrl-C ends it"
        stdio.put(paint([("", said), ("", LINE_END)], None))

    # Only the mail that is there at the start is always of the same date.
    await serve_forever(address, demo_store(lambda: datetime.now(UTC)), announce, tls)
