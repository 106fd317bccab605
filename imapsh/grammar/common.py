"""The most frequent responses, read by an expression each: FETCH of FLAGS or of a section, and a plain tagged reply.

For so short a line a cursor costs too much.  The value is the one that the rules read from these octets; the tests
compare the two.  Any other line is left to the rules.
"""

from __future__ import annotations

from functools import lru_cache

from imapsh.grammar.atoms import FLAG
from imapsh.grammar.values import Fetch
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.wire.frames import Part

_FLAGS_LINE = lazy(
    rb"\* ([1-9]\d{0,8}) FETCH \((?:UID ([1-9]\d{0,8}) )?FLAGS \(([^()\r\n]{0,100})\)(?: UID ([1-9]\d{0,8}))?\)\r\n\Z"
)
_SECTION_LINE = lazy(
    rb"\* ([1-9]\d{0,8}) FETCH \((?:UID ([1-9]\d{0,8}) )?(?:FLAGS \(([^()\r\n]{0,100})\) )?"
    rb"(BODY\[(?:|HEADER|TEXT|[1-9]\d{0,3}(?:\.[1-9]\d{0,3}){0,9}(?:\.(?:HEADER|TEXT|MIME))?)\](?:<\d{1,9}>)?) "
    rb"\{\d+\}\r\n\Z"
)
_NUL = 0  # as an octet: looking for a number is ten times as fast
_BEHIND = lazy(rb"(?: UID ([1-9]\d{0,8}))?\)\r\n\Z")
_REPLY_LINE = lazy(rb"([A-Za-z0-9]{1,20}) (OK|NO|BAD) ((?!\[)[\x01-\x09\x0b\x0c\x0e-\x7f]{0,200})\r\n\Z")
_FLAGS = lazy(rf"(?:{FLAG}(?: {FLAG})*+)?\Z")


def flags_line(octets: bytes) -> Fetch | None:
    """Return the value of such a line, or None for any other."""
    found = _FLAGS_LINE.match(octets)
    if found is None:
        return None
    number, before, listed, behind = found.groups()
    flags = _flags(listed)
    if flags is None:
        return None
    items: dict[str, Any] = {"UID": int(before), "FLAGS": flags} if before else {"FLAGS": flags}
    if behind:
        items["UID"] = int(behind)
    return tuple.__new__(Fetch, (int(number), items))  # this takes half the time of calling Fetch


def section_frame(parts: tuple[Part, ...]) -> Fetch | None:
    """Return the value of a FETCH of one section, a literal, with UID and FLAGS or without; None for any other."""
    line, literal, behind = parts
    found = _SECTION_LINE.match(line)  # type: ignore[arg-type] # the first and the last part are lines
    if found is None:
        return None
    end = _BEHIND.match(behind)  # type: ignore[arg-type]
    if end is None or (isinstance(literal, bytes) and _NUL in literal):
        return None
    number, before, listed, name = found.groups()
    items: dict[str, Any] = {"UID": int(before)} if before is not None else {}
    if listed is not None:
        flags = _flags(listed)
        if flags is None:
            return None
        items["FLAGS"] = flags
    items[name.decode("latin-1")] = literal
    if end[1] is not None:
        items["UID"] = int(end[1])
    return tuple.__new__(Fetch, (int(number), items))


def reply_line(octets: bytes) -> tuple[str, str, str] | None:
    """Return the tag, the status word and the text of such a tagged reply, or None for any other line."""
    found = _REPLY_LINE.match(octets)
    if found is None:
        return None
    tag, name, text = found.groups()
    return tag.decode("latin-1"), name.decode("latin-1"), text.decode("latin-1")


@lru_cache(maxsize=1024)
def _flags(listed: bytes) -> tuple[str, ...] | None:
    """Return the flags between the parentheses, or None if one is not a flag.

    They are cached, because a mailbox has few different sets of flags.
    """
    text = listed.decode("latin-1")
    return tuple(text.split()) if _FLAGS.match(text) else None
