"""Response codes: `[NAME argument]` (RFC 9051 sections 7.1 and 9, resp-text-code).

A code's function reads what is between the name and the `]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapsh.grammar.capability import capability as capability_data
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.sequence import PATTERN, STAR, SequenceSet
from imapsh.grammar.values import AppendUid, CopyUid
from imapsh.hints import Any
from imapsh.patterns import lazy

Reader = Callable[[Cursor], Any]

_TEXT = lazy(r"[^\]\r\n\x00]+")
_BARE_LIST = lazy(r'(?:"[^"\r\n]*"|[^\s()"])+(?: (?:"[^"\r\n]*"|[^\s()"])+)*')
_SET_WRAPPED = lazy(r'[("](?=[\d*])')
_SET_END = lazy(r'[)"]')
_EIGHTH_BIT = lazy(r"[\x80-\xff]")


FREE: set[Reader] = set()  #: readers of arguments that are text, which may contain a secret


def free(reader: Reader) -> Reader:
    """Register that `reader` reads text, in which known secrets are masked (`imapsh.session.freetext`)."""
    FREE.add(reader)
    return reader


def nothing(c: Cursor) -> None:
    """Read no argument."""


def nz_number(c: Cursor) -> int | None:
    """SP nz-number."""
    c.space("resp-text-code")
    return c.number("resp-text-code", nonzero=True)


def capability(c: Cursor) -> tuple[str, ...]:
    """capability-data."""
    return capability_data(c).names


def charsets(c: Cursor) -> tuple[str, ...] | None:
    """[SP "(" charset *(SP charset) ")"]; charset = atom / quoted, in RFC 3501 astring."""
    rule = "resp-text-code"
    if c.peek() != " ":
        return None
    c.space(rule)
    if c.tolerant and c.peek() != "(":
        c.fail(rule, "expected a list in parentheses")
        return _bare_charsets(c)
    c.enter(rule)
    if c.tolerant and c.peek() == ")":
        c.fail(rule, "the list is empty")
        c.leave(rule)
        return ()
    names = [c.astring(rule)]
    while c.peek() not in (")", ""):
        c.space(rule)
        if c.peek() != ")":
            names.append(c.astring(rule))
    c.leave(rule)
    return tuple(names)


def _bare_charsets(c: Cursor) -> tuple[str, ...]:
    """Return the charsets of a list without its parentheses."""
    found = c.take(_BARE_LIST)
    return tuple(word.strip('"') for word in found[0].split()) if found else ()


def append_uid(c: Cursor) -> AppendUid:
    """resp-code-apnd = "APPENDUID" SP nz-number SP append-uid; append-uid is a uid-set after MULTIAPPEND (RFC 4315)."""
    rule = "resp-code-apnd"
    c.space(rule)
    uidvalidity = c.number(rule, nonzero=True)
    c.space(rule)
    return AppendUid(uidvalidity or 0, uid_set(c, rule))


def copy_uid(c: Cursor) -> CopyUid:
    """resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set."""
    rule = "resp-code-copy"
    c.space(rule)
    uidvalidity = c.number(rule, nonzero=True)
    c.space(rule)
    source = uid_set(c, rule)
    if c.peek() not in ("]", ""):
        c.space(rule)
    return CopyUid(uidvalidity or 0, source, uid_set(c, rule))


def _set(c: Cursor, rule: str) -> re.Match[str] | None:
    """Return the match of a set of numbers.  One in parentheses or quotation marks is noted."""
    wrapped = c.take(_SET_WRAPPED) if c.tolerant else None
    if wrapped is not None:
        c.fail(rule, "a set in parentheses or quotation marks", wrapped.start())
    found = c.take(PATTERN)
    if wrapped is not None:
        c.take(_SET_END)
    return found


def uid_set(c: Cursor, rule: str) -> SequenceSet:
    """uid-set, which has no `*`.  An empty one (Outlook.com) is noted."""
    found = _set(c, rule)
    if found is None:
        c.fail(rule, "expected a set of UIDs")
        return SequenceSet()
    if (star := found[0].find("*")) >= 0:
        c.fail(rule, "'*' in a set of UIDs", found.start() + star)
    try:
        uids = SequenceSet.parse(found[0])
    except ValueError as error:
        c.fail(rule, str(error), found.start())
        return SequenceSet()
    return uids if star < 0 else SequenceSet(tuple(pair for pair in uids.ranges if STAR not in pair))


def sequence_set(c: Cursor, rule: str = "sequence-set") -> SequenceSet:
    """sequence-set or uid-set, as a server sends it: without `$`."""
    found = _set(c, rule)
    if found is None:
        raise c.give_up(rule, "expected a set of numbers")
    try:
        return SequenceSet.parse(found[0])
    except ValueError as error:
        c.fail(rule, str(error), found.start())
        return SequenceSet()


@free
def text(c: Cursor) -> Any:
    """SP 1*<any TEXT-CHAR except "]">, kept as text."""
    if c.peek() != " ":
        return None
    c.space("resp-text-code")
    found = c.take(_TEXT)
    if found is None:
        c.fail("resp-text-code", "a space with nothing after it", c.pos - 1)
        return None
    wide = None if c.utf8 else _EIGHTH_BIT.search(found[0])
    if wide is not None:
        c.fail("resp-text-code", "8-bit in the argument of a code", found.start() + wide.start())
    return found[0]
