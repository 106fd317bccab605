"""METADATA: a line for each entry, with longer values below it; and the meaning of the code METADATA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imapsh.grammar.metadata import Metadata, MetadataLimit
from imapsh.render.amounts import count
from imapsh.render.blocks import ELIDE
from imapsh.render.literals import literal_lines
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import cut, flow, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.readable import name_of, plain
from imapsh.render.visible import visible, width
from imapsh.wire.frames import Part, Spilled

_SHORT = 40  # columns of a value beside a mailbox
_WIDEST = 32  # columns of the names that are aligned
_GUTTER: Fragment = ("gutter", "    | ")
_LIMITS = {
    "LONGENTRIES": "the longest value that was left out has {}",
    "MAXSIZE": "a value may have {} at most",
    "TOOMANY": "there is no room for another entry",
    "NOPRIVATE": "this server keeps no private entries here",
}


def metadata(value: Metadata, look: Look) -> Iterator[Line]:
    """Yield the mailbox or the server, and its entries.

    For a response that nobody asked for, yield the changed names.
    """
    if value.entries is None:
        yield from changed("metadata", value.mailbox, value.names or (), look)
        return
    yield [("response", "metadata of"), ("", " "), *owner(value.mailbox)]
    yield from each(value.entries, look)


def owner(mailbox: str) -> Line:
    """Return the owner of annotations: a mailbox, or the server if the name is ""."""
    return [("mailbox", name_of(mailbox))] if mailbox else [("response", "the server")]


def changed(what: str, mailbox: str, names: tuple[str, ...], look: Look) -> Iterator[Line]:
    """Yield the names of the annotations that somebody else has changed."""
    head: Line = [("response", f"changed {what} of"), ("", " "), *owner(mailbox), ("", "  ")]
    words: list[Fragment] = [("keyword", visible(name)) for name in names]
    yield from flow(head, words or [("nil", "(no entry)")], look.columns, 4, "  ")


def each(entries: Mapping[str, str | Part | None], look: Look) -> Iterator[Line]:
    """Yield a line for each annotation."""
    if not entries:
        yield [("", "  "), ("nil", "(no entry)")]
    widths = [width(visible(name)) for name in entries]
    column = max((columns for columns in widths if columns <= _WIDEST), default=0)
    for name, data in entries.items():
        shown = visible(name)
        head: Line = [("", "  "), ("keyword", shown), ("", " " * max(0, column - width(shown)) + "  ")]
        yield from _entry(head, data, look)


def _entry(head: Line, data: str | Part | None, look: Look) -> Iterator[Line]:
    """Yield the name with its value after it, or below it if it has more lines or is not text."""
    if data is None:
        yield [*head, ("nil", "(not set)")]
    elif isinstance(data, str) and "\n" not in data and data.isprintable():
        yield from flow(head, words_of(visible(data), "string") if data else [("nil", "(empty)")], look.columns, 6)
    elif isinstance(data, Spilled):
        yield [*head, ("note", plain(data))]
    else:
        octets = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        yield [*head, ("note", count(len(octets), "octet"))]
        for line in literal_lines(octets, "", ELIDE if look.elide is None else look.elide):
            yield [_GUTTER, *line]


def metadata_words(value: Metadata) -> str:
    """Return the entries, for a listing of many mailboxes; "" for a response that only names what changed."""
    entries = value.entries
    if entries is None:
        return ""
    return ", ".join(f"{visible(name)} {cut(plain(data), _SHORT)}" for name, data in entries.items()) or "no metadata"


def metadata_limit(value: MetadataLimit, look: Look) -> Iterator[Line]:
    """Yield the limit, or what was left out because of the limit that was asked for."""
    words = _LIMITS.get(value.reason, visible(value.reason))
    yield [*words_of(words.format(count(value.octets or 0, "octet")), "note")]
