"""Shows a literal by its content: header blocks, text, HTML as source, anything else as a hex dump."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from imapsh.grammar.encodedwords import encoded_words
from imapsh.patterns import lazy
from imapsh.render import hexform
from imapsh.render.amounts import all_shown, count
from imapsh.render.pieces import shorten
from imapsh.render.styles import Fragment
from imapsh.render.visible import text_lines
from imapsh.wire.frames import Part, Spilled
from imapsh.wire.sinks import blocks_of, head_of, is_kept, octets_of

Lines = list[list[Fragment]]

_SAMPLE = 4096  #: octets that are looked at to tell text from binary
LINE = 1000  #: octets of a line, on average, that are looked at if the rest is elided
_CONTROLS = bytes(octet for octet in range(0x20) if octet not in b"\t\n\r\f\x1b")
_HTML = lazy(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body|meta|div|table|p|style)\b", re.IGNORECASE)
_TAG = lazy(r"(<[^<>]*>)")
_FIELD = lazy(r"([!-9;-~]+)(:.*)", re.DOTALL)
_NAMING = lazy(r"content-(?:disposition|type):", re.IGNORECASE)
_PARAMETER = lazy(r';\s*([^\s=;"]+)=("[^"]*"|[^\s;]+)')
_BLANK = lazy(rb"\r?\n\r?\n")


def literal_lines(part: Part, label: str = "", elide: int = 0) -> Lines:
    """Return the lines to show.  `label` is the item's name in upper case (`BODY[1.MIME]`, `RFC822`).

    If there are more than `elide` lines, they are cut, and a line says what is missing; 0 shows all.  A literal in a
    file is read only as far as it is shown; one that was not kept is named.
    """
    if isinstance(part, Spilled):
        if not is_kept(part):
            return [hexform.spilled(part)]
        return beginning(head_of(part, elide * LINE), label, elide, part.octets) if elide else [*each_line(part, label)]
    binary = is_binary(part)
    head = part if not elide or len(part) <= elide * LINE else part[: elide * (hexform.ROW if binary else LINE)]
    shown: Iterable[list[Fragment]] = hexform.rows(head) if binary else _by_content(head, label)
    lines = list(islice(shown, elide + 1 if elide else None))
    if not elide or (len(lines) <= elide and head is part):
        return lines
    return [*lines[:elide], _more(_size(part, binary, elide), elide)]


def beginning(head: bytes, label: str, elide: int, octets: int) -> Lines:
    """Return the first lines of a literal of `octets` octets; `head` holds those that are at hand."""
    shown: Iterable[list[Fragment]] = hexform.rows(head) if is_binary(head) else _by_content(head, label)
    return [*islice(shown, elide), _more(f"{octets:,} octets in all", elide)]


def each_line(part: Part, label: str = "", elide: int = 0) -> Iterator[list[Fragment]]:
    """Yield the lines of `literal_lines` one by one: a literal in a file is never whole in memory.

    A line longer than the pieces in which it is read is shown on several.
    """
    if elide or not isinstance(part, Spilled) or not is_kept(part):
        yield from literal_lines(part, label, elide)
        return
    base = 0
    if is_binary(head_of(part, _SAMPLE)):
        for piece in octets_of(part):
            yield from hexform.rows(piece, base)
            base += len(piece)
        return
    headers = "HEADER" in label or label.partition("[")[2].partition("]")[0].endswith("MIME")
    for index, block in enumerate(blocks_of(part)):
        yield from _body(block) if index and not headers else _by_content(block, label)


def _more(said: str, elide: int) -> list[Fragment]:
    return [("note", f"... {said}: {all_shown(elide)}")]


def _size(part: bytes, binary: bool, elide: int) -> str:
    if binary:
        return f"{count(len(part) - elide * hexform.ROW, 'more octet')}"
    lines = part.count(b"\n") + (not part.endswith(b"\n"))
    more = f"{count(lines - elide, 'more line')}, " if lines > elide else ""
    return f"{more}{count(len(part), 'octet')} in all"


def is_binary(data: bytes) -> bool:
    """Return whether the octets are not text in any usual character set.

    This is so if they hold a NUL, or if more than one in twenty of them is a control.
    """
    sample = data[:_SAMPLE]
    return b"\x00" in sample or 20 * (len(sample) - len(sample.translate(None, _CONTROLS))) > len(sample)


def _by_content(data: bytes, label: str) -> Iterator[list[Fragment]]:
    section = label.partition("[")[2].partition("]")[0]
    if "HEADER" in label or section.endswith("MIME"):
        yield from _headers(data)
    elif label.startswith(("BODY[]", "BINARY[]")) or label == "RFC822":
        end = _BLANK.search(data)
        yield from _headers(data[: end.end()] if end else data)
        if end:
            yield from _body(data[end.end() :])
    else:
        yield from _body(data)


def _body(data: bytes) -> Iterator[list[Fragment]]:
    if not _HTML.match(data):
        yield from ([("data", line)] for line in text_lines(data))
        return
    for line in text_lines(data):
        yield [("html-tag" if part.startswith("<") else "text", part) for part in _TAG.split(line) if part]


def _file_name(field: str) -> str | None:
    """Return a file's name that a field has in another form than plain text, decoded; else None."""
    if "*" not in field or not _NAMING.match(field):
        return None
    from imapsh.grammar.filenames import parameter

    params = {name.lower(): text.strip('"') for name, text in _PARAMETER.findall(field)}
    for name in ("filename", "name"):
        if name not in params and (found := parameter(params, name)):
            return f"{name}={found}"
    return None


def _headers(data: bytes) -> Iterator[list[Fragment]]:
    """Yield header lines with their names coloured.

    Encoded words, and a file's name in pieces or with a character set, are decoded after `--`, behind the last line of
    a field (RFC 2047, RFC 2231 sections 3 and 4).
    """
    lines = text_lines(data)
    field = ""
    for index, line in enumerate(lines):
        found = _FIELD.match(line)
        folded = line[:1] in (" ", "\t")
        field = field + line if folded else line
        fragments = [("text", line)] if folded or not found else [("header-name", found[1]), ("text", found[2])]
        if index + 1 == len(lines) or lines[index + 1][:1] not in (" ", "\t"):
            reading = encoded_words(field.partition(":")[2].strip()) or _file_name(field)
            if reading:
                fragments.append(("note", "  -- " + shorten(reading)))
        yield fragments
