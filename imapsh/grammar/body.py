"""BODY and BODYSTRUCTURE (RFC 9051 section 7.5.2; body in section 9)."""

from __future__ import annotations

import re

from imapsh.grammar.bodyforms import (
    AFTER_MESSAGE,
    AFTER_PARTS,
    LEVELS,
    PART,
    Disposition,
    Params,
    head_fields,
    heads,
    made_multipart,
    single_extension,
)
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.envelope import envelope
from imapsh.grammar.values import BodyPart
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame

#: NIL for the subtype; or, if a string follows, for the parameters after a subtype that is left out
_NO_SUBTYPE = lazy(r'NIL(?= (")?)', re.IGNORECASE)
_NO_ENVELOPE = lazy(r' NIL \((?:\(|"[^"]*" ")', re.IGNORECASE)  # a body follows, which does not look like a disposition
_NEGATIVE = lazy(r" -\d")
_MEDIA = frozenset("text image audio video application message font model multipart".split())


def body(c: Cursor) -> BodyPart:
    """Read BODY, the form without extension data.  If there are some, they are noted as a violation and read."""
    c.plain = True
    try:
        return _body(c)
    finally:
        c.plain = False


def bodystructure(c: Cursor) -> BodyPart:
    """Read BODYSTRUCTURE."""
    return _body(c)


def read_common(octets: bytes) -> BodyPart:
    """Return the body that COMMON or COMMON_PLAIN has matched."""
    return _body(Cursor(Frame((octets,))))


def _body(c: Cursor) -> BodyPart:
    """body = "(" (body-type-1part / body-type-mpart) ")"."""
    found = PART.match(c.text, c.pos, c.end) if c.depth + LEVELS <= c.nesting else None
    if found is not None:
        part = _common(c, found)
        if part is not None:
            return part
    if c.peek() != "(":
        raise c.give_up("body", "expected a body in parentheses")
    c.enter("body")
    part = _multipart(c) if c.peek() == "(" else _single(c)
    c.leave("body")
    return part


def _common(c: Cursor, found: re.Match[str]) -> BodyPart | None:
    """Return the part that PART matched, or None if the rules must read it, because its form is of another type."""
    head, size, lines, extension, message = found.group(1, 8, 9, 10, 16)
    kind, subtype, params, ident, description, encoding = heads.get(head) or head_fields(found, head)
    if params is not None:
        params = params.copy()
    if kind == "text":
        if lines is None:
            return None
    elif lines is not None or kind == "multipart":
        return None
    elif kind == "message" and subtype in ("rfc822", "global"):
        if message is None:
            return None
        c.pos = found.end()
        c.depth += 1
        part = BodyPart(kind, subtype, params, ident, description, encoding, int(size))
        part = _extension(c, _message(c, part), multipart=False)
        c.leave("body")
        return part
    if message is not None or (extension is not None and c.plain):
        return None
    c.pos = found.end()
    md5, disposition, language, location = single_extension(found, extension, 10)
    return tuple.__new__(  # this takes half the time of calling BodyPart
        BodyPart,
        (
            *(kind, subtype, params, ident, description, encoding, int(size), None if lines is None else int(lines)),
            *(None, None, None, extension is not None, md5, disposition, language, location, ()),
        ),
    )


def _single(c: Cursor) -> BodyPart:
    """body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]."""
    start = c.pos
    kind: str | None = None
    if c.tolerant and c.nil():
        c.fail("media-type", "the media type is missing", c.pos - 3)
    else:
        kind = c.string("media-type").lower()
        if c.tolerant and _no_subtype(c, kind):
            return _partless(c, kind)
    c.space("body")
    subtype: str | None = None
    nil = c.take(_NO_SUBTYPE) if c.tolerant else None
    if nil is not None:
        c.fail("media-subtype", "the media subtype is missing", nil.start())
        c.pos = nil.start() if nil[1] else nil.start() + 3
        if nil[1]:
            return _fields(c, kind, None)
    else:
        subtype = c.string("media-subtype").lower()
    c.space("body")
    if kind == "multipart":
        c.fail("body-type-mpart", "a multipart in the form of a single part", start)
    return _fields(c, kind, subtype)


def _no_subtype(c: Cursor, kind: str) -> bool:
    """Return whether a media type is unknown and no subtype follows.

    Then it is the subtype of a multipart without parts (Gmail).
    """
    return kind not in _MEDIA and not (c.peek(2) == ' "' or c.peek(2) == " {")


def _partless(c: Cursor, subtype: str) -> BodyPart:
    c.fail("body", "a multipart without parts", c.pos + (c.peek() == " "))
    part = BodyPart("multipart", subtype, parts=())
    return _extension(c, part, multipart=True)


