"""STATUS APPENDLIMIT (RFC 7889 section 5)."""

from __future__ import annotations

from imapsh.grammar.cursor import Cursor
from imapsh.grammar.values import Octets


def limit(c: Cursor) -> Octets | None:
    """status-att-val =/ "APPENDLIMIT" SP (number / nil): None for no limit, 0 if nothing can be appended at all."""
    return None if c.nil() else Octets(c.number("status-att-list") or 0)
