"""SAVEDATE (RFC 8514 section 5)."""

from __future__ import annotations

from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import internaldate


def save_date(c: Cursor) -> str | None:
    """msg-att-static =/ "SAVEDATE" SP (date-time / nil)."""
    return None if c.nil() else internaldate(c)
