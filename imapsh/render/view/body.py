"""BODYSTRUCTURE and BODY as a tree; each part has the number by which BODY[...] names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.parts import numbered
from imapsh.grammar.values import BodyPart
from imapsh.render.amounts import count
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.columns import GAP, fill, flow
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible, width

_NOT_SHOWN = ("charset", "name", "boundary")  # parameters that are shown elsewhere, or are of no use to people


def tree(structure: BodyPart, look: Look, indent: int = 2) -> Iterator[Line]:
    """Yield a line for each part: number, type, size, encoding, and name."""
    items = list(numbered(structure))
    room = None if look.columns is None else (look.columns - indent) // 2
    branches = [_branch(item.last, look, room) for item in items]
    names = [f"{branch}{item.number}" for branch, item in zip(branches, items, strict=True)]
    most = max(map(width, names))
    for branch, name, item in zip(branches, names, items, strict=True):
        number = fill(name, most)[len(branch) :]
        head: Line = [("", " " * indent), ("branch", branch), ("number", number), ("", " " * GAP)]
        yield from flow(head, _words(item.part), look.columns, indent + most + GAP + 2, "  ")


def _branch(last: tuple[bool, ...], look: Look, room: int | None) -> str:
    if not last:
        return ""
    lines = look.branches
    above = "".join(lines.blank if one else lines.below for one in last[:-1])
    branch = above + (lines.last if last[-1] else lines.node)
    if room is not None and len(branch) > room:
        return "…" + branch[len(branch) - room + 1 :]
    return branch


def _words(part: BodyPart) -> Iterator[Fragment]:
    yield "keyword", f"{visible(part.type or '?')}/{visible(part.subtype or '?')}"
    if part.size is not None:
        lines = f", {count(part.lines, 'line')}" if part.lines is not None else ""
        yield "number", readable.size(part.size) + lines
    params = part.params or {}
    encoding = " ".join(visible(word) for word in (params.get("charset"), part.encoding) if word)
    if encoding:
        yield "text", encoding
    kind, more = part.disposition or (None, None)
    if kind is not None:
        yield "flag", visible(kind)
    name = file_name(part)
    if name:
        yield "string", f'"{visible(name)}"'
    if part.description:
        yield "text", readable.decoded(part.description)
    if part.envelope is not None:
        yield "subject", _message(part)
    yield from _rest(part, params, more or {})


def _message(part: BodyPart) -> str:
    envelope = part.envelope
    assert envelope is not None
    subject = readable.decoded(envelope.subject) if envelope.subject else "(no subject)"
    writer = readable.person(envelope.from_)
    return f"{subject}, from {writer}" if writer else subject


def _rest(part: BodyPart, params: Mapping[str, str | None], more: Mapping[str, str | None]) -> Iterator[Fragment]:
    """Yield the words for the fields that only few parts have."""
    for key, value in [*params.items(), *more.items()]:
        plain = key.partition("*")[0]
        if plain not in _NOT_SHOWN and not (plain in ("filename", "size") and key in more):
            yield "note", f"{visible(key)}={visible(value or '')}"
    if part.language:
        yield "note", "language " + ", ".join(map(visible, part.language))
    for label, text in (("id", part.id), ("location", part.location), ("MD5", part.md5)):
        if text:
            yield "note", f"{label} {visible(text)}"


def file_name(part: BodyPart) -> str:
    """Return the file name of a part: the disposition's `filename`, else the type's `name`; "" if there is none."""
    more = part.disposition[1] if part.disposition is not None else None
    return parameter(more or {}, "filename") or parameter(part.params or {}, "name")


def parameter(params: Mapping[str, str | None], name: str) -> str:
    """Return a parameter as text.

    It is put together and decoded (RFC 2231 sections 3 and 4), or decoded from encoded words, which some use instead.
    """
    if params.get(f"{name}*"):
        return _charset(params[f"{name}*"] or "")
    pieces: list[str] = []
    extended = False
    while (key := f"{name}*{len(pieces)}") in params or f"{key}*" in params:
        plain = params.get(key)
        extended = extended or (plain is None and not pieces)
        pieces.append((plain if plain is not None else params.get(f"{key}*")) or "")
    if pieces:
        return _charset("".join(pieces)) if extended else "".join(pieces)
    return encoded_words(params.get(name) or "") or (params.get(name) or "")


def _charset(text: str) -> str:
    """Return the text of charset'language'percent-encoded."""
    from urllib.parse import unquote_to_bytes

    charset, mark, rest = text.partition("'")
    octets = unquote_to_bytes(rest.partition("'")[2] if mark else text)
    try:
        return octets.decode(charset if mark and charset else "utf-8", "replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")
