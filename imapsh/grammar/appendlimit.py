"""STATUS APPENDLIMIT (RFC 7889 section 5)."""

from __future__ import annotations

from imapsh.findings import define
from imapsh.grammar.capability import number_argument
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.values import Octets

define("RFC 7889 §5", {"appendlimit-capability": "APPENDLIMIT, alone or with = and a number"})


def capability(c: Cursor) -> None:
    """capability =/ "APPENDLIMIT" ["=" number]."""
    number_argument(c, "appendlimit-capability")


def limit(c: Cursor) -> Octets | None:
    """status-att-val =/ "APPENDLIMIT" SP (number / nil): None for no limit, 0 if nothing can be appended at all."""
    return None if c.nil() else Octets(c.number("status-att-list") or 0)
