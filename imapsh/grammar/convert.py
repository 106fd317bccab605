"""CONVERTED and CONVERSION (RFC 5259 section 10): values, reading and writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imapsh.findings import define
from imapsh.grammar.body import bodystructure
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import binary_data, nstring_data
from imapsh.grammar.names import readable
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 5259 §10",
    {
        "convert-correlator": '(TAG "tag")',
        "convert-msg-attrs": "(item value ...), each once, UID first; the items are those of CONVERT",
        "converterror-phrase": "(ERROR text TEMPFAIL, BADPARAMETERS or MISSINGPARAMETERS, and what these tell)",
        "mimetype-list": '(("type/subtype" ...))',
        "conversion-data": 'CONVERSION "type/subtype" "type/subtype" and names of parameters in parentheses',
    },
)

_PART = r"[1-9]\d*(?:\.[1-9]\d*)*"
_ITEM = lazy(
    rf"(?:(UID)|(BINARY)\[(?:{_PART})?\](?:<\d+>)?|(BINARY\.SIZE|BODYPARTSTRUCTURE|AVAILABLECONVERSIONS)\[(?:{_PART})?\]|"
    rf"(BODY)\[(?:HEADER|{_PART}\.(?:HEADER|MIME))\])(?= )",
    re.IGNORECASE,
)
_ANY_ITEM = lazy(r"[A-Za-z.]+(?:\[[^\]\r\n]{0,200}\])?(?:<\d*>)?(?= )")
_ERROR = lazy(r"\(ERROR(?= )", re.IGNORECASE)
_TYPE = lazy(r"[A-Za-z0-9!#$&.+^_-]+/[A-Za-z0-9!#$&.+^_-]+")  # RFC 4288 section 4.2
_CODES = ("TEMPFAIL", "BADPARAMETERS", "MISSINGPARAMETERS")


class ConvertError(NamedTuple):
    """The reason why a conversion failed.

    `code` is TEMPFAIL, BADPARAMETERS or MISSINGPARAMETERS.  `details` are the values after it.
    """

    text: str
    code: str
    details: tuple[Any, ...] = ()

    def write(self, w: Writer) -> None:
        """SP "(" "ERROR" SP convert-err-descript SP convert-error-code ")"."""
        w.raw(" (ERROR ").string(self.text).raw(f" {self.code}")
        for detail in self.details:
            w.raw(" ")
            _ = w.string(detail) if isinstance(detail, str) else w.value(detail)
        w.raw(")")


class MimeTypes(NamedTuple):
    """The item AVAILABLECONVERSIONS: the MIME types to which a part can be converted."""

    types: tuple[str, ...]

    def write(self, w: Writer) -> None:
        """SP "(" "(" [quoted-to-mime-type *(SP quoted-to-mime-type)] ")" ")"."""
        w.raw(" (").items(self.types, w.string).raw(")")


class Converted(NamedTuple):
    """The response CONVERTED: the items of a message that the command of this tag asked for, by name with section."""

    seq: int
    tag: str
    items: dict[str, Any]

    def write(self, w: Writer) -> None:
        """SP convert-correlator SP convert-msg-attrs."""
        from imapsh.grammar.writer import fetch_item

        w.raw(" (TAG ").string(self.tag).raw(") ").items(self.items.items(), lambda item: fetch_item(w, *item))


class Conversion(NamedTuple):
    """The response CONVERSION: a conversion that the server can do, with the parameters that it takes."""

    source: str
    target: str
    parameters: tuple[str, ...] = ()

    def write(self, w: Writer) -> None:
        """SP quoted-from-mime-type SP quoted-to-mime-type [SP "(" transcoding-param-names ")"]."""
        w.raw(" ").string(self.source).raw(" ").string(self.target)
        if self.parameters:
            w.raw(" ").items(self.parameters, w.astring)


def converted(c: Cursor, number: int) -> Converted:
    """nz-number SP "CONVERTED" SP convert-correlator SP convert-msg-attrs."""
    rule = "convert-correlator"
    c.space(rule)
    c.enter(rule)
    start = c.pos
    if c.atom(rule).upper() != "TAG":
        c.fail(rule, "expected (TAG string)", start)
    c.space(rule)
    tag = c.string(rule)
    c.leave(rule)
    rule = "convert-msg-attrs"
    c.space(rule)
    items: dict[str, Any] = {}
    c.items(rule, lambda c: _item(c, items), some=True)
    c.finish(rule)
    return Converted(number, tag, items)


def _item(c: Cursor, items: dict[str, Any]) -> None:
    rule = "convert-msg-attrs"
    start = c.pos
    found = c.take(_ITEM)
    name = ""
    if found is None:
        c.fail(rule, "not an item of CONVERT")
        found = c.take(_ANY_ITEM)
        if found is None:
            raise c.give_up(rule, "expected an item")
    else:
        name = (found[1] or found[2] or found[3] or found[4]).upper()
    item = found[0].upper()
    if item in items:
        c.fail(rule, f"{item} comes twice", start)
    elif name == "UID" and items:
        c.fail(rule, "UID comes first", start)
    c.space(rule)
    error = name not in ("", "UID", "BODY") and c.take(_ERROR) is not None
    value = _error(c) if error else _READERS.get(name, _any)(c)
    items.setdefault(item, value)


def _error(c: Cursor) -> ConvertError:
    """Read the rest of converterror-phrase, after "(ERROR"."""
    rule = "converterror-phrase"
    c.depth += 1
    c.space(rule)
    text = c.string(rule)
    c.space(rule)
    start = c.pos
    code = c.atom(rule).upper()
    if code not in _CODES:
        c.fail(rule, "expected TEMPFAIL, BADPARAMETERS or MISSINGPARAMETERS", start)
    details: list[Any] = []
    while c.peek() not in (")", ""):
        if c.peek() != "(":
            c.space(rule)
        if c.peek() != ")":
            start = c.pos
            details.append(c.number(rule, nonzero=True) if code == "TEMPFAIL" else _detail(c, code))
            if code == "TEMPFAIL" and len(details) > 1:
                c.fail(rule, "nothing more may follow", start)
    if code != "TEMPFAIL" and not details:
        c.fail(rule, "expected types, or parameters")
    elif code != "TEMPFAIL" and len([one for one in details if not isinstance(one, tuple)]) % 2:
        c.fail(rule, "expected two types: from which, and to which")
    c.leave(rule)
    return ConvertError(text, code, tuple(details))


def _detail(c: Cursor, code: str) -> Any:
    """quoted-from-mime-type / nil / quoted-to-mime-type / "(" parameters ")".

    NIL is allowed only after BADPARAMETERS.
    """
    rule = "converterror-phrase"
    if c.peek() == "(":
        return tuple(c.items(rule, lambda c: c.astring(rule), some=True))
    start = c.pos
    if c.nil():
        if code != "BADPARAMETERS":
            c.fail(rule, "NIL may come after BADPARAMETERS only", start)
        return None
    return _type(c, rule)


def _type(c: Cursor, rule: str) -> str:
    """DQUOTE concrete-mime-type DQUOTE."""
    start = c.pos
    name = c.quoted()
    if name is None:
        c.fail(rule, "expected a MIME type in quotes")
        return c.string(rule)
    if _TYPE.fullmatch(name) is None:
        c.fail(rule, "not a MIME type", c.place(start, 0))
    return readable(name)


def _types(c: Cursor) -> MimeTypes:
    rule = "mimetype-list"
    c.enter(rule)
    types = c.items(rule, lambda c: _type(c, rule))
    c.leave(rule)
    return MimeTypes(tuple(types))


def _uid(c: Cursor) -> int | None:
    return c.number("convert-msg-attrs", nonzero=True)


def _size(c: Cursor) -> int | None:
    return c.number("convert-msg-attrs")


def _any(c: Cursor) -> Any:
    return c.value("convert-msg-attrs")


_READERS: dict[str, Callable[[Cursor], Any]] = {
    "UID": _uid,
    "BINARY": binary_data,
    "BINARY.SIZE": _size,
    "BODYPARTSTRUCTURE": bodystructure,
    "AVAILABLECONVERSIONS": _types,
    "BODY": nstring_data,
}


def conversion(c: Cursor) -> Conversion:
    """conversion-data = "CONVERSION" SP quoted-from SP quoted-to [SP "(" name *(SP name) ")"]."""
    rule = "conversion-data"
    c.space(rule)
    source = _type(c, rule)
    c.space(rule)
    target = _type(c, rule)
    names: list[str] = []
    if not c.at_end():
        c.space(rule)
        names = c.items(rule, lambda c: c.astring(rule), some=True)
    c.finish(rule)
    return Conversion(source, target, tuple(names))
