"""FETCH and its items (RFC 9051 section 7.5.2; msg-att in section 9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from imapsh.grammar.atoms import ASTRING_ATOM, FLAG
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.mailboxes import flag_list, split_flags
from imapsh.grammar.values import DateTime, Fetch
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.wire.frames import Part

ItemReader = Callable[[Cursor], Any]

_NAME = lazy(r"[A-Za-z][A-Za-z0-9._-]*")
_BRACKET = lazy(r"[\[<{]")
#: date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
MOMENT = r"(?: \d|\d\d)-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4} \d\d:\d\d:\d\d [+-]\d{4}"
_DATE_TIME = lazy(f'"({MOMENT})"', re.IGNORECASE)
#: the items that most FETCH responses have, whole; or the name of another without a section, up to its value
_COMMON = lazy(
    rf"(UID|RFC822\.SIZE) ([1-9]\d{{0,8}}+)(?=[ )])|FLAGS \(((?:{FLAG}(?: {FLAG})*+)?)\)|"
    rf'INTERNALDATE "({MOMENT})"|([A-Z][A-Z0-9.]*+) (?=[^ )])'
)
#: the same, piece by piece, to find the place where another form departs from it
_DATE_PIECES = tuple(
    lazy(piece, re.IGNORECASE)
    for piece in (
        '"', r"[ \d]", r"\d", "-", "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", "-", *[r"\d"] * 4, " ",
        r"\d", r"\d", ":", r"\d", r"\d", ":", r"\d", r"\d", " ", r"[+-]", *[r"\d"] * 4, '"',
    )
)  # fmt: skip
_SECTION = lazy(
    r"\[(?:|(?:[1-9]\d*(?:\.[1-9]\d*)*\.)?(?:HEADER|TEXT)|[1-9]\d*(?:\.[1-9]\d*)*(?:\.MIME)?)\](?:<\d+>)?",
    re.IGNORECASE,
)
_FIELDS = lazy(r"\[((?:[1-9]\d*(?:\.[1-9]\d*)*\.)?HEADER\.FIELDS(?:\.NOT)?) \(", re.IGNORECASE)
_CLOSING = lazy(r"\)\](?:<\d+>)?")
_LOOSE_CLOSING = lazy(r"[) ]*\](?:<\d*>)?")
_LOOSE_SECTION = lazy(r"\[[^\]\r\n]{0,2000}\](?:<[^ >\r\n]{0,40}>)?")
#: the part of a section that can be read from left to right
_SECTION_BEGUN = lazy(
    r"\[(?:(?:(?:[1-9]\d*\.)*(?:HEADER|TEXT)|(?:[1-9]\d*\.)*[1-9]\d*(?:\.MIME)?)?\](?:<\d*)?|"
    r"(?:[1-9]\d*\.)*(?:HEADER(?:\.FIELDS(?:\.NOT)?)?|TEXT)|(?:[1-9]\d*\.)+(?:MIME)?|(?:[1-9]\d*\.)*[1-9]\d*)?",
    re.IGNORECASE,
)
_BINARY_BEGUN = lazy(r"\[(?:(?:(?:[1-9]\d*\.)*[1-9]\d*)?\](?:<\d*)?|(?:[1-9]\d*\.)*(?:[1-9]\d*)?)")
#: section-binary = "[" [section-part] "]"; RFC 3516 allows the partial after it
_BINARY_SECTION = lazy(r"\[(?:[1-9]\d*(?:\.[1-9]\d*)*)?\](?:<\d+>)?")
_SECTIONS = {"BODY": _SECTION, "BINARY": _BINARY_SECTION}
_ASKED = frozenset({"BODY.PEEK[", "BINARY.PEEK["})


def fetch(c: Cursor, number: int) -> Fetch:
    """message-data = nz-number SP "FETCH" SP msg-att; msg-att = "(" item *(SP item) ")"."""
    return tuple.__new__(Fetch, (number, items_of(c)))  # this takes half the time of calling Fetch


def items_of(c: Cursor) -> dict[str, Any]:
    """SP msg-att: return each item's value by its name in upper case, with its section if it has one.

    The readers of the kind "fetch-item" read the values.  The name of an item with a section ends in `[` there.
    """
    items = c.readers("fetch-item")
    values: dict[str, Any] = {}
    if not c.tolerant and c.depth < c.nesting and c.text.startswith(" (", c.pos):
        c.pos += 2
        c.depth += 1
        _common_items(c, items, values)
        if values and c.text.startswith(")", c.pos):
            c.pos += 1
            c.depth -= 1
            return values
    else:
        _begin(c)
        _common_items(c, items, values)
    _items(c, items, values)
    if c.depth or c.peek() == ")":
        c.leave("msg-att")
    return values


def _begin(c: Cursor) -> None:
    rule = "msg-att"
    c.space(rule)
    if not c.tolerant or c.peek() == "(":
        c.enter(rule)
    else:
        c.fail(rule, "expected a list in parentheses")
        c.take(_BRACKET)


def _items(c: Cursor, items: Mapping[str, ItemReader], values: dict[str, Any]) -> None:
    """Read the items that are left, up to the closing parenthesis."""
    rule = "msg-att"
    depth = c.depth
    begun = False
    inside = 0  # parentheses around items of their own
    while c.peek() not in (")", "") or (inside and c.peek() == ")") or _closed_early(c, items):
        if inside and c.peek() == ")":
            c.pos += 1
            inside -= 1
            begun = False
            continue
        if begun:
            begun = False
        elif values or c.peek() in (" ", "\r"):
            if not values:
                c.fail(rule, "expected an item")
            elif c.tolerant and c.peek() not in (" ", "("):
                _unspaced(c, items)
            c.space(rule)
            if c.peek() in (")", ""):
                continue
        if c.tolerant and c.peek() == "(":
            c.fail(rule, "an item in parentheses of its own")
            c.pos += 1
            inside, begun = inside + 1, True
            continue
        start = c.pos
        try:
            _item(c, items, values)
        except Mismatch as mismatch:
            c.mend(mismatch)
            _next_item(c, items, max(mismatch.at - 1, start))
            c.depth = depth
            values.setdefault("", None)
    is_broken = "" in values
    values.pop("", None)
    if not values and not is_broken:
        c.fail(rule, "no items")


def _common_items(c: Cursor, items: Mapping[str, ItemReader], values: dict[str, Any]) -> None:
    """Read as many items as there are here in common forms, one space between them.  The rules read what is left."""
    match, text, end, pos = _COMMON.match, c.text, c.end, c.pos
    found = match(text, pos, end)
    while found is not None:
        form = found.lastindex
        if form == 5:
            name = found[5]
            reader = items.get(name)
            if reader is None or c.tolerant:
                return
            c.pos = found.end()
            values[name] = reader(c)
            pos = c.pos
        else:
            if form == 2:
                values[found[1]] = int(found[2])
            elif form == 3:
                values["FLAGS"] = split_flags(found[3])
            else:
                values["INTERNALDATE"] = DateTime(found[4])
            c.pos = pos = found.end()
        if not text.startswith(" ", pos):
            return
        found = match(text, pos + 1, end)


def _closed_early(c: Cursor, items: Mapping[str, ItemReader]) -> bool:
    """Return whether there is one `)` too many with items after it.  It is noted and stepped over."""
    if not c.tolerant or c.peek() != ")" or not _further_pattern(tuple(items)).match(c.text, c.pos + 1, c.end):
        return False
    c.pos += 1
    c.fail("msg-att", "the line should end here")
    return True


def _unspaced(c: Cursor, items: Mapping[str, ItemReader]) -> None:
    """Note something that touches the last item: another item, or the rest of a literal that announced too few octets.

    In the second case, go to the next item.
    """
    c.fail("msg-att", "expected a space and an item, or ')'")
    if c.peek() not in ("\r", "\n", "\t", ",") and not _touching_pattern(tuple(items)).match(c.text, c.pos, c.end):
        _next_item(c, items, c.pos)


def _item(c: Cursor, items: Mapping[str, ItemReader], values: dict[str, Any]) -> None:
    start = c.pos
    found = c.take(_NAME)
    if found is None:
        raise c.give_up("msg-att", "expected the name of an item")
    name = key = found[0].upper()
    if c.peek() == "[":
        key += _section(c, name)
        name += "["
    if name in _ASKED:
        c.fail("msg-att-static", f"the reply to {name} must be named {name[:-6]}[", start + len(name) - 6)
        name = name[:-6] + "["
    reader = items.get(name)
    if reader is None:
        c.space("msg-att")
        values[key] = c.value("msg-att")
    else:
        values[key] = c.item_value("msg-att", reader)


def _next_item(c: Cursor, items: Mapping[str, ItemReader], at: int) -> None:
    """Go to the next known item after a fault at `at`; if there is none, to the closing parenthesis."""
    found = _item_pattern(tuple(items)).search(c.text, at, c.end)
    if found is not None:
        c.pos = found.start()
        return
    stop = c.end
    while stop > at and c.text[stop - 1] != ")":
        stop -= 1
    c.pos = stop - 1 if stop > at else c.end


@lru_cache(maxsize=4)
def _item_pattern(items: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for a space, a known item and the beginning of its value."""
    return re.compile(rf" (?={_touching_pattern(items).pattern})", re.IGNORECASE)


