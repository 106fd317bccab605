"""One message of FETCH: a line with the short items, then envelope, structure, and each literal by its content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imapsh.grammar.values import BodyPart, DateTime, Envelope, Fetch, UidFetch
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.body import tree
from imapsh.render.view.columns import flow, words_of
from imapsh.render.view.content import content
from imapsh.render.view.envelope import card
from imapsh.render.view.keywords import colored
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible
from imapsh.wire.frames import Spilled

_DATES = {"INTERNALDATE": "received"}
_SHORT = 60  #: characters that an item's value in the first line may have


def fetch(value: Fetch | UidFetch, look: Look) -> Iterator[Line]:
    """Yield the lines of the message that is being shown."""
    return message(value, look, look.uid)


def message(value: Fetch | UidFetch, look: Look, uid: int | None) -> Iterator[Line]:
    """Yield the lines of a message, item by item in the order in which they came; `uid` is its UID, if it is known."""
    large = {item: data for item, data in value.items.items() if not _is_short(data)}
    words = [word for item, data in value.items.items() if item not in large for word in _short(item, data)]
    if value.seq and uid is not None and "UID" not in value.items:
        words.insert(0, ("note", f"UID {uid}"))
    title = f"message {value.seq}" if value.seq else f"UID {value.uid}"
    yield from flow([("response", title), ("", "  ")], words, look.columns, 4, "  ")
    for item, data in large.items():
        if isinstance(data, Envelope):
            yield from card(data, look)
        elif isinstance(data, BodyPart):
            yield [("", "  "), ("section", visible(item))]
            yield from tree(data, look)
        elif isinstance(data, bytes | Spilled):
            yield from content(item, data, value, look, uid)
        else:
            head: Line = [("", "  "), ("section", visible(item)), ("", " ")]
            yield from flow(head, words_of(readable.plain(data), "text"), look.columns, 4)


def _is_short(data: Any) -> bool:
    if isinstance(data, Envelope | BodyPart | bytes | Spilled):
        return False
    return isinstance(data, int) or data is None or len(str(data)) <= _SHORT or readable.are_words(data)


def _short(item: str, data: Any) -> Iterator[Fragment]:
    if item == "FLAGS" and isinstance(data, tuple):
        color, _ = colored(data)
        yield from [("flag", visible(flag)) for flag in data] or [("note", "no flags")]
        yield from [("note", f"-- flag color {color}")] * bool(color)
    elif item == "RFC822.SIZE" and isinstance(data, int):
        yield "number", readable.size(data)
    elif isinstance(data, DateTime) or (item == "INTERNALDATE" and isinstance(data, str)):
        reading = readable.beside(data)
        yield "date", f"{_DATES.get(item) or visible(item)} {readable.one_line(data)}"
        if reading:
            yield "note", f"-- {reading}"
    elif readable.are_words(data):
        yield "flag", f"{visible(item)} {readable.words(data) or '(none)'}"
    else:
        yield readable.style(data), f"{visible(item)} {readable.plain(data)}"


def header_fields(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each field of a header block, with folded lines joined (RFC 5322 section 2.2.3)."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    for line in text.replace("\n ", " ").replace("\n\t", " ").split("\n"):
        name, colon, rest = line.partition(":")
        if colon and name:
            yield name.strip(), rest.strip()
