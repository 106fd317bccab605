"""CAPABILITY, ENABLED and ID (RFC 9051 sections 7.2.1, 7.2.2, 7.3.6)."""

from __future__ import annotations

from imapsh.grammar.atoms import WORD
from imapsh.grammar.cursor import GENERIC, Cursor, Mismatch
from imapsh.grammar.values import Capabilities, Id
from imapsh.patterns import lazy

#: names up to one that is none: all at once, because there may be a million
_NAMES = lazy(rf"(?: {WORD}(?=[ \]]|\Z))++")
_MISSING = ("= ", "=]", "=\r", "=\n")  # marks of an argument that is missing
_NO_NUMBER = lazy(r"(?:LIMIT|LEVEL)=(?![1-9]\d{0,8}(?:[ \]\r\n]|\Z))")


def _is_doubtful(names: str) -> bool:
    """Return whether an argument may be wrong: it is missing, or it is not a number after a name that takes one.

    A greeting is read at each start, and most need no expression for this.
    """
    upper = names.upper()
    if names[-1:] == "=" or any(mark in names for mark in _MISSING):
        return True
    return ("LIMIT=" in upper or "LEVEL=" in upper) and _NO_NUMBER.search(upper) is not None


def capability_names(c: Cursor, rule: str) -> tuple[str, ...]:
    """*(SP capability), up to the line's end or the `]` of a code.  capability = ("AUTH=" auth-type) / atom.

    The readers of the kind "capability" read the arguments only if one is doubtful, because a greeting is read at each
    start.
    """
    names: list[str] = []
    stop = c.text.find("]", c.pos, c.end)
    doubtful = _is_doubtful(c.text[c.pos : c.end if stop < 0 else stop + 1])
    while c.peek() not in ("", "]"):
        if not doubtful and (found := c.take(_NAMES)) is not None:
            names.extend(found[0][1:].split(" "))
            continue
        c.space(rule)
        if c.peek() == "]":
            c.fail(rule, "a space with nothing after it", c.pos - 1)
        elif not c.at_end():
            start = c.pos
            names.append(c.atom(rule) if c.peek() not in ('"', "(", ")", "{") else _no_atom(c, rule))
            if doubtful:
                _argument(c, start)
    return tuple(filter(None, names))


def _argument(c: Cursor, start: int) -> None:
    """Read what follows the `=` of the capability that begins at `start` and ends here."""
    stop, end = c.pos, c.end
    head, mark, _ = c.text[start:stop].partition("=")
    reader = c.readers("capability").get(head.upper() + mark) if mark else None
    if reader is None:
        return
    c.pos, c.end = start + len(head) + 1, stop
    try:
        reader(c)
    except Mismatch as mismatch:
        c.mend(mismatch)
    finally:
        c.pos, c.end = stop, end


def argument(c: Cursor, rule: str) -> None:
    """Check that there is an argument, whatever it is.

    Nothing is asked of the argument of a name that no family reads, such as AUTH=, because the whole is an atom.
    """
    if c.at_end():
        c.fail(rule, "nothing after the '='")


def number_argument(c: Cursor, rule: str, *, nonzero: bool = False) -> None:
    """number / nz-number, and nothing after it."""
    c.number(rule, nonzero=nonzero)
    c.finish(rule)


def _no_atom(c: Cursor, rule: str) -> str:
    """Note that a capability is not an atom, and return the name if it is quoted, else ""."""
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
