"""ANNOTATION: a line for each attribute of each entry."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.annotatemore import Annotation
from imapsh.render.view.look import Line, Look
from imapsh.render.view.metadata import changed, each, owner


def annotation(value: Annotation, look: Look) -> Iterator[Line]:
    """Yield the mailbox or the server, and its entries.

    For a response that nobody asked for, yield the changed names.
    """
    if value.entries is None:
        yield from changed("annotations", value.mailbox, value.names or (), look)
        return
    yield [("response", "annotations of"), ("", " "), *owner(value.mailbox)]
    named = {
        f"{name} {attribute}": text
        for name, attributes in value.entries.items()
        for attribute, text in (attributes or {"": None}).items()
    }
    yield from each(named, look)