def _fields(c: Cursor, kind: str | None, subtype: str | None) -> BodyPart:
    """Read body-fields, then what the media type asks for, then extension data."""
    params = _params(c)
    c.space("body")
    ident = c.nstring("body-fld-id")
    c.space("body")
    description = c.nstring("body-fld-desc")
    c.space("body")
    start = c.pos
    encoding = c.nstring("body-fld-enc")
    if encoding is None:
        c.fail("body-fld-enc", "NIL instead of a transfer encoding", start)
    if c.tolerant and c.peek() == ")":
        c.fail("body-fld-octets", "a field is missing")
        return BodyPart(kind, subtype, params, ident, description, encoding)
    c.space("body")
    size = c.number("body-fld-octets")
    part = BodyPart(kind, subtype, params, ident, description, encoding, size)
    if kind == "message" and (subtype == "rfc822" or (subtype == "global" and (c.utf8 or c.peek(2) == " ("))):
        part = _message(c, part)
    elif kind == "text":
        part = _lines(c, part, "body-type-text")
    elif c.tolerant and c.peek(2)[1:].isdecimal():
        c.fail("body-fld-md5", "a number of lines, which only text and messages have", c.pos + 1)
        c.space("body")
        part = part._replace(lines=c.number("body-fld-lines", bits=63))
    return _extension(c, part, multipart=False)


def _message(c: Cursor, part: BodyPart) -> BodyPart:
    """body-type-msg = media-message SP body-fields SP envelope SP body SP body-fld-lines."""
    if c.peek(2) != " (" and not (c.tolerant and _NO_ENVELOPE.match(c.text, c.pos, c.end)):
        c.fail("body-type-msg", "a message/rfc822 part without its envelope, body and lines", c.pos + (c.peek() == " "))
        return part
    c.space("body-type-msg")
    written = envelope(c)
    c.space("body-type-msg")
    if c.tolerant and c.peek() != "(":
        c.fail("body-type-msg", "a message/rfc822 part without its body")
        c.pos -= 1
        return part._replace(envelope=written)
    inside = _body(c)
    found = AFTER_MESSAGE.match(c.text, c.pos, c.end) if c.depth + LEVELS - 1 <= c.nesting else None
    if found is None or (found[2] is not None and c.plain):
        return _lines(c, part._replace(envelope=written, body=inside), "body-type-msg")
    c.pos = found.end()
    lines, extension = found.group(1, 2)
    extended = extension is not None
    data = single_extension(found, extension, 2)
    return tuple.__new__(BodyPart, (*part[:7], int(lines), written, inside, None, extended, *data, ()))


def _lines(c: Cursor, part: BodyPart, rule: str) -> BodyPart:
    """SP body-fld-lines; body-fld-lines = number64."""
    if not c.peek(2)[1:].isdecimal() and not (c.tolerant and _NEGATIVE.match(c.text, c.pos, c.end)):
        c.fail(rule, "the number of lines is missing", c.pos + (c.peek() == " "))
        return part
    c.space(rule)
    return part._replace(lines=c.number("body-fld-lines", bits=63))


def _multipart(c: Cursor) -> BodyPart:
    """body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]."""
    parts: list[BodyPart] = []
    while c.peek() == "(" or (c.tolerant and c.peek(2) == " ("):
        if c.peek() == " ":
            c.fail("body-type-mpart", "a space between two parts")
            c.pos += 1
        parts.append(_body(c))
    found = AFTER_PARTS.match(c.text, c.pos, c.end) if c.depth + LEVELS - 1 <= c.nesting else None
    if found is not None and not (found[2] is not None and c.plain):
        c.pos = found.end()
        return made_multipart(found, tuple(parts))
    c.space("body-type-mpart")
    start = c.pos
    subtype: str | None = None
    if c.tolerant and (c.peek() == ")" or c.nil()):
        c.fail("media-subtype", "the media subtype is missing", start)
    else:
        subtype = c.string("media-subtype").lower()
    return _extension(c, BodyPart("multipart", subtype, parts=tuple(parts)), multipart=True)


def _extension(c: Cursor, part: BodyPart, *, multipart: bool) -> BodyPart:
    """body-ext-1part begins with body-fld-md5, body-ext-mpart with body-fld-param; then dsp, lang, loc, and more."""
    if c.peek() in (")", ""):
        return part
    if c.plain:
        c.fail("body", "extension data belongs in BODYSTRUCTURE, not in BODY", c.pos + (c.peek() == " "))
        c.plain = False  # it is said only once
    c.space("body")
    if c.peek() == ")":
        return part
    found: dict[str, Any] = {"extended": True}
    if multipart:
        found["params"] = _params(c)
    else:
        found["md5"] = _loose_nstring(c, "body-fld-md5")
    for name, read in (("disposition", _disposition), ("language", _language), ("location", _location)):
        if c.peek() in (")", ""):
            break
        c.space("body")
        if c.peek() == ")":
            break
        found[name] = read(c)
    rest: list[Any] = []
    while c.peek() not in (")", ""):
        c.space("body-extension")
        if c.peek() != ")":
            rest.append(_extension_value(c))
    return part._replace(**found, extension=tuple(rest))


