"""The meaning that the list of a server's capabilities has for a client."""

from __future__ import annotations

from collections.abc import Container, Iterable


def upper(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names in upper case: servers may write them in any (RFC 9051 section 9, `capability`)."""
    return tuple(name.upper() for name in names)


def rev2_holds(capabilities: Container[str], enabled: Container[str]) -> bool:
    """Return whether the connection speaks IMAP4rev2: it was enabled, or the server offers nothing older.

    Both arguments hold upper-case names (RFC 9051 section 6.3.1 and appendix E).
    """
    alone = "IMAP4REV2" in capabilities and "IMAP4REV1" not in capabilities
    return "IMAP4REV2" in enabled or alone
