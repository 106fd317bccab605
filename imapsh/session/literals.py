"""Decides when a literal may be sent without waiting for the server's `+`."""

from __future__ import annotations

from collections.abc import Callable, Container

SHORT = 4096
"""Octets of the longest literal that LITERAL- lets go without waiting (RFC 7888 section 5)."""


def plus_allowed(capabilities: Container[str], rev2: bool) -> Callable[[int, bool], bool]:
    """Return a function that says if a literal may be announced as `{n+}` or `~{n+}` (RFC 7888 sections 4 to 6).

    The function takes the number of octets, and whether the literal is a literal8.  `capabilities` are in upper case.
    """
    everything = "LITERAL+" in capabilities
    short = everything or rev2 or "LITERAL-" in capabilities
    binary8 = rev2 or "BINARY" in capabilities

    def plus(octets: int, binary: bool) -> bool:
        return (everything or (short and octets <= SHORT)) and (binary8 or not binary)

    return plus
