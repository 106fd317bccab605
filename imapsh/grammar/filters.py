"""The code UNDEFINED-FILTER (RFC 5466 section 4)."""

from __future__ import annotations

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor

define("RFC 5466 §4", {"filter-name": "an atom without '/'"})


def undefined(c: Cursor) -> str:
    """resp-text-code =/ "UNDEFINED-FILTER" SP filter-name."""
    rule = "filter-name"
    c.space(rule)
    start = c.pos
    name = c.atom(rule)
    if "/" in name:
        c.fail(rule, "a '/', which a filter's name cannot contain", start + name.index("/"))
    return name