@lru_cache(maxsize=4)
def _further_pattern(items: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for a known item after a space, after a parenthesis, or both."""
    return re.compile(rf"(?: ?\(| )(?={_touching_pattern(items).pattern})", re.IGNORECASE)


@lru_cache(maxsize=4)
def _touching_pattern(items: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(sorted({re.escape(name.rstrip("[")) for name in items}, key=len, reverse=True))
    return re.compile(rf"(?:{names})(?:\[[^\]]{{0,200}}\](?:<\d*>)?)? [^ )]", re.IGNORECASE)


def _section(c: Cursor, name: str) -> str:
    """section ["<" number ">"], which is returned in upper case.  Header names may be quoted or literals."""
    pattern = _SECTIONS.get(name.partition(".")[0], _LOOSE_SECTION)
    start = c.pos
    plain = c.take(pattern)
    if plain is not None and c.peek() != "<":
        return plain[0].upper()
    c.pos = start
    fields = c.take(_FIELDS) if pattern is _SECTION else None
    if fields is None:
        begun = (_SECTION_BEGUN if pattern is _SECTION else _BINARY_BEGUN).match(c.text, start, c.end)
        c.fail("section", "not a valid section", begun.end() if begun else start)
        loose = c.take(_LOOSE_SECTION)
        if loose is None:
            raise Mismatch("section", begun.end() if begun else start, "the section does not end")
        return loose[0].upper()
    names = [_header_name(c)]
    while c.peek() == " ":
        c.space("section")
        if c.peek() != ")":
            names.append(_header_name(c))
    closing = c.take(_CLOSING)
    if closing is None:
        c.fail("section", "expected ')]'")
        closing = c.take(_LOOSE_CLOSING)
        if closing is None:
            raise c.give_up("section", "expected ')]'")
    return f"[{fields[1]} ({' '.join(names)}{closing[0]}".upper()


def _header_name(c: Cursor) -> str:
    """header-fld-name = astring.  Returns it as it was written; a literal as a quoted string."""
    start = c.pos
    atom = c.take(ASTRING_ATOM) if c.peek() not in ('"', "{") else None
    if atom is not None:
        return atom[0]
    name = c.string("section")
    return c.text[start : c.pos] if c.text[start] == '"' else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def flags(c: Cursor) -> tuple[str, ...]:
    """ "(" [flag-fetch *(SP flag-fetch)] ")"; flag-fetch = flag / obsolete-flag-recent."""
    return flag_list(c)


def uid(c: Cursor) -> int | None:
    """uniqueid = nz-number."""
    return c.number("msg-att-static", nonzero=True)


def size(c: Cursor) -> int | None:
    """number; in RFC 9051, number64."""
    return c.number("msg-att-static", bits=63)


def internaldate(c: Cursor) -> str | None:
    """date-time.  Returns the text between the quotation marks."""
    found = c.take(_DATE_TIME)
    if found is not None:
        return DateTime(found[1])
    place = c.pos
    for piece in _DATE_PIECES:
        step = piece.match(c.text, place, c.end)
        if step is None:
            break
        place = step.end()
    c.fail("date-time", "not a valid date-time", place)
    return c.nstring("date-time")


def nstring_data(c: Cursor) -> Part | None:
    """nstring.  Returns it as octets."""
    start = c.pos
    found = c.octets("nstring")
    if c.text[start : start + 1] == "~":
        c.fail("literal8", "only BINARY may use literal8", start)
    return found


section_data = nstring_data


def binary_data(c: Cursor) -> Part | None:
    """nstring / literal8 (RFC 3516)."""
    return c.octets("nstring")


def binary_size(c: Cursor) -> int | None:
    """number (RFC 3516)."""
    return c.number("msg-att-static")
