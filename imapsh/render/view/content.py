"""A literal of FETCH by its content, with its transfer encoding and character set undone if they are known.

They are known from a structure that was seen, in the same response or before, or from the message's own header if the
literal is a whole message.  The view says what was undone; otherwise the octets are shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from imapsh.grammar.parts import find
from imapsh.grammar.values import BodyPart, Fetch, UidFetch
from imapsh.render.blocks import ELIDE
from imapsh.render.literals import LINE, beginning, is_binary, literal_lines
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.body import file_name, tree
from imapsh.render.view.columns import flow, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.transfer import Undone, undo
from imapsh.render.visible import visible
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part, Spilled, size_of
from imapsh.wire.sinks import head_of, is_kept

_GUTTER: Fragment = ("gutter", "  | ")
_SECTION = re.compile(r"(BODY|BINARY)\[((?:\d+\.)*\d+)?\.?(TEXT|MIME|HEADER[^\]]*)?\](?:<(\d{1,20})>)?")
_OLD = {"RFC822": "BODY[]", "RFC822.HEADER": "BODY[HEADER]", "RFC822.TEXT": "BODY[TEXT]"}


class Section(NamedTuple):
    """A section that a literal holds: whether it is BINARY, part number, specifier, and the octet where it begins."""

    binary: bool
    number: str
    kind: str
    begins: int


def section(item: str) -> Section | None:
    """Return the parts of an item's name, or None if it does not name a section."""
    found = _SECTION.fullmatch(_OLD.get(item, item))
    if found is None:
        return None
    return Section(found[1] == "BINARY", found[2] or "", found[3] or "", int(found[4] or 0))


def content(item: str, data: Part, value: Fetch | UidFetch, look: Look, uid: int | None) -> Iterator[Line]:
    """Yield the item's name with what it holds, and below it the content, with a gutter on its left."""
    where = section(item)
    seen = look.memory.structure(value.seq, value.uid or uid)
    part = _part(where, seen)
    if isinstance(data, Spilled):
        yield from _beginning(item, data, where, part, look)
    elif where is None or where.kind.startswith(("HEADER", "MIME")):
        yield from _title(item, data, part, "", look)
        yield from shown(data, item, look)
    elif not where.kind and _is_message(where, part):
        yield from _message(item, data, where, look)
    else:
        undone = _undone(data, where, part)
        yield from _title(item, data, part, undone.said or _unknown(part, seen, value), look)
        yield from shown(undone.data, "", look)


def _part(where: Section | None, structure: BodyPart | None) -> BodyPart | None:
    """Return what the structure says of the section's octets."""
    if where is None or structure is None or where.kind.startswith(("HEADER", "MIME")):
        return None
    if not where.kind:
        return find(structure, where.number) if where.number else None
    message = find(structure, where.number) if where.number else None
    body = structure if not where.number else message.body if message is not None else None
    return body if body is not None and body.parts is None else None


def encoding(item: str, structure: BodyPart | None) -> str:
    """Return the transfer encoding in which a server sends an item, as far as a structure says.

    It is "" if there is nothing to undo.
    """
    where = section(item)
    part = _part(where, structure)
    if where is None or where.binary or part is None or part.body is not None:
        return ""
    name = (part.encoding or "").lower()
    return name if name in ("base64", "quoted-printable") else ""


def _is_message(where: Section, part: BodyPart | None) -> bool:
    return not where.number or (part is not None and part.body is not None)


def _undone(data: bytes, where: Section, part: BodyPart | None) -> Undone:
    if part is None or part.parts is not None:
        return Undone(data, "")
    encoding = None if where.binary else part.encoding
    charset = (part.params or {}).get("charset") if part.type == "text" else None
    return undo(data, encoding, charset, begins=where.begins)


def _unknown(part: BodyPart | None, structure: BodyPart | None, value: Fetch | UidFetch) -> str:
    if part is not None:
        return ""
    if structure is not None:
        return "as it is on the wire"
    fetch = f"FETCH {value.seq}" if value.seq else f"UID FETCH {value.uid}"
    return f"as it is on the wire: {fetch} BODYSTRUCTURE tells how it is encoded"


def _title(item: str, data: Part, part: BodyPart | None, said: str, look: Look) -> Iterator[Line]:
    words: list[Fragment] = []
    if part is not None:
        words.append(("keyword", f"{visible(part.type or '?')}/{visible(part.subtype or '?')}"))
        if name := file_name(part):
            words.append(("string", f'"{visible(name)}"'))
    words.append(("number", readable.size(size_of(data))))
    words += words_of(f"-- {said}" if said else "", "note")
    yield from flow([("", "  "), ("section", visible(item)), ("", " ")], words, look.columns, 4)


def shown(data: Part, label: str, look: Look) -> Iterator[Line]:
    """Yield the lines of a literal with a gutter on their left; `label` is the item whose value it is."""
    elide = ELIDE if look.elide is None else look.elide
    for line in literal_lines(data, label, elide):
        yield [_GUTTER, *line]


def _beginning(item: str, data: Spilled, where: Section | None, part: BodyPart | None, look: Look) -> Iterator[Line]:
    """Yield the first lines of a literal that is in a file, even if smaller literals are shown whole."""
    elide = look.elide or ELIDE
    if part is None or where is None or not is_kept(data):
        yield from _title(item, data, part, "", look)
        lines = literal_lines(data, item, elide)
    else:
        undone = _undone(head_of(data, elide * LINE), where, part)
        yield from _title(item, data, part, undone.said, look)
        lines = beginning(undone.data, "", elide, data.octets)
    yield from ([_GUTTER, *line] for line in lines)


# -- a whole message


def _message(item: str, data: bytes, where: Section, look: Look) -> Iterator[Line]:
    """Yield its header, and below it each of its parts, with its encoding undone."""
    from imapsh.render.view.message import parts

    if where.begins or is_binary(data):
        yield from _title(item, data, None, "from its middle on, as it is on the wire" if where.begins else "", look)
        yield from shown(data, "", look)
        return
    yield from _title(item, data, None, "", look)
    for part in parts(data, where.number):
        if part.title:
            words = [("keyword", visible(part.title)), *words_of(f"-- {part.said}" if part.said else "", "note")]
            yield from flow([_GUTTER, ("number", f"{part.number} ".lstrip())], words, look.columns, 6)
        yield from shown(part.data, part.label, look)


def named(name: str, data: Any, look: Look) -> Iterator[Line]:
    """Yield a name and what it holds: a structure as a tree, octets with a gutter, anything else in the line."""
    head: Line = [("", "  "), ("section", visible(name)), ("", " ")]
    if isinstance(data, BodyPart):
        yield head
        yield from tree(data, look)
    elif isinstance(data, bytes | Spilled):
        yield [*head, ("number", readable.size(size_of(data)))]
        yield from shown(data, "", look)
    else:
        yield [*head, ("text", readable.plain(data))]