def _extension_value(c: Cursor) -> Any:
    """body-extension = nstring / number / number64 / "(" body-extension *(SP body-extension) ")"."""
    rule = "body-extension"
    here = c.peek()
    if here.isdecimal():
        return c.number(rule, bits=63)
    if here != "(":
        return c.nstring(rule)
    c.enter(rule)
    if c.peek() == ")":
        c.fail(rule, "() instead of NIL or a value")
    values = [_extension_value(c)] if c.peek() != ")" else []
    while c.peek() not in (")", ""):
        c.space(rule)
        if c.peek() != ")":
            values.append(_extension_value(c))
    c.leave(rule)
    return tuple(values)


def _loose_nstring(c: Cursor, rule: str) -> str | None:
    """Return the value of an nstring; None for a list in its place, which is stepped over (GMX)."""
    if c.peek() == "(":
        c.fail(rule, "a list instead of a string or NIL")
        c.values(rule)
        return None
    return c.nstring(rule)


def _location(c: Cursor) -> str | None:
    """body-fld-loc = nstring."""
    return _loose_nstring(c, "body-fld-loc")


def _params(c: Cursor) -> Params:
    """body-fld-param = "(" string SP string *(SP string SP string) ")" / nil."""
    rule = "body-fld-param"
    if c.nil():
        return None
    if c.tolerant and c.peek() == '"':
        c.fail(rule, "a string instead of a list or NIL")
        c.string(rule)
        return None
    c.enter(rule)
    if c.tolerant and c.peek() == "(":
        c.fail(rule, "a list in a list")
        inner = _params(c)
        c.leave(rule)
        return inner
    params: dict[str, str | None] = {}
    while c.peek() not in (")", ""):
        if params:
            c.space(rule)
            if c.peek() == ")":
                break
        name = c.string(rule).lower()
        if c.tolerant and c.peek() == ")":
            c.fail(rule, "a parameter without its value")
            params[name] = None
            break
        c.space(rule)
        start = c.pos
        params[name] = c.nstring(rule)
        if params[name] is None:
            c.fail(rule, "NIL instead of the value of a parameter", start)
    if not params:
        c.fail(rule, "() instead of NIL")
    c.leave(rule)
    return params


def _disposition(c: Cursor) -> Disposition:
    """body-fld-dsp = "(" string SP body-fld-param ")" / nil."""
    rule = "body-fld-dsp"
    if c.nil():
        return None
    if c.peek() != "(":
        c.fail(rule, "expected a list or NIL")
        return c.string(rule), None
    c.enter(rule)
    start = c.pos
    name = params = None
    if c.tolerant and c.peek() == ")":
        c.fail(rule, "() instead of NIL")
    else:
        name = c.nstring(rule)
        if name is None:
            c.fail(rule, "NIL instead of the type of a disposition", start)
        params = _disposition_params(c)
    c.leave(rule)
    return name, params


def _disposition_params(c: Cursor) -> Params:
    """SP body-fld-param, which is mended if it is left out or lacks its parentheses."""
    rule = "body-fld-dsp"
    if c.tolerant and c.peek() == ")":
        c.fail(rule, "a disposition without its parameters")
        return None
    c.space(rule)
    if not c.tolerant or c.peek() != '"':
        return _params(c)
    c.fail(rule, "parameters without their parentheses")
    strings: list[str] = []
    while c.peek() not in (")", ""):
        if strings:
            c.space(rule)
        strings.append(c.string(rule))
    return dict(zip(map(str.lower, strings[::2]), strings[1::2], strict=False))


def _language(c: Cursor) -> tuple[str, ...] | None:
    """body-fld-lang = nstring / "(" string *(SP string) ")"."""
    rule = "body-fld-lang"
    if c.peek() != "(":
        value = c.nstring(rule)
        return None if value is None else (value,)
    c.enter(rule)
    found: list[str] = []
    while c.peek() not in (")", ""):
        if found:
            c.space(rule)
            if c.peek() == ")":
                break
        found.append(c.string(rule))
    if not found:
        c.fail(rule, "() instead of NIL")
    c.leave(rule)
    return tuple(found)
