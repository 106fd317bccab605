"""CONVERTED: each item of a message.  CONVERSION: its source and target format, and its parameters."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.convert import Conversion, Converted, ConvertError, MimeTypes
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.columns import flow, words_of
from imapsh.render.view.content import named
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible


def converted(value: Converted, look: Look) -> Iterator[Line]:
    """Yield the message, and below it what was asked for of it."""
    yield [("response", f"message {value.seq}"), ("", "  "), ("note", "converted")]
    for name, data in value.items.items():
        head: Line = [("", "  "), ("section", visible(name)), ("", " ")]
        if isinstance(data, ConvertError):
            said = (
                f"{visible(data.text)} -- {visible(data.code)} {' '.join(map(readable.plain, data.details))}".rstrip()
            )
            yield from flow(head, words_of(said, "error"), look.columns, 4)
        elif isinstance(data, MimeTypes):
            yield from flow(head, [("keyword", visible(one)) for one in data.types], look.columns, 4, ", ")
        else:
            yield from named(name, data, look)


def conversion(value: Conversion, look: Look) -> Iterator[Line]:
    """Yield one conversion, and its parameters."""
    head: Line = [("keyword", visible(value.source)), ("", " "), ("note", "to"), ("", " ")]
    words: list[Fragment] = [("keyword", visible(value.target))]
    words += [("note", "with")] * bool(value.parameters)
    words += [("text", visible(name)) for name in value.parameters]
    yield from flow(head, words, look.columns, 4)
