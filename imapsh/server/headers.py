"""Header fields as octets, and what ENVELOPE and BODYSTRUCTURE take from them (RFC 5322, RFC 2045).

Values stay as they are in the message: a client decodes encoded words (RFC 2047).  Nothing here raises, whatever the
octets are.
"""

from __future__ import annotations

import re
from io import BytesIO

from imapsh.grammar.values import Address, Envelope
from imapsh.tuples import NamedTuple

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_END = re.compile(rb"^\r?\n", re.MULTILINE)


class Field(NamedTuple):
    """One field: its name as written, its value unfolded, and its octets with the last line end."""

    name: str
    value: str
    octets: bytes


def header_end(octets: bytes, start: int, end: int) -> int:
    """Return the offset after the empty line that ends the header of `octets[start:end]`, or `end` if there is none."""
    found = _END.search(octets, start, end)
    return found.end() if found else end


def fields(header: bytes) -> list[Field]:
    """Return the fields of a header block, in order.

    A line that is neither a field nor continues one is ignored.
    """
    result: list[Field] = []
    lines: list[bytes] = []
    for line in [*BytesIO(header), b""]:
        if line[:1] in (b" ", b"\t") and line.strip() and lines:
            lines.append(line)
            continue
        if lines:
            result.append(_field(b"".join(lines)))
        lines = [line] if b":" in line else []
    return result


def _field(octets: bytes) -> Field:
    name, _, value = text(octets).partition(":")
    return Field(name.rstrip(), _FOLD.sub("", value).strip(), octets)


def text(octets: bytes) -> str:
    """Return octets as UTF-8.

    Octets that are not UTF-8 become lone surrogates, and are written as the same octets again.
    """
    return octets.decode("utf-8", "surrogateescape")


def first(found: list[Field], name: str) -> str | None:
    """Return the value of the first field of this name (lower case), or None."""
    return next((field.value for field in found if field.name.lower() == name), None)


def envelope(found: list[Field]) -> Envelope:
    """Return the ENVELOPE (RFC 9051 section 7.5.2).

    Sender and Reply-To default to From if they are missing or empty.
    """

    def addresses(name: str) -> tuple[Address, ...] | None:
        joined = ", ".join(field.value for field in found if field.name.lower() == name)
        return tuple(parse_addresses(joined)) or None

    from_ = addresses("from")
    return Envelope(
        date=first(found, "date"),
        subject=first(found, "subject"),
        from_=from_,
        sender=addresses("sender") or from_,
        reply_to=addresses("reply-to") or from_,
        to=addresses("to"),
        cc=addresses("cc"),
        bcc=addresses("bcc"),
        in_reply_to=first(found, "in-reply-to"),
        message_id=first(found, "message-id"),
    )


# Lexical tokens of RFC 5322 section 3.2, without comments: quoted-string, domain-literal, special, atom, white space.
_LEX = re.compile(r'"((?:[^"\\]|\\.)*)"?|(\[[^\]]*\]?)|([<>:;,@.])|([^\s"<>:;,@.\[]+)|\s+', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


class _Word(NamedTuple):
    """One token.  `special` is one of `<>:;,@.` or empty; `gap` is true if white space came before it."""

    text: str
    special: str
    gap: bool


def _words(value: str) -> list[_Word]:
    words, gap = [], False
    for found in _LEX.finditer(_without_comments(value)):
        quoted, literal, special, atom = found.groups()
        if quoted is None and literal is None and special is None and atom is None:
            gap = True
            continue
        shown = _QUOTED_PAIR.sub(r"\1", quoted) if quoted is not None else literal or special or atom
        words.append(_Word(shown, special or "", gap))
        gap = False
    return words


def _without_comments(value: str) -> str:
    if "(" not in value:
        return value
    kept, depth, quoted, escaped = [], 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        if not depth:
            kept.append(character)
        if character == ")" and depth and not escaped:
            depth -= 1
            kept.append(" ")
    return "".join(kept)


def parse_addresses(value: str) -> list[Address]:
    """Return the addresses of a field, with groups marked as in RFC 9051 section 7.5.2."""
    if not value:
        return []
    result: list[Address] = []
    run: list[_Word] = []
    in_group = in_angle = False
    for word in [*_words(value), _Word(",", ",", False)]:
        if word.special == "<":
            in_angle = True
        elif word.special == ">":
            in_angle = False
        elif word.special == ":" and not in_angle and not in_group:
            result.append(Address(None, None, _phrase(run) or "", None))
            run, in_group = [], True
            continue
        elif word.special in (",", ";") and word.special and not in_angle:
            result.extend(_address(run))
            run = []
            if word.special == ";" and in_group:
                result.append(Address(None, None, None, None))
                in_group = False
            continue
        run.append(word)
    result.extend(_address(run))
    return [*result, Address(None, None, None, None)] if in_group else result


def _address(run: list[_Word]) -> list[Address]:
    specials = [word.special for word in run]
    name, route, inside = "", "", run
    if "<" in specials:
        start = specials.index("<")
        end = specials.index(">", start) if ">" in specials[start:] else len(run)
        name, inside = _phrase(run[:start]), run[start + 1 : end]
        colons = [index for index, word in enumerate(inside) if word.special == ":"]
        if colons and inside[0].special == "@":  # obs-route
            route, inside = _joined(inside[: colons[0]]), inside[colons[0] + 1 :]
    ats = [index for index, word in enumerate(inside) if word.special == "@"]
    local, host = (inside[: ats[-1]], inside[ats[-1] + 1 :]) if ats else (inside, [])
    if not local and not host and not name:
        return []
    return [Address(name or None, route or None, _joined(local), _joined(host))]


def _joined(words: list[_Word]) -> str:
    return "".join(word.text for word in words)


def _phrase(words: list[_Word]) -> str:
    shown = ""
    for word in words:
        shown += (" " if word.gap and shown else "") + word.text
    return shown


_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;\s]*))', re.DOTALL)


def parameters(value: str) -> tuple[str, dict[str, str | None]]:
    """Return the text before the first `;`, in lower case, and the parameters after it (RFC 2045 section 5.1)."""
    found: dict[str, str | None] = {}
    for name, quoted, plain in _PARAMETER.findall(_without_comments(value)):
        found.setdefault(name.lower(), _QUOTED_PAIR.sub(r"\1", quoted) if quoted else plain)
    return _without_comments(value).partition(";")[0].strip().lower(), found
