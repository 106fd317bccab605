"""The fragments of a command that is sent: octets, and literals to announce (RFC 9051 section 4.3, RFC 7888)."""

from __future__ import annotations

from imapsh.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Literal(NamedTuple):
    """A literal to be sent.

    `data` are its octets, or a function that yields them.  `octets` is their number.  `binary` says that it is a
    literal8.  If `secret` is true, it is never shown.  If `waits` is true, its octets wait for the server's `+`, even
    if `{n+}` is allowed.
    """

    data: Any
    octets: int
    binary: bool = False
    secret: bool = False
    waits: bool = False


Fragment = bytes | Literal


def announce(literal: Literal, plus: bool = False) -> bytes:
    """Return the announcement `{n}`, `{n+}`, `~{n}` or `~{n+}` with its CRLF."""
    return f"{'~' if literal.binary else ''}{{{literal.octets}{'+' if plus else ''}}}\r\n".encode("ascii")
