"""SEARCH and ESEARCH: the count, and the numbers as the shortest set."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import ESearch, Search
from imapsh.render.amounts import all_shown, count
from imapsh.render.blocks import ELIDE
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow
from imapsh.render.view.found import view_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.readable import name_of, plain
from imapsh.render.visible import visible

_INDENT = 4

CUTS_ITSELF = True  #: what is left out of a long value is counted here


def search(value: Search, look: Look) -> Iterator[Line]:
    """Yield the numbers, which are UIDs if the command was a UID one."""
    noun = "UID" if look.command.startswith("UID ") else "message"
    if not value.ids:
        yield [("response", f"no {noun}s")]
    else:
        head: Line = [("response", count(len(value.ids), noun)), ("", "  ")]
        yield from listed(head, str(value.found).split(","), look)
    if value.modseq is not None:
        yield from item("MODSEQ", value.modseq, look)


def esearch(value: ESearch, look: Look) -> Iterator[Line]:
    """Yield COUNT and ALL first, and then everything else, each on its line."""
    noun = "UID" if value.uid else "message"
    items = dict(value.items)
    number, found = items.pop("COUNT", None), items.pop("ALL", None)
    mailbox = items.pop("MAILBOX", None)
    if number is None and isinstance(found, SequenceSet) and all(end for pair in found.ranges for end in pair):
        number = found.count()
    title = count(number, noun) if isinstance(number, int) and number else f"{noun}s"
    if number == 0 or not value.items:
        title = f"no {noun}s"
    head: Line = [("response", title)]
    if mailbox is not None:
        head += [("", " in "), ("mailbox", name_of(str(mailbox)))]
    if isinstance(found, SequenceSet):
        yield from listed([*head, ("", "  ")], str(found).split(","), look)
    else:
        yield from flow([*head, ("", "  ")], [] if found is None else [("set", plain(found))], look.columns, _INDENT)
    for name, other in items.items():
        view = view_of(type(other))
        yield from item(name, other, look) if view is None else _viewed(view, name, other, look)


def _viewed(view: str, name: str, value: object, look: Look) -> Iterator[Line]:
    """Yield an item that has a view of its own: its lines, the first of them after the name."""
    module, _, function = view.partition(".")
    head: Line = [("", "  "), ("keyword", visible(name)), ("", " ")]
    for line in getattr(import_module(f"{__package__}.{module}"), function)(value, look):
        yield [*head, *line]
        head = [("", " " * (len(name) + 3))]


def item(name: str, value: object, look: Look) -> Iterator[Line]:
    """Yield another item on its own line."""
    head: Line = [("", "  "), ("keyword", visible(name)), ("", " ")]
    return flow(head, [("number", plain(value))], look.columns, _INDENT)


def listed(head: Line, ranges: list[str], look: Look, noun: str = "ranges") -> Iterator[Line]:
    """Yield numbers and ranges after their title, broken at the commas; if there are many, the rest is counted."""
    if look.columns is None:  # one line: an object for each number would take a hundred times its octets
        yield [*head, ("set", ",".join(ranges))]
        return
    words: list[Fragment] = [("set", text + ",") for text in ranges[:-1]] + [("set", ranges[-1])]
    elide = ELIDE if look.elide is None else look.elide
    shown = 0
    for number, line in enumerate(flow(head, words, look.columns, _INDENT, "")):
        if elide and number == elide and look.columns is not None:
            yield [("", " " * _INDENT), ("note", f"... {len(ranges) - shown:,} more {noun}: {all_shown(elide)}")]
            return
        shown += sum(style == "set" for style, _ in line)
        yield line
