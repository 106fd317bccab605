"""CAPABILITY, ENABLED and ID (RFC 9051 sections 7.2.1, 7.2.2, 7.3.6)."""

from __future__ import annotations

from imapsh.grammar.cursor import GENERIC, Cursor
from imapsh.grammar.values import Capabilities, Id


def capability_names(c: Cursor, rule: str) -> tuple[str, ...]:
    """*(SP capability), up to the line's end or the `]` of a code.  capability = ("AUTH=" auth-type) / atom."""
    names: list[str] = []
    while c.peek() not in ("", "]"):
        c.space(rule)
        if c.peek() == "]":
            c.fail(rule, "a space with nothing after it", c.pos - 1)
        elif not c.at_end():
            names.append(c.atom(rule) if c.peek() not in ('"', "(", ")", "{") else _no_atom(c, rule))
    return tuple(filter(None, names))


def _no_atom(c: Cursor, rule: str) -> str:
    """A quoted name, or parentheses around names."""
    c.fail(rule, "a capability is an atom")
    value = c.quoted()
    if value is None and c.take(GENERIC) is None:
        c.pos += 1
    return value or ""


def capability(c: Cursor) -> Capabilities:
    """capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev2" *(SP capability); IMAP4rev1 in RFC 3501."""
    names = capability_names(c, "capability-data")
    if not any(name.upper() in ("IMAP4REV1", "IMAP4REV2") for name in names):
        c.fail("capability-data", "neither IMAP4rev1 nor IMAP4rev2 is listed")
    return Capabilities(names)


def enabled(c: Cursor) -> Capabilities:
    """enable-data = "ENABLED" *(SP capability)."""
    names = capability_names(c, "enable-data")
    c.finish("enable-data")
    return Capabilities(names)


def identification(c: Cursor) -> Id:
    """id-response = "ID" SP id-params-list; id-params-list = "(" *(string SP nstring *(SP ...)) ")" / nil."""
    rule = "id-response"
    c.space(rule)
    if c.nil():
        c.finish(rule)
        return Id(None)
    c.enter(rule)
    fields: dict[str, str | None] = {}
    while c.peek() not in (")", ""):
        if fields:
            c.space(rule)
            if c.peek() == ")":
                break
        name = c.string(rule)
        fields[name] = None
        if c.tolerant and c.peek() == ")":
            c.fail(rule, "a field without its value")
            break
        c.space(rule)
        fields[name] = c.nstring(rule)
    c.leave(rule)
    c.finish(rule)
    return Id(fields)
