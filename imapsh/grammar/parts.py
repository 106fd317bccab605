"""The numbers of a message's parts, as they are used in BODY[1.2] (RFC 9051 section 6.4.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.values import BodyPart
from imapsh.grammar.values import Numbered as Numbered


def numbered(structure: BodyPart) -> Iterator[Numbered]:
    """Yield every part in order, as `BodyPart.walk` does."""
    return structure.walk()


def find(structure: BodyPart, number: str) -> BodyPart | None:
    """Return the part with this number, or the whole body for TEXT; None if there is no such part."""
    for item in numbered(structure):
        if item.number == number or (number == "TEXT" and not item.last):
            return item.part
    return None


def leaves(structure: BodyPart) -> Iterator[Numbered]:
    """Yield the parts that hold something, in order.  A message inside is one part, and is not gone into."""
    inside = ""
    for item in structure.walk():
        if item.part.parts is not None or (inside and item.number.startswith(inside)):
            continue
        yield item
        inside = f"{item.number}." if item.part.body is not None else ""
