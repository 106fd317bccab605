r"""The check of `\expect tls`: the TLS of the current connection, and the certificate of its server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imapsh.errors import StateError
from imapsh.shell.expectation import Expectation

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.transport.handshake import Handshake

_MOST = 3  # names that a message lists
_LONG = 100  # characters of what was seen
_ORDERS = ("<", "<=", ">", ">=")


def tls(expected: Expectation, app: App) -> tuple[bool, str]:
    """Check one part of the TLS, or that there is TLS.  The connection may be closed already."""
    from imapsh.shell.commands.login.tls import of_stream

    if app.here is None:
        raise StateError("not connected: \\connect opens a connection")
    found, part = of_stream(app.here.stream), expected.name.lower()
    if found is None:
        return False, "the connection does not use TLS"
    if not part:
        return True, f"the connection uses {found.version}"
    seen = _parts(found, part)
    if part == "version" and expected.operator in _ORDERS:
        seen = [text.removeprefix("TLSv") for text in seen]
    if part.endswith("fingerprint"):
        expected = expected._replace(value=expected.value.replace(":", "").lower())
    every = expected.operator in ("!=", "!~")
    known = expected.operator != "" or seen != ["no"]
    holds = bool(seen) and known and (all if every else any)(map(expected.compares, seen))
    shown = ", ".join(seen[:_MOST]) + (f" and {len(seen) - _MOST} more" if len(seen) > _MOST else "")
    text = shown if len(shown) <= _LONG else f"{shown[: _LONG - 3]}..."
    return holds, f"tls {part} was {text or 'unknown'}"


def _parts(found: Handshake, part: str) -> list[str]:
    """Return the values of one of `imapsh.shell.expectation.TLS_FIELDS`, none if it is not known."""
    from imapsh.shell.commands.login.tls import certificates, days_left

    agreed = {
        "version": found.version,
        "cipher": found.cipher,
        "bits": str(found.bits),
        "verified": "yes" if found.verified else "no",
        "binding": found.binding,
        "pinned": found.pinned,
    }
    if part in agreed:
        return [agreed[part]] if agreed[part] else []
    chain = certificates(found)
    if not chain:
        return []
    own = chain[0]
    if part == "names":
        return list(own.names)
    left = days_left(own, time.time())
    value = {
        "expires": "" if left is None else str(left),
        "subject": own.subject,
        "issuer": own.issuer,
        "key": own.key,
        "key-bits": str(own.bits or ""),
        "signature": own.signature,
        "fingerprint": own.fingerprint,
        "key-fingerprint": own.key_fingerprint,
    }[part]
    return [value] if value else []
