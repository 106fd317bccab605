"""The common forms of BODY and BODYSTRUCTURE, as expressions, and the values of what these match.

The forms are 7-bit, and have neither literals nor escapes.  `imapsh.grammar.body` reads all others by the rules.
RFC 9051 section 7.5.2; body in section 9.
"""

from __future__ import annotations

import re

from imapsh.grammar.envelope import NIL, PLAIN
from imapsh.grammar.kept import keep
from imapsh.grammar.values import BodyPart
from imapsh.patterns import lazy

Params = dict[str, str | None] | None
Disposition = tuple[str | None, Params] | None

LEVELS = 3  # levels of parentheses in a part: its own, those of its disposition, those of the parameters there


def _string(group: str) -> str:
    """Return the expression for a string without escapes, 7-bit and not a literal; `group` begins its value."""
    return f'"{group}{PLAIN}*+)"'


def _or_nil(text: str) -> str:
    return f"(?:{text}|{NIL})"


def _params_form(group: str) -> str:
    string = _string("(?:")
    return _or_nil(rf"{group}\({string} {string}(?: {string} {string})*+\))")


def _head_form(group: str) -> str:
    """Return the expression for the type, the subtype and body-fields up to the encoding."""
    string = _string(group)
    return f"{string} {string} {_fields_form(group)}"


def _fields_form(group: str) -> str:
    string = _string(group)
    return f"{_params_form(group)} {_or_nil(string)} {_or_nil(string)} {string}"


def _extension_form(group: str) -> str:
    """Return the expression for extension data after the md5 or, of a multipart, the parameters; up to the location."""
    string = _string("(?:")
    disposition = _or_nil(rf"\({_string(group)} {_params_form(group)}\)")
    language = rf"{group}{string}|{NIL}|\({string}(?: {string})*+\))"
    return f"(?: {disposition}(?: {language}(?: {_or_nil(_string(group))})?+)?+)?+"


def _common_form(*, extended: bool) -> str:
    """Return the expression for a common body, with extension data or without; see COMMON."""
    string, fields, extension = _string("(?:"), _fields_form("(?:"), _extension_form("(?:")
    text = rf'"(?i:text)" {string} {fields} \d{{1,9}}+ \d{{1,9}}+'
    basic = rf'(?!"(?i:text|multipart|message" "(?:rfc822|global))"){string} {string} {fields} \d{{1,9}}+'
    single = f"(?:{text}|{basic})" + (f"(?: {_or_nil(string)}{extension})?+" if extended else "")
    behind = f" {string}" + (f"(?: {_params_form('(?:')}{extension})?+" if extended else "")
    form = rf"\({single}\)"
    for _ in range(_INSIDE):
        form = rf"\((?:{single}|(?:{form})++{behind})\)"
    return form


_INSIDE = 3  # multiparts inside one another in COMMON: mixed, related, alternative
COMMON = _common_form(extended=True)
"""The source of an expression, without groups, for a BODYSTRUCTURE that breaks no rule.

It is 7-bit, without literals, escapes or messages, and has no more levels of parentheses than DEEPEST.
"""
COMMON_PLAIN = _common_form(extended=False)
"""The same for BODY, which has no extension data."""
DEEPEST = _INSIDE + LEVELS

_SINGLE = f"(?: ({_or_nil(_string('('))}{_extension_form('(')}))?+"
#: body-type-basic or body-type-text; or body-type-msg, up to its envelope
PART = lazy(rf"\(({_head_form('(')}) (\d{{1,9}}+)(?:(?: (\d{{1,9}}+))?+{_SINGLE}\)|(?= (\()))")
#: what follows the body of a message
AFTER_MESSAGE = lazy(rf" (\d{{1,9}}+){_SINGLE}(?=\))")
#: what follows the parts of a multipart
AFTER_PARTS = lazy(rf" {_string('(')}(?: ({_params_form('(')}{_extension_form('(')}))?+(?=\))")
_STRINGS = lazy(r'"([^"]*)"')

Fields = tuple[str, str, Params, str | None, str | None, str]
Extension = tuple[str | None, Disposition, tuple[str, ...] | None, str | None]

heads: dict[str, Fields] = {}  # most parts are texts in few forms
_extensions: dict[str, Extension] = {}  # most parts have none, or only their kind of disposition


def head_fields(found: re.Match[str], head: str) -> Fields:
    """Return the fields before the size, which a match of PART has, and keep them by their text."""
    kind, subtype, params, ident, description, encoding = found.group(2, 3, 4, 5, 6, 7)
    return keep(heads, head, (kind.lower(), subtype.lower(), _pairs(params), ident, description, encoding))


def single_extension(found: re.Match[str], text: str | None, group: int) -> Extension:
    """Return the extension data of a part, whose text is `group` of a match, and those in it the next groups."""
    if text is None:
        return None, None, None, None
    known = _extensions.get(text)
    if known is None:
        md5, name, params, language, location = found.group(*range(group + 1, group + 6))
        known = md5, _disposition_of(name, params), _language_of(language), location
        keep(_extensions, text, known)
    md5, disposition, listed, location = known
    if disposition is not None and disposition[1] is not None:
        disposition = disposition[0], disposition[1].copy()
    return md5, disposition, listed, location


def _pairs(text: str | None) -> Params:
    """Return the parameters of a list without escapes."""
    if text is None:
        return None
    strings = text.split('"')
    if len(strings) == 5:
        return {strings[1].lower(): strings[3]}
    return dict(zip(map(str.lower, strings[1::4]), strings[3::4], strict=True))


def _disposition_of(name: str | None, params: str | None) -> Disposition:
    return None if name is None else (name, _pairs(params))


def _language_of(text: str | None) -> tuple[str, ...] | None:
    return tuple(_STRINGS.findall(text)) if text is not None and text[0] in '("' else None


def made_multipart(found: re.Match[str], parts: tuple[BodyPart, ...]) -> BodyPart:
    """Return a multipart from its parts and a match of AFTER_PARTS."""
    subtype, extension, params, name, disposition, language, location = found.groups()
    return tuple.__new__(
        BodyPart,
        (
            *("multipart", subtype.lower(), _pairs(params), None, None, None, None, None, None, None, parts),
            *(extension is not None, None, _disposition_of(name, disposition), _language_of(language), location, ()),
        ),
    )
