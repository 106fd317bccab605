"""What a command is made of on its way out: octets, and literals to announce (RFC 9051 section 4.3, RFC 7888)."""

from __future__ import annotations

from typing import Any

from imapsh.tuples import NamedTuple


class Literal(NamedTuple):
    """A literal to be sent: its octets, or a function that yields them, their number, whether it is a literal8.

    `secret`: it is never shown.  `waits`: its octets wait for the server's `+`, even where `{n+}` is allowed.
    """

    data: Any
    octets: int
    binary: bool = False
    secret: bool = False
    waits: bool = False


Fragment = bytes | Literal


def announce(literal: Literal, plus: bool = False) -> bytes:
    """`{n}`, `{n+}`, `~{n}` or `~{n+}` with its CRLF."""
    return f"{'~' if literal.binary else ''}{{{literal.octets}{'+' if plus else ''}}}\r\n".encode("ascii")
