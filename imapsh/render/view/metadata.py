"""METADATA: a line for each entry, longer values below it; and what the code METADATA says."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.metadata import Metadata, MetadataLimit
from imapsh.render.amounts import count
from imapsh.render.literals import literal_lines
from imapsh.render.pretty import ELIDE
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.readable import plain
from imapsh.render.visible import visible, width
from imapsh.wire.frames import Part, Spilled

_WIDEST = 32  # columns of names that stand in a column
_GUTTER: Fragment = ("gutter", "    | ")
_LIMITS = {
    "LONGENTRIES": "the longest value that was left out has {}",
    "MAXSIZE": "a value may have {} at most",
    "TOOMANY": "there is no room for another entry",
    "NOPRIVATE": "this server keeps no private entries here",
}


def metadata(value: Metadata, look: Look) -> Iterator[Line]:
    """The mailbox or the server, and its entries; of a response that nobody asked for, the names of what changed."""
    whose: Line = [("mailbox", visible(value.mailbox))] if value.mailbox else [("response", "the server")]
    if value.entries is None:
        names = [("keyword", visible(name)) for name in value.names or ()]
        head: Line = [("response", "metadata changed of"), ("", " "), *whose, ("", "  ")]
        yield from flow(head, names or [("nil", "(no entry)")], look.columns, 4, "  ")
        return
    yield [("response", "metadata of"), ("", " "), *whose]
    if not value.entries:
        yield [("", "  "), ("nil", "(no entry)")]
    names_wide = [width(visible(name)) for name in value.entries]
    column = max((columns for columns in names_wide if columns <= _WIDEST), default=0)
    for name, data in value.entries.items():
        shown = visible(name)
        entry: Line = [("", "  "), ("keyword", shown), ("", " " * max(0, column - width(shown)) + "  ")]
        yield from _entry(entry, data, look)


def _entry(head: Line, data: str | Part | None, look: Look) -> Iterator[Line]:
    """The name, with its value behind it, or below it if that has more lines or is no text."""
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


def metadata_limit(value: MetadataLimit, look: Look) -> Iterator[Line]:
    """What the limit is, or what was left out because of the one that was asked for."""
    words = _LIMITS.get(value.reason, visible(value.reason))
    yield [*words_of(words.format(count(value.octets or 0, "octet")), "note")]
