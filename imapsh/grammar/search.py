"""SEARCH (RFC 3501 section 7.2.5) and ESEARCH (RFC 9051 section 7.3.4)."""

from __future__ import annotations

import re

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.sequence import PATTERN
from imapsh.grammar.values import ESearch, Search
from imapsh.hints import Any
from imapsh.patterns import lazy

define("RFC 7377 §4", {"search-correlator": "(TAG string MAILBOX name UIDVALIDITY number), each once, in any order"})

_NUMBERS = lazy(r"(?: [1-9][0-9]{0,9}+)*+")  # possessive in both places: it takes a third of the time
_LONG = 1 << 16  # characters of numbers
_TAGGED_SIMPLE = lazy(rf"(?:{PATTERN.pattern}|\d+|\$)(?![^ )\r\n])")
_TAG = "TAG"
_LABEL = lazy(r"[A-Za-z._-][A-Za-z0-9._:-]*")  # tagged-ext-label
_RESULT_IN_LIST = lazy(r" \((?:UID|ALL|COUNT|MIN|MAX|MODSEQ|PARTIAL)[ )]", re.IGNORECASE)
_NUMBERS_IN_LIST = lazy(r"\((?=\d+[ ,]+\d)")
_CLOSING = lazy(r"\)")
_COMMAS = lazy(r"\d{1,10}(?:,\d{1,10})+(?= |\Z)")


def search(c: Cursor) -> Search:
    """obsolete-search-response = "SEARCH" *(SP nz-number); RFC 7162 section 7 adds SP search-sort-mod-seq."""
    return Search(*found_ids(c, "obsolete-search-response"))


def found_ids(c: Cursor, rule: str) -> tuple[tuple[int, ...], int | None]:
    """[1*(SP nz-number) [SP search-sort-mod-seq]], as SEARCH and SORT have it (RFC 7162 section 7)."""
    found = c.take(_NUMBERS)
    assert found is not None
    ids = _values(found[0])
    if ids and max(ids) >> 32:
        large = str(next(number for number in ids if number >> 32))
        c.fail("nz-number", "a number beyond 32 bits", found.start() + found[0].index(large))
    modseq = None
    while not c.at_end():
        if c.tolerant and c.take(_CLOSING):
            c.fail(rule, "expected a space", c.pos - 1)
            continue
        c.space(rule)
        if c.at_end():
            break
        try:
            if c.tolerant and c.take(_NUMBERS_IN_LIST):
                c.fail(rule, "numbers in parentheses", c.pos - 1)
            elif c.peek() == "(":
                from imapsh.grammar.condstore import of_found  # it defines the rule

                if not ids:
                    c.fail("search-sort-mod-seq", "(MODSEQ number) may only follow numbers")
                modseq = of_found(c)
                c.finish(rule)
                break
            commas = c.take(_COMMAS) if c.tolerant else None
            if commas is not None:
                c.fail(rule, "a comma instead of a space", commas[0].index(",") + commas.start())
                ids.extend(map(int, commas[0].split(",")))
                continue
            number = c.number(rule, nonzero=True)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.skip(closing=True)
            continue
        if number is not None:
            ids.append(number)
    return tuple(ids), modseq


def _values(numbers: str) -> list[int]:
    """Return the numbers that _NUMBERS matched."""
    if len(numbers) < _LONG:
        return list(map(int, numbers.split()))
    import json  # whose array of numbers is the same but for the commas, and is read in half the time

    values: list[int] = json.loads(f"[{numbers[1:].replace(' ', ',')}]")
    return values


def found_number(c: Cursor) -> int | None:
    """Read the value of MIN or MAX: nz-number."""
    return c.number("esearch-response", nonzero=True)


def found_count(c: Cursor) -> int | None:
    """Read the value of COUNT: number."""
    return c.number("esearch-response")


def esearch(c: Cursor) -> ESearch:
    """esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)."""
    rule = "esearch-response"
    tag, uid = None, False
    items: dict[str, Any] = {}
    if c.peek(2) == " (" and not (c.tolerant and _RESULT_IN_LIST.match(c.text, c.pos, c.end)):
        c.space(rule)
        tag = _correlator(c, items)
    begun, behind = len(items), c.pos
    more: dict[str, list[Any]] = {}
    inside = 0  # parentheses around items of their own
    while not c.at_end():
        if c.tolerant and inside and c.peek() == ")":
            c.pos += 1
            inside -= 1
            continue
        if c.text[c.pos - 1] != "(" or not inside:
            c.space(rule)
        if c.at_end() or (inside and c.peek() == ")"):
            continue
        if c.tolerant and c.peek() == "(":
            c.fail(rule, "an item in parentheses of its own")
            c.pos += 1
            inside += 1
            continue
        try:
            start = c.pos
            name = c.atom(rule, _LABEL).upper()
            if name == "UID" and not uid and len(items) == begun:
                uid = True
                continue
            if name == "TAG" and c.tolerant and tag is None:
                c.fail(rule, "no parentheses around TAG", c.pos - 3)
                c.space(rule)
                tag = c.astring(rule)
                continue
            value = _return_value(c, name)
            if name not in items:
                items[name] = value
            elif hasattr(value, "followed"):  # the value itself says how another one follows it
                more.setdefault(name, []).append(value)
            else:
                c.fail(rule, f"{name} comes twice", start)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.skip(closing=True)
    items.update((name, items[name].followed(others)) for name, others in more.items())
    if len(items) > begun and not uid and items.keys() & c.readers("search-correlator").keys():
        c.fail("search-correlator", "expected UID: numbers mean nothing in a mailbox that is named", behind)
    return ESearch(tag, uid, items)


def _correlator(c: Cursor, items: dict[str, Any]) -> str | None:
    """search-correlator = SP "(" "TAG" SP tag-string ")"; tag-string = astring.

    RFC 7377 section 4 adds other parts, each once and in any order.  The readers of the kind "search-correlator" read
    them, and their values are put in `items`.
    """
    rule = "esearch-response"
    readers = c.readers("search-correlator")
    told: dict[str, Any] = {}

    def one(c: Cursor) -> None:
        start = c.pos
        name = c.atom(rule).upper()
        reader = readers.get(name)
        if name != _TAG and reader is None:
            c.fail(rule, "expected TAG and a string", start)
            name = name if _TAG in told else _TAG
        if name in told:
            c.fail(rule, f"{name} comes twice", start)
        told.setdefault(name, None)
        c.space(rule)
        told[name] = c.astring(rule) if name == _TAG else c.value(rule) if reader is None else reader(c)

    start = c.pos
    c.items(rule, one)
    if _TAG not in told:
        c.fail(rule, "expected (TAG string)", start + 1)
    tag: str | None = told.pop(_TAG, None)
    items.update(told)
    if 0 < len(told.keys() & readers.keys()) < len(readers):
        c.fail("search-correlator", f"{' and '.join(sorted(readers))} come together", c.pos - 1)
    return tag


def _return_value(c: Cursor, name: str) -> Any:
    """Return the value of search-return-data.

    The readers of the kind "search-return" read it, or those of the kind "search-data" if it cannot be asked for by
    name.  Other values are tagged-ext-val.
    """
    rule = "esearch-response"
    reader = c.readers("search-return").get(name) or c.readers("search-data").get(name)
    if reader is not None:
        return c.item_value(rule, reader)
    c.space(rule)
    if c.peek() != "(" and not _TAGGED_SIMPLE.match(c.text, c.pos, c.end):
        c.fail(rule, "expected a number, a sequence set or a list")
    return c.value(rule)
