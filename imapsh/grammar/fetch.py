"""FETCH and its items (RFC 9051 section 7.5.2; msg-att in section 9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from imapsh.grammar.cursor import ASTRING_ATOM, Cursor, Mismatch
from imapsh.grammar.mailboxes import flag_list
from imapsh.grammar.values import Fetch
from imapsh.wire.frames import Part

ItemReader = Callable[[Cursor], Any]

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_COMMON_ITEMS = re.compile(r"(UID|RFC822\.SIZE) ([1-9]\d{0,8})(?=[ )])")
#: date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
_DATE_TIME = re.compile(
    r'"((?: [1-9]|[0-3]\d)-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"',
    re.IGNORECASE,
)
_FETCH_FLAG = re.compile(r"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
_SECTION = re.compile(
    r"\[(?:|(?:[1-9]\d*(?:\.[1-9]\d*)*\.)?(?:HEADER|TEXT)|[1-9]\d*(?:\.[1-9]\d*)*(?:\.MIME)?)\](?:<\d+>)?",
    re.IGNORECASE,
)
_FIELDS = re.compile(r"\[((?:[1-9]\d*(?:\.[1-9]\d*)*\.)?HEADER\.FIELDS(?:\.NOT)?) \(", re.IGNORECASE)
_CLOSING = re.compile(r"\)\](?:<\d+>)?")
_LOOSE_SECTION = re.compile(r"\[[^\]\r\n]*\](?:<[^>\r\n]*>)?")


def fetch(c: Cursor, number: int, items: Mapping[str, ItemReader]) -> Fetch:
    """message-data = nz-number SP "FETCH" SP msg-att; msg-att = "(" item *(SP item) ")".

    `items`: upper-case name (with `[` where a section follows) -> what reads its value.
    """
    rule = "msg-att"
    if not number:
        c.fail("message-data", "there is no message number 0", 2)
    c.space(rule)
    c.enter(rule)
    values: dict[str, Any] = {}
    depth = c.depth
    while c.peek() not in (")", ""):
        if values or c.peek() in (" ", "\r"):
            c.space(rule)
            if c.peek() in (")", ""):
                break
        try:
            _item(c, items, values)
        except Mismatch as mismatch:
            if not c.tolerant:
                raise
            c.fail(mismatch.rule, mismatch.message, mismatch.at)
            _next_item(c, items, mismatch.at)
            c.depth = depth
            values.setdefault("", None)
    values.pop("", None)
    if not values:
        c.fail(rule, "no items")
    c.leave(rule)
    return Fetch(number, values)


def _item(c: Cursor, items: Mapping[str, ItemReader], values: dict[str, Any]) -> None:
    common = c.take(_COMMON_ITEMS)
    if common is not None:
        values[common[1]] = int(common[2])
        return
    name = c.atom("msg-att", _NAME).upper() if not c.tolerant else _name(c)
    key = name
    if c.peek() == "[":
        name, key = name + "[", name + _section(c)
    reader = items.get(name)
    if reader is None and name.endswith("["):
        reader = items.get("BODY[")
    c.space("msg-att")
    values[key] = c.value("msg-att") if reader is None else reader(c)


def _name(c: Cursor) -> str:
    found = c.take(_NAME)
    if found is None:
        raise c.give_up("msg-att", "the name of an item is due")
    return found[0].upper()


def _next_item(c: Cursor, items: Mapping[str, ItemReader], at: int) -> None:
    """After a fault at `at`: go to the next known item, else to the closing parenthesis."""
    names = "|".join(re.escape(name.rstrip("[")) for name in items)
    found = re.compile(rf" (?={names})[A-Z0-9.]+(?:\[[^\]]*\]\S*)? [^ )]", re.IGNORECASE).search(c.text, at, c.end)
    while found is not None and found[0].split("[")[0].split()[0].upper() not in {n.rstrip("[") for n in items}:
        found = re.compile(rf" (?={names})[A-Z0-9.]+(?:\[[^\]]*\]\S*)? [^ )]", re.IGNORECASE).search(
            c.text, found.end() - 1, c.end
        )
    if found is not None:
        c.pos = found.start()
        return
    stop = c.end
    while stop > at and c.text[stop - 1] != ")":
        stop -= 1
    c.pos = stop - 1 if stop > at else c.end


def _section(c: Cursor) -> str:
    """section ["<" number ">"], in upper case; header names may be quoted or literals."""
    plain = c.take(_SECTION)
    if plain is not None:
        return plain[0].upper()
    fields = c.take(_FIELDS)
    if fields is None:
        loose = c.take(_LOOSE_SECTION)
        if loose is None:
            raise c.give_up("section", "a section is due")
        c.fail("section", "no section is written like this", loose.start() + 1)
        return loose[0].upper()
    names = [_header_name(c)]
    while c.peek() == " ":
        c.space("section")
        if c.peek() != ")":
            names.append(_header_name(c))
    closing = c.take(_CLOSING)
    if closing is None:
        raise c.give_up("section", "')]' is due")
    return f"[{fields[1]} ({' '.join(names)}{closing[0]}".upper()


def _header_name(c: Cursor) -> str:
    """header-fld-name = astring, as it was written."""
    start = c.pos
    atom = c.take(ASTRING_ATOM) if c.peek() not in ('"', "{") else None
    if atom is not None:
        return atom[0]
    name = c.string("section")
    return c.text[start : c.pos] if c.text[start] == '"' else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def flags(c: Cursor) -> tuple[str, ...]:
    """ "(" [flag-fetch *(SP flag-fetch)] ")"; flag-fetch = flag / obsolete-flag-recent."""
    return flag_list(c, "flag-list", _FETCH_FLAG)


def uid(c: Cursor) -> int | None:
    """uniqueid = nz-number."""
    return c.number("msg-att-static", nonzero=True)


def size(c: Cursor) -> int | None:
    """number, in RFC 9051 number64."""
    return c.number("msg-att-static", bits=63)


def modseq(c: Cursor) -> int | None:
    """fetch-mod-resp = "(" permsg-modsequence ")" (RFC 7162 section 7)."""
    c.enter("msg-att-static")
    value = c.number("msg-att-static", bits=63)
    c.leave("msg-att-static")
    return value


def internaldate(c: Cursor) -> str | None:
    """date-time, as it stands between the quotation marks."""
    found = c.take(_DATE_TIME)
    if found is not None:
        return found[1]
    c.fail("date-time", "no date-time is written like this", c.pos + (c.peek() == '"'))
    return c.nstring("date-time")


def nstring_data(c: Cursor) -> Part | None:
    """nstring, as octets."""
    start = c.pos
    found = c.octets("nstring")
    if c.text[start : start + 1] == "~":
        c.fail("literal8", "literal8 is for BINARY only", start)
    return found


section_data = nstring_data


def binary_data(c: Cursor) -> Part | None:
    """nstring / literal8 (RFC 3516)."""
    return c.octets("nstring")


def binary_size(c: Cursor) -> int | None:
    """number (RFC 3516)."""
    return c.number("msg-att-static")
